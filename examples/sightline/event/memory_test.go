package event

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// The heap may grow to 64 MiB while little of it is live, by half when 64 MiB are
// live, and to 64 MiB again afterwards.
func TestCollector(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	c := newCollector()
	growth := func() int {
		percent := debug.SetGCPercent(100)
		debug.SetGCPercent(percent)
		return percent
	}
	if got := growth(); got != 1500 { // of 4 MiB
		t.Errorf("%d percent at first", got)
	}
	kept := make([]byte, freely)
	runtime.GC()
	c.read(lookEvery - 1)
	if got := growth(); got != 1500 {
		t.Errorf("%d percent before the next measurement", got)
	}
	c.read(1)
	if got := growth(); got != tightest {
		t.Errorf("%d percent with 64 MiB live", got)
	}
	runtime.KeepAlive(kept)
	runtime.GC()
	c.read(lookEvery)
	if got := growth(); got < 200 {
		t.Errorf("%d percent after 64 MiB were freed", got)
	}
}
