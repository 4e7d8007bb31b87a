package http1

import (
	"strings"
	"testing"
)

// A few empty lines before a head are skipped.
func TestEmptyLines(t *testing.T) {
	for n, taken := range map[int]bool{0: true, maxEmptyLines / 2: true, maxEmptyLines/2 + 1: false, 10_000: false} {
		b := []byte(strings.Repeat("\r\n", n) + "GET / HTTP/1.1\r\n\r\n")
		if _, err := ParseRequest(b); (err == nil) != taken {
			t.Errorf("%d empty lines: %v", n, err)
		}
	}
}
