package extract

import (
	"strings"
	"unicode/utf8"
)

// text returns what a packet holds as valid UTF-8.
func text(b []byte) string {
	if utf8.Valid(b) { // which is much cheaper to find out than to make
		return string(b)
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

// lower turns the ASCII letters of b into lower case.
func lower(b []byte) []byte {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}
