package serve

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"github.com/sightline-go/sightline/extract"
)

// The memory of the process is divided: half of it for all imports together, a
// quarter for the page's capture, and the rest for the program, and for the
// garbage that the collector has not seen to yet.
func (c *config) importShare() int64 { return c.memory / 2 / int64(c.imports) }

func (c *config) pageShare() int64 { return c.memory / 4 }

// boundedBy returns Options for about share bytes, before and while an answer is
// made of what is found. A row takes a few hundred bytes to some KiB, with its
// eight places of evidence; most captures fill a few of the seventeen tables,
// which each worker has.
func boundedBy(share int64) extract.Options {
	n := int(min(share, 1<<30))
	var o extract.Options
	o.MaxValues = max(n/(16<<10), 500)
	o.MaxConns = o.MaxValues
	o.MaxLive = max(n/(8<<10), 1024)
	o.Stream.MaxBytes = n / 8
	o.Stream.MaxSilent = max(n/(8<<10), 1024)
	o.Stream.MaxConn = min(n/16, 4<<20)
	o.Stream.MaxMessage = min(n/32, 1<<20)
	o.Stream.MaxDecode = min(n/16, 16<<20)
	o.Stream.MaxFragments = min(n/32, 4<<20)
	return o
}

// A heap watches how much of the memory is in use. The bounds of each capture
// should keep it small; where they do not, readings stop. What is in use from
// the beginning, which are the warninglists, comes on top of what may be used.
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

// bound lets the collector work harder when the process comes near to what it
// may take.
func (h *heap) bound(memory int64) { debug.SetMemoryLimit(int64(h.base) + memory/8*7) }

// full reports whether more than the limit is in use.
func (h *heap) full() bool {
	if h.live() <= h.limit {
		return false
	}
	runtime.GC() // what it found last may be of captures that are done
	return h.live() > h.limit
}

// live returns how much was in use when the collector last looked.
func (h *heap) live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
