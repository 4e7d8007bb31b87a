package extract

import (
	"testing"

	"github.com/sightline-go/sightline/internal/build"
)

// Connections beyond MaxConns are left out of Flows but counted in Connections.
func TestMaxConns(t *testing.T) {
	var c capture
	for i := range 30 {
		c.add(build.UDP("10.0.0.5", uint16(4000+i), "192.0.2.1", 9, []byte("x")))
	}
	rep := c.report(t, Options{MaxConns: 10})
	flows := 0
	for range rep.Flows() {
		flows++
	}
	for row := range rep.Connections() {
		if row.Count != 30 {
			t.Errorf("%d connections in the row", row.Count)
		}
	}
	if flows != 10 || rep.LeftOut()["flows"] != 20 {
		t.Errorf("%d flows, %v left out", flows, rep.LeftOut())
	}
}
