package serve

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"github.com/sightline-go/sightline/extract"
)

// The memory of the process is divided: half of it for all imports together, a
// quarter for the page's capture, and the rest for the program and for garbage that
// has not been collected yet.
func (c *config) importShare() int64 { return c.memory / 2 / int64(c.imports) }

func (c *config) pageShare() int64 { return c.memory / 4 }

// setLimits sets the limits of o for about share bytes, including the memory to make the
// response. A row with eight pieces of evidence takes a few hundred bytes to a few
// KiB. Most captures fill only a few of the tables, which each worker has.
func setLimits(o *extract.Options, share int64) {
	n := int(min(share, 1<<30))
	o.MaxValues = max(n/(16<<10), 500)
	o.MaxConns = o.MaxValues
	o.MaxLive = max(n/(16<<10), 1024)
	o.Stream.MaxBytes = n / 8
	o.Stream.MaxSilent = max(n/(16<<10), 1024)
	o.Stream.MaxConn = min(n/16, 4<<20)
	o.Stream.MaxMessage = min(n/32, 1<<20)
	o.Stream.MaxDecode = min(n/16, 16<<20)
	o.Stream.MaxFragments = min(n/32, 4<<20)
}

// A heap measures the live heap. The limits of each capture should keep it small; if
// they do not, reading stops. The heap at the start, mostly the warninglists, does not
// count.
type heap struct {
	base  uint64
	limit uint64
}

func newHeap(memory int64) *heap {
	h := &heap{}
	runtime.GC()
	h.base = h.live()
	h.limit = h.base + uint64(memory)/8*5
	return h
}

// limitProcess makes the garbage collector work harder when the process approaches its
// memory limit.
func (h *heap) limitProcess(memory int64) { debug.SetMemoryLimit(int64(h.base) + memory/8*7) }

// full reports whether more than the limit is in use.
func (h *heap) full() bool {
	if h.live() <= h.limit {
		return false
	}
	runtime.GC() // the last measurement may include finished captures
	return h.live() > h.limit
}

// live returns the size of the live heap at the last garbage collection.
func (h *heap) live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
