package window

import (
	"sync"
	"sync/atomic"
)

// maxFree is the number of chunks that a Window keeps for reuse.
const maxFree = 8

// A Chunk is memory that a Window reads into. It counts its users, is not
// overwritten while shared, and is reused after the last user has released it.
type Chunk struct {
	b    []byte
	refs atomic.Int32
	pool *pool
}

// Release ends a share of c. Any goroutine may call it. A nil Chunk stands for
// the caller's memory, which is not counted.
func (c *Chunk) Release() {
	if c != nil && c.refs.Add(-1) == 0 {
		c.pool.put(c)
	}
}

// A pool holds unused chunks.
type pool struct {
	mu   sync.Mutex
	free []*Chunk
}

// get returns a Chunk of size bytes with a single share.
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
