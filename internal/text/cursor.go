package text

import (
	"encoding/binary"
	"iter"
)

// TrimZeros returns b without the zeros at its end.
func TrimZeros(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

// CutVector cuts a vector (RFC 8446 section 3.4) from b: a length of size bytes,
// 3 at most, and as many bytes. When b holds less, whole is false and v what is there.
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
