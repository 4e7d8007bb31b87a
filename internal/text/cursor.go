package text

import (
	"encoding/binary"
	"iter"
)

// TrimZeros returns b without trailing zeros.
func TrimZeros(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

// CutVector cuts a vector (RFC 8446 section 3.4) from b: a length of size
// bytes, at most 3, and that many bytes. If b is too short, whole is false and
// v holds the available bytes.
func CutVector(b []byte, size int) (v, rest []byte, whole bool) {
	if len(b) < size {
		return nil, nil, false
	}
	n := 0
	for _, c := range b[:size] {
		n = n<<8 | int(c)
	}
	b = b[size:]
	if n > len(b) {
		return b, nil, false
	}
	return b[:n:n], b[n:], true
}

// Uint16s returns the 16-bit numbers in b.
func Uint16s(b []byte) iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for len(b) >= 2 && yield(binary.BigEndian.Uint16(b)) {
			b = b[2:]
		}
	}
}

// Varint returns the variable-length integer at the start of b (RFC 9000 section 16) and
// its length in bytes, 0 if b ends inside it.
func Varint(b []byte) (v uint64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	n = 1 << (b[0] >> 6)
	if len(b) < n {
		return 0, 0
	}
	v = uint64(b[0] & 0x3f)
	for _, c := range b[1:n] {
		v = v<<8 | uint64(c)
	}
	return v, n
}
