package main

import (
	"io"
	"runtime/debug"
	"runtime/metrics"
)

// A collector tells Go's garbage collector how much the heap may grow before it
// runs: to twice its size while that is little, which costs the least, and by a
// fifth of it from then on, so that a capture full of connections takes no more
// memory than what is kept of them.
type collector struct {
	heap  []metrics.Sample
	bytes int // read since the heap was looked at
	tight bool
}

const (
	plenty     = 40 << 20 // bytes of heap
	lookEvery  = 4 << 20  // bytes read
	tightGrown = 20       // percent
)

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
	if c.bytes += n; c.bytes < lookEvery || c.tight {
		return
	}
	c.bytes = 0
	if c.heap == nil {
		c.heap = []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	}
	metrics.Read(c.heap)
	if c.heap[0].Value.Uint64() > plenty {
		c.tight = true
		debug.SetGCPercent(tightGrown)
	}
}
