package window

import (
	"sync"
	"sync/atomic"
)

// maxFree is how many chunks a Window keeps for reuse.
const maxFree = 8

// A Chunk is the memory that a Window reads into. Those who share it count; it
// is not written to where they look, and used again when the last has released
// it.
type Chunk struct {
	b    []byte
	refs atomic.Int32
	pool *pool
}

// Release ends one share of c. It may be called from any goroutine. A nil Chunk
// is the memory of the caller, which nobody counts.
func (c *Chunk) Release() {
	if c != nil && c.refs.Add(-1) == 0 {
		c.pool.put(c)
	}
}

// A pool keeps chunks that nobody uses.
type pool struct {
	mu   sync.Mutex
	free []*Chunk
}

// get returns a Chunk of size bytes, with one share.
func (p *pool) get(size int) *Chunk {
	c := p.take(size)
	if c == nil {
		c = &Chunk{b: make([]byte, size), pool: p}
	}
	c.refs.Store(1)
	return c
}

func (p *pool) take(size int) *Chunk {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.free)
	if size != chunk || n == 0 {
		return nil
	}
	c := p.free[n-1]
	p.free = p.free[:n-1]
	return c
}

func (p *pool) put(c *Chunk) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(c.b) == chunk && len(p.free) < maxFree {
		p.free = append(p.free, c)
	}
}
