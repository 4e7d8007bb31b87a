package extract

import (
	"testing"

	"github.com/sightline-go/sightline/internal/build"
)

// A dot or a NUL in a label does not separate labels, so it cannot forge a name.
func TestForgedNames(t *testing.T) {
	var c capture
	for i, label := range []string{"www.bank", "www\x00bank", "www\\.bank", "www bank", "WWW.BANK"} {
		c.add(build.UDP("10.0.0.5", uint16(5000+i), "192.0.2.53", 53, build.DNSQuery(1, label, "example")))
	}
	rep := c.report(t, Options{})
	n := 0
	for q := range rep.Queries() {
		n++
		if q.Name == "www.bank.example" {
			t.Errorf("forged name %q", q.Name)
		}
	}
	if n < 4 {
		t.Errorf("%d names", n)
	}
}
