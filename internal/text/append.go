// Package text provides the protocol packages with helpers for text: cursors
// over lengths and lines, ASCII, and names of numbers.
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

// AppendQuoted appends text in quotes, escaped as by AppendEscaped.
func AppendQuoted(dst, text []byte) []byte {
	return append(AppendEscaped(append(dst, '"'), text), '"')
}

// AppendEscaped appends octets in the form of RFC 1035 section 5.1 for quoted
// strings: a backslash before quotes and backslashes, and a backslash and three
// digits for anything that is not printable ASCII.
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

// NameOf returns the name of n in a table, or prefix and n if it has none.
func NameOf[N ~uint8 | ~uint16](names []string, prefix string, n N) string {
	if int(n) < len(names) && names[n] != "" {
		return names[n]
	}
	return prefix + strconv.Itoa(int(n))
}

// AppendName appends the result of NameOf.
func AppendName[N ~uint8 | ~uint16](dst []byte, names []string, prefix string, n N) []byte {
	if int(n) < len(names) && names[n] != "" {
		return append(dst, names[n]...)
	}
	return strconv.AppendUint(append(dst, prefix...), uint64(n), 10)
}
