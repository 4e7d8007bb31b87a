package stream

import (
	"slices"
	"testing"
)

func TestPath(t *testing.T) {
	var none Path
	if none.Len() != 0 || none.Innermost() != Unknown || none.Has(Unknown) || none.String() != "" {
		t.Errorf("the zero Path is %v", none)
	}
	p := pathOf(TCP).with(Connect).with(StartTLS)
	if p.Len() != 3 || p.At(0) != TCP || p.Innermost() != StartTLS || !p.Has(Connect) || p.Has(UDP) {
		t.Errorf("%v", p)
	}
	if got := slices.Collect(p.All()); !slices.Equal(got, []Proto{TCP, Connect, StartTLS}) {
		t.Errorf("All: %v", got)
	}
	if got := p.String(); got != "TCP > CONNECT > STARTTLS" {
		t.Errorf("String: %s", got)
	}
	if p != pathOf(TCP).with(Connect).with(StartTLS) || p == pathOf(TCP).with(Connect) {
		t.Error("paths do not compare")
	}
}

// A path that is too long keeps the outermost protocols and the innermost.
func TestLongPath(t *testing.T) {
	p := pathOf(TCP)
	for i := range 2 * maxPath {
		if want := min(i+1, maxPath); p.Len() != want {
			t.Fatalf("%d protocols, want %d", p.Len(), want)
		}
		p = p.with(Connect)
	}
	if p = p.with(SOCKS); p.Len() != maxPath || p.At(0) != TCP || p.At(maxPath-2) != Connect || p.Innermost() != SOCKS {
		t.Errorf("%v", p)
	}
}
