package event

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// The heap may grow to 64 MiB while next to nothing of it lives, and by a fifth
// when that much lives; and back.
func TestCollector(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	c := newCollector()
	told := func() int {
		percent := debug.SetGCPercent(100)
		debug.SetGCPercent(percent)
		return percent
	}
	if got := told(); got != 1500 { // of 4 MiB
		t.Errorf("%d percent at first", got)
	}
	kept := make([]byte, freely)
	runtime.GC()
	c.read(lookEvery - 1)
	if got := told(); got != 1500 {
		t.Errorf("%d percent before it is time to look", got)
	}
	c.read(1)
	if got := told(); got != tightest {
		t.Errorf("%d percent when 64 MiB live", got)
	}
	runtime.KeepAlive(kept)
	runtime.GC()
	c.read(lookEvery)
	if got := told(); got < 200 {
		t.Errorf("%d percent when they are gone", got)
	}
}
