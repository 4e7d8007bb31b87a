package zstd

import (
	"encoding/binary"
	"math/bits"
)

const (
	longestCode = 11 // RFC 8878 section 4.2.1
	weightCount = 255

	// directWeights is the least header byte of weights that are not compressed
	// (RFC 8878 section 4.2.1.1).
	directWeights = 128
)

// A huffman decodes literals. It has a symbol and the length of its code for each
// way to continue, whatever the longest code is.
type huffman struct {
	codes   [1 << longestCode]symbol
	ready   bool
	weights [weightCount + 1]uint8
	table   table // of weights
}

// A symbol holds a byte, and the length of its code in the low byte.
type symbol uint16

// weightCode is the code of compressed weights, which stand for themselves.
var weightCode = code{
	logLimit: weightLog,
	base:     []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},
	extra:    make([]uint8, longestCode+1),
}

// read makes the code that b describes (RFC 8878 section 4.2.1).
func (h *huffman) read(b []byte) (size int, err error) {
	h.ready = false
	if len(b) == 0 {
		return 0, ErrCorrupt
	}
	n := int(b[0])
	if n >= directWeights {
		n -= directWeights - 1
		size = 1 + (n+1)/2
		if len(b) < size {
			return 0, ErrCorrupt
		}
		for i := range n {
			h.weights[i] = b[1+i/2] >> (4 * (1 - i%2)) & 0xf
		}
	} else {
		size = 1 + n
		if len(b) < size {
			return 0, ErrCorrupt
		}
		if n, err = h.compressedWeights(b[1:size]); err != nil {
			return 0, err
		}
	}
	return size, h.build(n)
}

// compressedWeights reads weights with two alternating states (RFC 8878 section
// 4.2.1.2), and returns how many.
func (h *huffman) compressedWeights(b []byte) (n int, err error) {
	size, err := h.table.read(&weightCode, b)
	if err != nil {
		return 0, err
	}
	var r bitReader
	if err := r.init(b[size:]); err != nil {
		return 0, err
	}
	a, z := r.get(h.table.log), r.get(h.table.log)
	if r.n < 0 {
		return 0, ErrCorrupt
	}
	for n < weightCount-1 {
		s := h.table.states[a]
		h.weights[n] = uint8(s.base())
		n++
		r.fill()
		a = z
		if z = s.next() + r.get(s.bits()); r.n < 0 { // of the other state, the symbol is left
			h.weights[n] = uint8(h.table.states[a].base())
			return n + 1, nil
		}
	}
	return 0, ErrCorrupt
}

// build makes the code of n weights. The weight of a last symbol follows from the
// others, as the code is complete.
func (h *huffman) build(n int) error {
	var counts [longestCode + 2]int
	total := 0
	for _, w := range h.weights[:n] {
		if w > longestCode {
			return ErrCorrupt
		}
		counts[w]++
		total += 1 << w >> 1
	}
	longest := bits.Len(uint(total))
	left := 1<<longest - total
	if total == 0 || longest > longestCode || left&(left-1) != 0 {
		return ErrCorrupt
	}
	last := bits.Len(uint(left))
	h.weights[n] = uint8(last)
	if counts[last]++; counts[1] < 2 {
		return ErrCorrupt
	}
	h.assign(h.weights[:n+1], counts[:], longest)
	h.ready = true
	return nil
}

// assign gives the codes to the symbols: by weight, then by symbol.
func (h *huffman) assign(weights []uint8, counts []int, longest int) {
	var starts [longestCode + 2]int
	at := 0
	for w := 1; w <= longest; w++ {
		starts[w] = at
		at += counts[w] << (w - 1)
	}
	scale := longestCode - longest
	for s, w := range weights {
		if w == 0 {
			continue
		}
		size := 1 << (w - 1) << scale
		from := starts[w] << scale
		starts[w] += 1 << (w - 1)
		codes := h.codes[from : from+size]
		codes[0] = symbol(s)<<8 | symbol(longest+1-int(w))
		for done := 1; done < size; done *= 2 {
			copy(codes[done:], codes[:done])
		}
	}
}

// decode fills dst from a stream, which must end with it.
func (h *huffman) decode(dst, b []byte) error {
	var r bitReader
	if err := r.init(b); err != nil {
		return err
	}
	return h.rest(dst, &r)
}

// perFill is the number of symbols that a fill has bits for.
const perFill = 56 / longestCode

func (h *huffman) rest(dst []byte, r *bitReader) error {
	for len(dst) > 0 {
		r.fill()
		k := min(len(dst), perFill)
		for i := range dst[:k] {
			s := h.codes[r.v>>(64-longestCode)]
			dst[i] = byte(s >> 8)
			r.v <<= s & 63
			r.n -= int(s & 63)
		}
		if r.n < 0 {
			return ErrCorrupt
		}
		dst = dst[k:]
	}
	if !r.done() {
		return ErrCorrupt
	}
	return nil
}

// decode4 fills dst from four streams, whose sizes precede them (RFC 8878 section
// 3.1.1.3.1.6).
func (h *huffman) decode4(dst, b []byte) error {
	const jump = 6
	part := (len(dst) + 3) / 4
	if len(b) < jump || 3*part > len(dst) {
		return ErrCorrupt
	}
	var r [4]bitReader
	rest := b[jump:]
	for i := range r {
		size := len(rest)
		if i < 3 {
			size = int(binary.LittleEndian.Uint16(b[2*i:]))
		}
		if size > len(rest) {
			return ErrCorrupt
		}
		if err := r[i].init(rest[:size]); err != nil {
			return err
		}
		rest = rest[size:]
	}
	done := h.together(dst, part, &r)
	for i := range r {
		from, to := i*part, min((i+1)*part, len(dst))
		if err := h.rest(dst[min(from+done, to):to], &r[i]); err != nil {
			return err
		}
	}
	return nil
}

// together decodes all streams in turn, while each has at least 8 bytes: a
// processor works on all four at the same time. It returns how many bytes of each
// part are done.
func (h *huffman) together(dst []byte, part int, r *[4]bitReader) (done int) {
	last := len(dst) - 3*part
	d0, d1, d2, d3 := dst[:part], dst[part:2*part], dst[2*part:3*part], dst[3*part:]
	b0, b1, b2, b3 := r[0].b, r[1].b, r[2].b, r[3].b
	p0, p1, p2, p3 := r[0].pos, r[1].pos, r[2].pos, r[3].pos
	v0, v1, v2, v3 := r[0].v, r[1].v, r[2].v, r[3].v
	n0, n1, n2, n3 := r[0].n, r[1].n, r[2].n, r[3].n
	for done+perFill <= last && min(p0, p1, p2, p3) >= 8 {
		v0 |= binary.LittleEndian.Uint64(b0[p0-8:]) >> (n0 & 63)
		v1 |= binary.LittleEndian.Uint64(b1[p1-8:]) >> (n1 & 63)
		v2 |= binary.LittleEndian.Uint64(b2[p2-8:]) >> (n2 & 63)
		v3 |= binary.LittleEndian.Uint64(b3[p3-8:]) >> (n3 & 63)
		p0, n0 = p0-(63-n0)>>3, n0|56
		p1, n1 = p1-(63-n1)>>3, n1|56
		p2, n2 = p2-(63-n2)>>3, n2|56
		p3, n3 = p3-(63-n3)>>3, n3|56
		e0, e1, e2, e3 := d0[done:done+perFill], d1[done:done+perFill], d2[done:done+perFill], d3[done:done+perFill]
		for i := range perFill {
			s0, s1, s2, s3 := h.codes[v0>>(64-longestCode)], h.codes[v1>>(64-longestCode)], h.codes[v2>>(64-longestCode)], h.codes[v3>>(64-longestCode)]
			e0[i], e1[i], e2[i], e3[i] = byte(s0>>8), byte(s1>>8), byte(s2>>8), byte(s3>>8)
			v0, n0 = v0<<(s0&63), n0-int(s0&63)
			v1, n1 = v1<<(s1&63), n1-int(s1&63)
			v2, n2 = v2<<(s2&63), n2-int(s2&63)
			v3, n3 = v3<<(s3&63), n3-int(s3&63)
		}
		done += perFill
	}
	r[0].pos, r[1].pos, r[2].pos, r[3].pos = p0, p1, p2, p3
	r[0].v, r[1].v, r[2].v, r[3].v = v0, v1, v2, v3
	r[0].n, r[1].n, r[2].n, r[3].n = n0, n1, n2, n3
	return done
}
