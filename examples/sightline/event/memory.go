package event

import (
	"io"
	"runtime/debug"
	"runtime/metrics"
)

// A collector tells Go's garbage collector how much the heap may grow before it
// runs: up to a fixed size while little of it lives, so that most captures need
// no collection at all, and by a fifth of what lives from then on, so that a
// capture full of connections takes no more memory than what is kept of them.
type collector struct {
	heap    []metrics.Sample
	bytes   int // read since the heap was looked at
	percent int // what the collector was told last
}

const (
	freely    = 64 << 20 // bytes of heap
	lookEvery = 4 << 20  // bytes read
	smallest  = 4 << 20  // Go collects a heap of 4 MiB at 100 percent
	tightest  = 20       // percent
)

// newCollector says that there is no heap yet.
func newCollector() *collector {
	c := &collector{heap: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	c.tell(freely*100/smallest - 100)
	return c
}

// A frugal reader reads from r, and looks at the heap now and then.
type frugal struct {
	r io.Reader
	c *collector
}

func (f frugal) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	f.c.read(n)
	return n, err
}

// read notes that n bytes were read.
func (c *collector) read(n int) {
	if c.bytes += n; c.bytes < lookEvery {
		return
	}
	c.bytes = 0
	metrics.Read(c.heap)
	live := max(c.heap[0].Value.Uint64(), smallest)
	c.tell(max(int(freely*100/live)-100, tightest))
}

// tell sets the growth, where that makes a difference: it stops the program for a
// moment.
func (c *collector) tell(percent int) {
	if d := percent - c.percent; d > c.percent/8 || -d > c.percent/8 {
		c.percent = percent
		debug.SetGCPercent(percent)
	}
}
