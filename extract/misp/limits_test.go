package misp

import (
	"strings"
	"testing"
	"time"
)

// A Unicode name that is far too long is not converted to ASCII.
func TestLongIDN(t *testing.T) {
	for n, translated := range map[int]bool{10: true, maxIDN/2 + 1: false, 20_000: false} {
		began := time.Now()
		name := strings.Repeat("é", n) + ".example"
		if got := domainName(name); (got != name) != translated {
			t.Errorf("%d letters: %.40q", n, got)
		}
		if d := time.Since(began); d > time.Second {
			t.Errorf("%d letters took %v", n, d)
		}
	}
}
