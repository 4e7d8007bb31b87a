// Package brotli decompresses Brotli (RFC 7932).
package brotli

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/sightline-go/sightline/internal/lz"
)

// Errors of a Reader, besides those of its source. They are final.
var (
	// ErrCorrupt means that the stream violates the format.
	ErrCorrupt = errors.New("corrupt brotli stream")
	// ErrUnsupported means that the stream has a window larger than 16 MiB, which
	// RFC 7932 does not define.
	ErrUnsupported = errors.New("brotli stream with a large window")
)

const (
	// inputLen is the length of the pieces read from the source.
	inputLen = 4 << 10

	// outputLen is the length of the pieces in which content is decompressed.
	outputLen = 16 << 10
)

// A Reader decompresses a stream. Reset it before its first use. It ignores what
// follows the stream, may read some of that, and does not allocate for blocks.
//
// Its memory grows with the bytes received and written: to one and a half windows,
// and codes of up to 4 MiB, a KiB or less for each 12 bits received.
//
// An error of the source is returned once all content before it was read.
type Reader struct {
	src      io.Reader
	srcErr   error
	buf      [inputLen]byte
	pos, end int     // buf[pos:end] is not in v
	v        uint64  // the next bits, at the bottom; those above n are right, too
	n        uint    // bits in v
	short    bool    // bits were missing
	whole    [8]byte // bytes taken from v

	win  lz.Window
	err  error
	next func(*Reader) error
	meta metaBlock

	recent  [4]int // distances
	written uint64
	window  int
	scratch scratch
}

// Reset begins to decompress src.
func (r *Reader) Reset(src io.Reader) {
	r.src, r.srcErr, r.err, r.short = src, nil, nil, false
	r.pos, r.end, r.v, r.n = 0, 0, 0, 0
	r.win.Reset()
	r.meta.release()
	r.written, r.recent, r.next = 0, [4]int{16, 15, 11, 4}, (*Reader).header
}

// Read reads decompressed bytes. At the end of the stream it returns io.EOF.
func (r *Reader) Read(p []byte) (int, error) {
	for {
		if n := r.win.Take(p); n > 0 || len(p) == 0 {
			return n, nil
		}
		if r.err != nil {
			return 0, r.err
		}
		r.err = r.next(r)
		if r.short {
			r.err = r.srcErr
			if r.err == io.EOF {
				r.err = io.ErrUnexpectedEOF
			}
		}
	}
}

// fill makes at least 56 bits available, unless the source has fewer.
func (r *Reader) fill() {
	if r.end-r.pos >= 8 {
		r.v |= binary.LittleEndian.Uint64(r.buf[r.pos:]) << (r.n & 63)
		r.pos += int(63-r.n) >> 3
		r.n |= 56
		return
	}
	for r.n <= 56 && (r.pos < r.end || r.read()) {
		r.v |= uint64(r.buf[r.pos]) << r.n
		r.pos++
		r.n += 8
	}
}

// maxEmptyReads is how often a source may return neither bytes nor an error.
const maxEmptyReads = 100

// read reads a piece of the source, after the last one, and reports whether there
// is one.
func (r *Reader) read() bool {
	for range maxEmptyReads {
		if r.srcErr != nil {
			return false
		}
		r.pos = 0
		if r.end, r.srcErr = r.src.Read(r.buf[:]); r.end > 0 {
			return true
		}
	}
	r.srcErr = io.ErrNoProgress
	return false
}

// bits returns the next k bits, at most 32.
func (r *Reader) bits(k uint) int {
	if r.n < k {
		if r.fill(); r.n < k {
			r.short = true
			return 0
		}
	}
	x := r.v & (1<<k - 1)
	r.v >>= k
	r.n -= k
	return int(x)
}

func (r *Reader) bit() bool { return r.bits(1) != 0 }

// align skips the rest of a byte, which must be zeros.
func (r *Reader) align() bool { return r.bits(r.n&7) == 0 }
