// Package window gives a Reader's bytes, or a slice's, as one window that slides
// over the input. Its memory grows only as bytes arrive, never by what a length
// field in them says.
package window

import (
	"errors"
	"io"
	"math"
)

// The first chunk is small, for small inputs. From the second on a chunk is of
// the size at which reading a file costs no more than mapping it would, and of
// which two fit into a second-level cache.
const (
	firstChunk = 64 << 10
	chunk      = 256 << 10
)

// maxEmptyReads is how often a Reader may return nothing, without error, before
// it is given up.
const maxEmptyReads = 100

// ErrHeld is returned in place of reading more while the window is held.
var ErrHeld = errors.New("window: held")

// A Window is the part of an input that is in memory and not yet consumed. What
// Peek and Buffered return is valid until the next Peek or Skip, longer while
// the Chunk is shared, and over a slice as long as the slice. Make one with
// OverBytes or OverReader.
type Window struct {
	// Held keeps the window from reading more and from moving what it has.
	Held bool

	src      io.Reader // nil: all of the input is in buf
	chunk    *Chunk    // nil: there is none, or buf is the caller's
	pool     *pool
	buf      []byte
	off, end int   // what is not consumed is buf[off:end]
	base     int64 // where buf[0] is in the input
	err      error // from src, to be reported when what came before it is consumed
}

// OverBytes returns a Window over b. It never writes to b.
func OverBytes(b []byte) Window { return Window{buf: b, end: len(b)} }

// OverReader returns a Window over what r reads. It uses the memory of old, a
// Window over a Reader that is not needed any more, or the zero Window.
func OverReader(r io.Reader, old Window) Window {
	w := Window{src: r, pool: old.pool}
	if w.pool == nil {
		w.pool = new(pool)
	}
	if c := old.chunk; c != nil && c.refs.Load() == 1 {
		w.chunk, w.buf = c, c.b
	} else {
		c.Release()
	}
	return w
}

// At returns w with the input's first byte at offset.
func (w Window) At(offset int64) Window {
	w.base = offset - int64(w.off)
	return w
}

// Offset returns where the window begins in the input.
func (w *Window) Offset() int64 { return w.base + int64(w.off) }

// Buffered returns what is in memory and not consumed.
func (w *Window) Buffered() []byte { return w.buf[w.off:w.end:w.end] }

// Advance consumes n bytes, which must be in memory.
func (w *Window) Advance(n int) { w.off += n }

// Share returns the Chunk that holds what Buffered returns, which then keeps
// its bytes until the caller releases it.
func (w *Window) Share() *Chunk {
	if w.chunk != nil {
		w.chunk.refs.Add(1)
	}
	return w.chunk
}

// Peek returns the next n bytes without consuming them. When the input has
// fewer, it returns those and io.EOF, or the error that ended reading. No error
// is kept: when the input has grown, Peek finds the new bytes.
func (w *Window) Peek(n int) ([]byte, error) {
	for w.end-w.off < n {
		if err := w.fill(n); err != nil {
			return w.Buffered(), err
		}
	}
	return w.buf[w.off : w.off+n : w.off+n], nil
}

// Ahead is Peek for a look at what may not be needed: the error that ended
// reading is kept for the next Peek, if it is not io.EOF.
func (w *Window) Ahead(n int) ([]byte, error) {
	b, err := w.Peek(n)
	if err != nil && err != io.EOF && err != ErrHeld {
		w.err = err
	}
	return b, err
}

// Skip consumes n bytes without keeping them. When the input has fewer, it
// consumes nothing that is not in memory any more and returns io.EOF, or the
// error that ended reading; skipped is how many it consumed.
func (w *Window) Skip(n int64) (skipped int64, err error) {
	for {
		step := min(n-skipped, int64(w.end-w.off))
		w.off += int(step)
		skipped += step
		if skipped == n {
			return skipped, nil
		}
		if err := w.fill(1); err != nil {
			return skipped, err
		}
	}
}

// fill reads more, to a buffer that has room for need bytes, or for a part of
// them when so much has not come yet.
func (w *Window) fill(need int) error {
	if w.Held {
		return ErrHeld
	}
	if err := w.err; err != nil {
		w.err = nil
		return err
	}
	if w.src == nil {
		return io.EOF
	}
	w.makeRoom(need)
	for range maxEmptyReads {
		n, err := w.src.Read(w.buf[w.end:])
		w.end += n
		if n > 0 {
			w.err = err
			if err == io.EOF {
				w.err = nil // the next Read says so again, or has more
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// makeRoom moves what is not consumed to the front, into another chunk when
// this one is shared, or full and too small for need bytes.
func (w *Window) makeRoom(need int) {
	if w.end < len(w.buf) && w.off+need <= len(w.buf) {
		return
	}
	old, size := w.chunk, len(w.buf)
	switch {
	case size == 0:
		size = firstChunk
	case size < chunk && w.end == size:
		size = chunk
	case w.off == 0 && w.end == size:
		size = grown(size, need)
	}
	if old == nil || size != len(w.buf) {
		w.chunk = w.pool.get(size)
	} else if old.refs.Load() > 1 {
		w.chunk = w.pool.get(min(size, max(chunk, need, w.end-w.off+1)))
	}
	copy(w.chunk.b, w.buf[w.off:w.end])
	if w.chunk != old {
		old.Release()
	}
	w.buf = w.chunk.b
	w.base += int64(w.off)
	w.end -= w.off
	w.off = 0
}

// grown returns the size of the buffer that follows one of size bytes, which is
// full: at most four times that, so that it does not outgrow what has come.
func grown(size, need int) int {
	if size > math.MaxInt/4 {
		return need
	}
	return min(4*size, max(need, size+1))
}
