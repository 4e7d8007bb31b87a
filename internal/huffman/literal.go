package huffman

import "github.com/sightline-go/sightline/layers/wire"

// A Reader reads integers and string literals (RFC 7541 sections 5.1 and 5.2) from the
// start of B, which keeps the rest.
type Reader struct{ B []byte }

// Integer reads an integer whose first bits are the last ones of the next byte. It is
// less than 1<<62, the limit of RFC 9204 section 4.1.1. The Reason is Short or Malformed
// if there is no such integer.
func (r *Reader) Integer(bits uint8) (n uint64, reason wire.Reason) {
	if len(r.B) == 0 {
		return 0, wire.Short
	}
	most := uint64(1)<<bits - 1
	n = uint64(r.B[0]) & most
	r.B = r.B[1:]
	if n < most {
		return n, 0
	}
	for shift := 0; shift < 63; shift += 7 {
		if len(r.B) == 0 {
			return 0, wire.Short
		}
		c := r.B[0]
		r.B = r.B[1:]
		if n += uint64(c&0x7f) << shift; n >= 1<<62 {
			break
		}
		if c&0x80 == 0 {
			return n, 0
		}
	}
	return 0, wire.Malformed
}

// A Literal is a string as it was sent. It aliases the bytes of the Reader.
type Literal struct {
	Bytes   []byte
	Encoded bool // with the Huffman code
}

// Literal reads a string literal whose length has the given number of bits, after a bit
// that says whether it is encoded.
func (r *Reader) Literal(bits uint8) (l Literal, reason wire.Reason) {
	if len(r.B) == 0 {
		return l, wire.Short
	}
	l.Encoded = r.B[0]>>bits&1 != 0
	n, reason := r.Integer(bits)
	switch {
	case reason != 0:
		return l, reason
	case n > uint64(len(r.B)):
		return l, wire.Short
	}
	l.Bytes = r.B[:n:n]
	r.B = r.B[n:]
	return l, 0
}

// Text returns the bytes of the string, not nil if it is empty. If it is encoded, they
// are appended to scratch, which is returned too; what is in that before stays valid.
func (l Literal) Text(scratch []byte) (text, grown []byte, reason wire.Reason) {
	if !l.Encoded {
		return l.Bytes, scratch, 0
	}
	from := len(scratch)
	scratch, err := Decode(scratch, l.Bytes)
	switch {
	case err != nil:
		return nil, scratch, wire.Malformed
	case len(scratch) == from:
		return l.Bytes[:0], scratch, 0
	}
	return scratch[from:len(scratch):len(scratch)], scratch, 0
}
