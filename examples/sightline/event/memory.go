package event

import (
	"io"
	"runtime/debug"
	"runtime/metrics"
)

// A collector tunes the garbage collector while captures are read. A small live
// heap may grow to a fixed size, so that most captures need no collection at all;
// a larger one may grow by half, so that a capture full of connections takes
// at most half more memory than they do.
type collector struct {
	heap    []metrics.Sample
	bytes   int // read since the heap was last measured
	percent int // set last
}

const (
	freely    = 64 << 20 // bytes of heap that are always allowed
	lookEvery = 4 << 20  // bytes read between two measurements
	smallest  = 4 << 20  // Go collects a heap of 4 MiB at 100 percent
	tightest  = 50       // percent
)

// newCollector sets the growth for an empty heap.
func newCollector() *collector {
	c := &collector{heap: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	c.setGrowth(freely*100/smallest - 100)
	return c
}

// A frugal reader reads from r and counts the bytes for c.
type frugal struct {
	r io.Reader
	c *collector
}

func (f frugal) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	f.c.read(n)
	return n, err
}

// read adds n bytes, and measures the heap every lookEvery bytes.
func (c *collector) read(n int) {
	if c.bytes += n; c.bytes < lookEvery {
		return
	}
	c.bytes = 0
	metrics.Read(c.heap)
	live := max(c.heap[0].Value.Uint64(), smallest)
	c.setGrowth(max(int(freely*100/live)-100, tightest))
}

// setGrowth sets the GC percentage. It skips small changes, since each stops the
// program for a moment.
func (c *collector) setGrowth(percent int) {
	if d := percent - c.percent; d > c.percent/8 || -d > c.percent/8 {
		c.percent = percent
		debug.SetGCPercent(percent)
	}
}
