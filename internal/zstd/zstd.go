// Package zstd decompresses Zstandard (RFC 8878).
package zstd

import (
	"errors"
	"fmt"
	"io"

	"github.com/sightline-go/sightline/internal/lz"
	"github.com/sightline-go/sightline/internal/xxhash"
)

// The largest windows that decoders support: over HTTP (RFC 9659 section 3), and
// of files unless their user asks for more.
const (
	WindowHTTP = 8 << 20
	WindowFile = 128 << 20
)

// Errors of a Reader, besides those of its source. After one of them, only Reset
// makes it read again, except after ErrChecksum.
var (
	// ErrMagic means that no frame begins where one should.
	ErrMagic = errors.New("not a zstd frame")
	// ErrCorrupt means that a frame violates the format.
	ErrCorrupt = errors.New("corrupt zstd frame")
	// ErrUnsupported means that a frame needs a dictionary, or a window larger
	// than the Reader's.
	ErrUnsupported = errors.New("zstd frame with a dictionary or a large window")
	// ErrChecksum means that the checksum of a frame is wrong. All content of the
	// frame was read before. Read continues with the next frame.
	ErrChecksum = errors.New("wrong zstd checksum")
	// ErrNoChecksum is the io.ErrUnexpectedEOF of a source that ends in the
	// checksum of a frame. All content of the frame was read before.
	ErrNoChecksum = fmt.Errorf("zstd checksum: %w", io.ErrUnexpectedEOF)
)

// A Reader decompresses a stream of frames. Reset it before its first use. It
// reads no more of its source than frames need, and does not allocate for blocks.
//
// Its memory grows with the bytes received and written: to one and a half windows
// and about 300 KiB. The content decides the work: at most that of three tables
// of 512 entries and one of 2,048 for a block of a dozen bytes without content.
//
// An error of the source is returned once all content before it was read. If
// more of the source can be read later, so can more of the content.
type Reader struct {
	src       io.Reader
	maxWindow int
	step      func(*Reader) error // what comes next
	win       lz.Window
	sum       xxhash.Digest
	frame     frameHeader
	in        []byte // of the source, for the current step
	wanted    int    // size of in that the step needs
	blockSize int    // of the current block
	lastBlock bool
	size      uint64 // written of the frame
	skip      int64  // rest of a skippable frame
	err       error  // final
	block     blockDecoder
}

// Reset begins to decompress src, with frames of windows up to maxWindow bytes.
func (r *Reader) Reset(src io.Reader, maxWindow int) {
	r.src, r.maxWindow, r.err = src, maxWindow, nil
	r.win.Reset()
	r.end()
}

// Read reads decompressed bytes. At the end of the source it returns io.EOF,
// or io.ErrUnexpectedEOF inside a frame.
func (r *Reader) Read(p []byte) (int, error) {
	for {
		if n := r.win.Take(p); n > 0 || len(p) == 0 {
			return n, nil
		}
		if r.err != nil {
			return 0, r.err
		}
		if err := r.fill(); err != nil {
			return 0, err
		}
		if err := r.step(r); err != nil {
			if err != ErrChecksum {
				r.err = err
			}
			return 0, err
		}
	}
}

// expect makes step the next one, when n bytes have been read for it.
func (r *Reader) expect(n int, step func(*Reader) error) {
	r.in, r.wanted, r.step = r.in[:0], n, step
}

// more makes the current step begin again when n bytes have been read for it.
func (r *Reader) more(n int) { r.wanted = n }

// fill reads the bytes that the next step needs.
func (r *Reader) fill() error {
	for len(r.in) < r.wanted {
		if len(r.in) == cap(r.in) {
			r.grow()
		}
		room := r.in[len(r.in):min(cap(r.in), r.wanted)]
		n, err := r.src.Read(room)
		r.in = r.in[:len(r.in)+n]
		if err != nil && len(r.in) < r.wanted {
			return r.atEnd(err)
		}
	}
	return nil
}

// grow makes room, in proportion to the bytes received.
func (r *Reader) grow() {
	const least = 4 << 10
	in := make([]byte, len(r.in), max(least, min(2*cap(r.in), blockLimit)))
	copy(in, r.in)
	r.in = in
}

// atEnd returns the error of an end of the source.
func (r *Reader) atEnd(err error) error {
	switch {
	case err != io.EOF || !r.frame.open && len(r.in) == 0:
		return err
	case r.frame.ended:
		return ErrNoChecksum
	}
	return io.ErrUnexpectedEOF
}
