package stream

import (
	"errors"
	"io"

	"github.com/sightline-go/sightline/internal/brotli"
	"github.com/sightline-go/sightline/internal/zstd"
)

func (f *inflater) beginBrotli() {
	if f.brotli == nil {
		f.brotli = new(brotli.Reader)
	}
	f.brotli.Reset(&f.src)
	f.format, f.z = formatBrotli, f.brotli
}

func (f *inflater) beginZstd() {
	if !zstd.IsMagic(f.src.peek(4)) {
		f.format = formatPlain
		return
	}
	if f.zstd == nil {
		f.zstd = new(zstd.Reader)
	}
	f.zstd.Reset(&f.src, zstd.WindowHTTP)
	f.format, f.z = formatZstd, f.zstd
}

// endOfFrame handles an error of the zstd format. After the content of a frame,
// neither a wrong checksum nor what follows spoils it, as with the gzip format.
func (f *inflater) endOfFrame(err error) error {
	switch err {
	case zstd.ErrChecksum:
		f.unverified = true
		return nil
	case zstd.ErrNoChecksum:
		f.unverified = true
		return io.EOF
	case zstd.ErrMagic: // begin has seen that of the first frame
		return io.EOF
	}
	return err
}

// release ends a body. It keeps memory for the next one.
func (f *inflater) release() {
	f.src.resetBody(nil, nil)
	switch f.format {
	case formatBrotli:
		f.brotli.Reset(nil)
	case formatZstd:
		f.zstd.Reset(nil, 0)
	}
}

// unsupported reports whether err means that a format is right, but needs what
// receivers do not support.
func unsupported(err error) bool {
	return errors.Is(err, brotli.ErrUnsupported) || errors.Is(err, zstd.ErrUnsupported)
}
