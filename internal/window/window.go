// Package window provides a window that slides over the bytes of a Reader or
// slice. Its memory grows only as bytes arrive, never because of a stated
// length.
package window

import (
	"errors"
	"io"
	"math"
)

// The first chunk is small, for small inputs. Later chunks are large enough
// that reading a file costs no more than mapping it, and small enough that two
// fit into a second-level cache.
const (
	firstChunk = 64 << 10
	chunk      = 256 << 10
)

// maxEmptyReads is the number of times that a Reader may return no bytes and no
// error before reading fails.
const maxEmptyReads = 100

// ErrHeld is returned instead of reading while the window is held.
var ErrHeld = errors.New("window: held")

// A Window is the part of an input that is in memory and not yet consumed. The
// result of Peek or Buffered is valid until the next Peek or Skip, longer while
// the Chunk is shared, and over a slice as long as the slice. Create one with
// OverBytes or OverReader.
type Window struct {
	// Held keeps the window from reading and from moving its bytes.
	Held bool

	src      io.Reader // nil: the whole input is in buf
	chunk    *Chunk    // nil: none yet, or buf is the caller's
	pool     *pool
	buf      []byte
	off, end int   // buf[off:end] is not consumed
	base     int64 // offset of buf[0] in the input
	err      error // from src, to be returned after the bytes before it
}

// OverBytes returns a Window over b. It never writes to b.
func OverBytes(b []byte) Window { return Window{buf: b, end: len(b)} }

// OverReader returns a Window over r. It reuses the memory of old, a Window
// over a Reader that is no longer needed, or the zero Window.
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

// At returns w with the start of the input at offset.
func (w Window) At(offset int64) Window {
	w.base = offset - int64(w.off)
	return w
}

// Offset returns the offset of the window in the input.
func (w *Window) Offset() int64 { return w.base + int64(w.off) }

// Buffered returns the bytes in memory that are not consumed.
func (w *Window) Buffered() []byte { return w.buf[w.off:w.end:w.end] }

// Advance consumes n bytes, which must be in memory.
func (w *Window) Advance(n int) { w.off += n }

// Share returns the Chunk of the bytes that Buffered returns, which are kept
// until the caller releases it.
func (w *Window) Share() *Chunk {
	if w.chunk != nil {
		w.chunk.refs.Add(1)
	}
	return w.chunk
}

// Peek returns the next n bytes without consuming them. If the input has fewer,
// it returns those and io.EOF, or the error that ended reading. No error is
// sticky: if the input has grown, Peek returns the new bytes.
func (w *Window) Peek(n int) ([]byte, error) {
	for w.end-w.off < n {
		if err := w.fill(n); err != nil {
			return w.Buffered(), err
		}
	}
	return w.buf[w.off : w.off+n : w.off+n], nil
}

// Ahead is Peek for bytes that may not be needed: it saves the error that ended
// reading for the next Peek, unless it is io.EOF.
func (w *Window) Ahead(n int) ([]byte, error) {
	b, err := w.Peek(n)
	if err != nil && err != io.EOF && err != ErrHeld {
		w.err = err
	}
	return b, err
}

// Skip consumes n bytes without keeping them. If the input has fewer, it
// returns io.EOF, or the error that ended reading, and the number of bytes
// consumed.
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

// fill reads more into a buffer with room for need bytes, or for part of them
// if the bytes so far do not justify more.
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
				w.err = nil // the next Read returns it again, or more bytes
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// makeRoom moves the unconsumed bytes to the front, or into another chunk if
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

// grown returns the size of the next buffer after a full one of size bytes: at
// most four times that, so that it stays in proportion to the bytes read.
func grown(size, need int) int {
	if size > math.MaxInt/4 {
		return need
	}
	return min(4*size, max(need, size+1))
}
