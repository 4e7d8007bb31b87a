package brotli

import "math/bits"

const (
	rootBits    = 8 // of the first table of a code
	longestCode = 15

	// commandAlphabet is the size of the largest alphabet, of commands (RFC 7932
	// section 3.3).
	commandAlphabet = 704
)

// An entry of a table says what the next bits stand for: a symbol, and in the low
// byte the length of its code; or, if that byte exceeds rootBits, where the table
// of longer codes is, and how many bits decide altogether.
type entry uint32

func entryOf(symbol, length int) entry { return entry(symbol<<8 | length) }

// scratch is memory for the making of tables.
type scratch struct {
	lengths [commandAlphabet]uint8
	sorted  [commandAlphabet]uint16 // symbols, by length
	table   []entry                 // of lengths

	contexts []entry
}

// Of a complex code (RFC 7932 section 3.5).
const (
	lengthCodes   = 18
	repeatLength  = 16
	repeatZero    = 17
	firstRepeated = 8
)

var lengthOrder = [lengthCodes]uint8{1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// lengthsOfLengths are the symbols of the fixed code of the lengths of the code of
// lengths, and how many bits each takes, by the next four bits.
var lengthsOfLengths = [16]struct{ symbol, bits uint8 }{
	{0, 2}, {4, 2}, {3, 2}, {2, 3}, {0, 2}, {4, 2}, {3, 2}, {1, 4}, {0, 2}, {4, 2}, {3, 2}, {2, 3}, {0, 2}, {4, 2}, {3, 2}, {5, 4},
}

// code reads a code for an alphabet (RFC 7932 section 3.4), and appends its table
// to dst.
func (r *Reader) code(dst []entry, alphabet int) ([]entry, error) {
	skip := r.bits(2)
	if skip == 1 {
		return r.simpleCode(dst, alphabet)
	}
	lengths := r.scratch.lengths[:alphabet]
	if err := r.codeLengths(lengths, skip); err != nil || r.short {
		return dst, err
	}
	return r.build(dst, lengths, rootBits), nil
}

// simpleCode reads a code of up to four symbols (RFC 7932 section 3.4).
func (r *Reader) simpleCode(dst []entry, alphabet int) ([]entry, error) {
	n := r.bits(2) + 1
	var s [4]int
	for i := range n {
		s[i] = r.bits(uint(bits.Len(uint(alphabet - 1))))
		for _, before := range s[:i] {
			if before == s[i] && !r.short {
				return dst, ErrCorrupt
			}
		}
		if s[i] >= alphabet {
			return dst, ErrCorrupt
		}
	}
	lengths := [4]int{2, 2, 2, 2}
	switch {
	case n == 1:
		lengths[0] = 0
	case n == 2:
		lengths = [4]int{1, 1}
	case n == 3:
		lengths = [4]int{1, 2, 2}
	case r.bit():
		lengths = [4]int{1, 2, 3, 3}
	}
	for i := 1; i < n; i++ { // symbols of the same length are in order
		for k := i; k > 0 && lengths[k] == lengths[k-1] && s[k] < s[k-1]; k-- {
			s[k], s[k-1] = s[k-1], s[k]
		}
	}
	at := len(dst)
	dst = grow(dst, 1<<rootBits)
	for i, key := 0, 0; i < n; i++ {
		fillTable(dst[at:], key, lengths[i], entryOf(s[i], lengths[i]))
		key = nextKey(key, lengths[i])
	}
	return dst, nil
}

// codeLengths reads the lengths of a complex code (RFC 7932 section 3.5).
func (r *Reader) codeLengths(lengths []uint8, skip int) error {
	table, err := r.lengthCode(skip)
	if err != nil {
		return err
	}
	clear(lengths)
	const whole = 1 << longestCode
	at, space, last, repeated, again := 0, whole, uint8(firstRepeated), uint8(0), 0
	for at < len(lengths) && space > 0 && !r.short {
		symbol := r.symbol(table)
		if symbol < repeatLength {
			lengths[at] = uint8(symbol)
			at++
			if symbol > 0 {
				last = uint8(symbol)
				space -= whole >> symbol
			}
			again = 0
			continue
		}
		length, more := uint8(0), uint(symbol-repeatLength+2)
		if symbol == repeatLength {
			length = last
		}
		if length != repeated {
			again, repeated = 0, length
		}
		before := again
		if again > 0 {
			again = (again - 2) << more
		}
		again += r.bits(more) + 3
		n := again - before
		if n > len(lengths)-at {
			return ErrCorrupt
		}
		if length > 0 {
			for i := range lengths[at : at+n] {
				lengths[at+i] = length
			}
			space -= n << (longestCode - length)
		}
		at += n
	}
	if space != 0 && !r.short {
		return ErrCorrupt
	}
	return nil
}

// lengthCode reads the code of the lengths, and returns its table.
func (r *Reader) lengthCode(skip int) ([]entry, error) {
	var lengths [lengthCodes]uint8
	const whole = 32
	space, n := whole, 0
	for _, symbol := range lengthOrder[skip:] {
		if r.n < 4 {
			r.fill() // a code may be shorter
		}
		l := lengthsOfLengths[r.v&0xf]
		r.bits(uint(l.bits))
		if l.symbol > 0 {
			lengths[symbol] = l.symbol
			n++
			if space -= whole >> l.symbol; space <= 0 {
				break
			}
		}
	}
	switch {
	case n == 1: // it takes no bits
		for i := range lengths {
			if lengths[i] > 0 {
				r.scratch.table = grow(r.scratch.table[:0], 1<<rootBits)
				fillTable(r.scratch.table, 0, 0, entryOf(i, 0))
			}
		}
	case space == 0:
		r.scratch.table = r.build(r.scratch.table[:0], lengths[:], rootBits)
	case !r.short:
		return nil, ErrCorrupt
	}
	return r.scratch.table, nil
}

// grow appends n entries without a value.
func grow(dst []entry, n int) []entry {
	for cap(dst)-len(dst) < n {
		dst = append(dst[:cap(dst)], 0)[:len(dst)]
	}
	return dst[:len(dst)+n]
}

// fillTable sets the entries whose low bits are a code of some length.
func fillTable(table []entry, key, length int, e entry) {
	for i := key; i < len(table); i += 1 << length {
		table[i] = e
	}
}

// nextKey returns the code after one: it counts in the bits from the lowest, as
// codes are read from their first bit.
func nextKey(key, length int) int {
	step := 1 << length >> 1
	for key&step != 0 {
		step >>= 1
	}
	return key&(step-1) + step
}

// build appends the table of a complete code (RFC 7932 section 3.2).
func (r *Reader) build(dst []entry, lengths []uint8, root int) []entry {
	var counts [longestCode + 2]int
	for _, l := range lengths {
		counts[l]++
	}
	var starts [longestCode + 2]int
	for l := 1; l <= longestCode; l++ {
		starts[l+1] = starts[l] + counts[l]
	}
	sorted := r.scratch.sorted[:]
	for s, l := range lengths {
		if l > 0 {
			sorted[starts[l]] = uint16(s)
			starts[l]++
		}
	}
	at := len(dst)
	dst = grow(dst, 1<<root)
	key, done, sub, low := 0, 0, 0, -1
	for l := 1; l <= longestCode; l++ {
		for ; counts[l] > 0; counts[l]-- {
			symbol := int(sorted[done])
			done++
			if l <= root {
				fillTable(dst[at:at+1<<root], key, l, entryOf(symbol, l))
			} else {
				if key&(1<<root-1) != low {
					low = key & (1<<root - 1)
					size := subBits(&counts, l, root)
					sub = len(dst)
					dst = grow(dst, 1<<size)
					dst[at+low] = entryOf(sub-at, root+size)
				}
				fillTable(dst[sub:], key>>root, l-root, entryOf(symbol, l-root))
			}
			key = nextKey(key, l)
		}
	}
	return dst
}

// subBits returns how many bits the table needs of the codes that begin with the
// bits of the next one, whose length is l.
func subBits(counts *[longestCode + 2]int, l, root int) int {
	left := 1 << (l - root)
	for l < longestCode {
		if left -= counts[l]; left <= 0 {
			break
		}
		l++
		left <<= 1
	}
	return l - root
}

// symbol reads a symbol of a code.
func (r *Reader) symbol(table []entry) int {
	if r.n < longestCode {
		r.fill()
	}
	e := table[r.v&(1<<rootBits-1)]
	length := uint(e & 0xff)
	if length > rootBits {
		e = table[uint64(e>>8)+r.v>>rootBits&(1<<(length-rootBits)-1)]
		length = rootBits + uint(e&0xff)
	}
	if length > r.n {
		r.short = true
		return 0
	}
	r.v >>= length
	r.n -= length
	return int(e >> 8)
}
