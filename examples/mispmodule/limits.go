package main

import (
	"errors"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"

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
	o.Stream.MaxConn = min(n/16, 4<<20)
	o.Stream.MaxMessage = min(n/32, 1<<20)
	o.Stream.MaxDecode = min(n/16, 16<<20)
	o.Stream.MaxFragments = min(n/32, 4<<20)
	return o
}

// limitMemory lets the collector work harder when the process comes near to
// what it may take.
func limitMemory(bytes int64) { debug.SetMemoryLimit(bytes - bytes/8) }

// A heap watches how much of the memory is in use. The bounds of each capture
// should keep it small; where they do not, readings stop.
type heap struct {
	limit uint64
}

func newHeap(memory int64) *heap { return &heap{limit: uint64(memory) / 8 * 5} }

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

// errBusy says that no place came free in time.
var errBusy = errors.New("the service is busy with other captures; please try again in a few seconds")

// places are how many captures may be read at once.
type places chan struct{}

// take takes a place, and waits for one until then. It reports false when none
// came free. Who waits longest comes first.
func (p places) take(until time.Time) bool {
	select {
	case p <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case p <- struct{}{}:
		return true
	case <-timer.C:
		return false
	}
}

func (p places) free() { <-p }
