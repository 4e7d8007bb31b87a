// Package text holds what the protocol packages need to read and write text:
// cursors over lengths and lines, ASCII, and names of numbers.
package text

import "strconv"

// AppendNumber appends a number and a space.
func AppendNumber[N uint8 | uint16 | uint32](dst []byte, n N) []byte {
	return append(strconv.AppendUint(dst, uint64(n), 10), ' ')
}

// AppendHex appends b in upper-case hexadecimal.
func AppendHex(dst, b []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range b {
		dst = append(dst, digits[c>>4], digits[c&0x0f])
	}
	return dst
}

// AppendQuoted appends a character-string between quotes.
func AppendQuoted(dst, text []byte) []byte {
	return append(AppendEscaped(append(dst, '"'), text), '"')
}

// AppendEscaped appends octets as RFC 1035 section 5.1 has them between
// quotes: a backslash before quotes and backslashes, and a backslash and three
// digits for what is no printable ASCII character.
func AppendEscaped(dst, text []byte) []byte {
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c >= 0x7f:
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// NameOf returns the name that a number has in a table, or prefix and the number.
func NameOf[N ~uint8 | ~uint16](names []string, prefix string, n N) string {
	if int(n) < len(names) && names[n] != "" {
		return names[n]
	}
	return prefix + strconv.Itoa(int(n))
}

// AppendName appends what NameOf returns.
func AppendName[N ~uint8 | ~uint16](dst []byte, names []string, prefix string, n N) []byte {
	if int(n) < len(names) && names[n] != "" {
		return append(dst, names[n]...)
	}
	return strconv.AppendUint(append(dst, prefix...), uint64(n), 10)
}
