package extract

import (
	"strings"
	"unicode/utf8"
)

// text returns b with invalid UTF-8 replaced by U+FFFD.
func text(b []byte) string {
	if utf8.Valid(b) { // the check is much cheaper than the replacement
		return string(b)
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

// lower converts the ASCII letters of b to lower case, in place.
func lower(b []byte) []byte {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}
