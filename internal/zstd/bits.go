package zstd

import (
	"encoding/binary"
	"math/bits"
)

// A bitReader reads bits from the end of b to its beginning, each number from its
// highest bit (RFC 8878 section 4.1). A fill makes at least 56 bits available,
// unless b has fewer. Bits beyond the beginning are zeros, and make n negative:
// after that, fill must not be called.
type bitReader struct {
	b   []byte
	pos int    // b[:pos] is not in v
	v   uint64 // the next bits, at the top
	n   int    // valid bits in v
}

// init begins at the end of b: a one bit above the first bits to read.
func (r *bitReader) init(b []byte) error {
	if len(b) == 0 || b[len(b)-1] == 0 {
		return ErrCorrupt
	}
	*r = bitReader{b: b, pos: len(b)}
	r.fill()
	r.get(uint8(bits.LeadingZeros8(b[len(b)-1])) + 1)
	return nil
}

func (r *bitReader) fill() {
	if r.pos >= 8 {
		r.v |= binary.LittleEndian.Uint64(r.b[r.pos-8:]) >> (r.n & 63)
		k := (63 - r.n) >> 3
		r.pos -= k
		r.n += 8 * k
		return
	}
	r.pos, r.v, r.n = fillEnd(r.b, r.pos, r.v, r.n)
}

// fillEnd is bitReader.fill, for the last bytes.
func fillEnd(b []byte, pos int, v uint64, n int) (int, uint64, int) {
	for n <= 56 && pos > 0 {
		pos--
		v |= uint64(b[pos]) << (56 - n)
		n += 8
	}
	return pos, v, n
}

// get returns the next bits, fewer than 64.
func (r *bitReader) get(bits uint8) int {
	x := r.v >> 1 >> ((63 - bits) & 63)
	r.v <<= bits & 63
	r.n -= int(bits)
	return int(x)
}

// done reports whether exactly all bits were read.
func (r *bitReader) done() bool { return r.pos == 0 && r.n == 0 }
