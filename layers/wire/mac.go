package wire

// A MAC is an IEEE 802 48-bit address.
type MAC [6]byte

// AppendTo appends the address to dst in the form 02:00:5e:10:00:00.
func (m MAC) AppendTo(dst []byte) []byte {
	for i, c := range m {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// String returns the address in the form 02:00:5e:10:00:00.
func (m MAC) String() string { return string(m.AppendTo(make([]byte, 0, 17))) }

const hexDigits = "0123456789abcdef"
