package text

import (
	"bytes"
	"math"
)

// EqualFold reports whether b equals s, ignoring the case of ASCII letters
// only.
func EqualFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if Lower(c) != Lower(s[i]) {
			return false
		}
	}
	return true
}

// Lower returns c in lower case.
func Lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// ParseLength parses a decimal number that fits an int64.
func ParseLength(b []byte) (n int64, ok bool) {
	for _, c := range b {
		if !IsDigit(c) || n > (math.MaxInt64-9)/10 {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, len(b) > 0
}

// TokenLen returns the length of the token at the start of b (RFC 9110 section
// 5.6.2).
func TokenLen(b []byte) int {
	for i, c := range b {
		letter := 'a' <= Lower(c) && Lower(c) <= 'z'
		if !letter && !IsDigit(c) && bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) < 0 {
			return i
		}
	}
	return len(b)
}

// IsDigit reports whether c is a decimal digit.
func IsDigit(c byte) bool { return '0' <= c && c <= '9' }

// IsSpace reports whether c is a space or a tab.
func IsSpace(c byte) bool { return c == ' ' || c == '\t' }

// TrimSpace returns b without surrounding white space and line ends. Unlike
// bytes.Trim, it never returns nil for a non-nil b.
func TrimSpace(b []byte) []byte {
	i, j := 0, len(b)
	for i < j && (IsSpace(b[i]) || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	for i < j && (IsSpace(b[j-1]) || b[j-1] == '\r' || b[j-1] == '\n') {
		j--
	}
	return b[i:j:j]
}
