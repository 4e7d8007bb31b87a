package extract

import (
	"testing"

	"github.com/sightline-go/sightline/internal/build"
)

// The evidence of the earliest eight observations is kept.
func TestEvidenceBound(t *testing.T) {
	var c capture
	for range 100 {
		c.add(build.UDP("10.0.0.5", 4000, "192.0.2.1", 9, []byte("x")))
	}
	for h := range c.report(t, Options{}).Hosts() {
		if first, _ := h.Evidence.First(); h.Count != 100 || h.Evidence.Len() != 8 || first.First.Number != 1 {
			t.Errorf("%v: %d observations, %d pieces", h.Addr, h.Count, h.Evidence.Len())
		}
	}
}
