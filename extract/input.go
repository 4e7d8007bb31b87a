package extract

import (
	"context"
	"io"

	"github.com/sightline-go/sightline/pcap"
)

// ReadInput adds the capture in src, called name, like Read, and identifies it by
// the size and the SHA-256 of all bytes of src, without decompressing them. It
// therefore reads src to its end, past the last record and past damage. The TLS
// secrets before its first packet are used: see OnBlock.
//
// The capture is not identified if src fails or ctx is done, because the rest of
// src is unknown. If src does not begin like a capture, ReadInput adds no capture
// and returns the error of pcap.NewReader. It does not read src again after an
// error of src, nor after it has returned.
func (x *Extractor) ReadInput(ctx context.Context, name string, src io.Reader) error {
	in := &input{src: src}
	if x.Workers > 1 {
		in.digest.start()
		defer in.digest.end()
	}
	r, err := pcap.Config{OnBlock: x.OnBlock}.NewReader(in)
	if err != nil {
		return err
	}
	err = x.Read(ctx, name, r)
	return in.settle(ctx, err, x.capture())
}

// An input counts and hashes the bytes read from src.
type input struct {
	src    io.Reader
	digest digest
	size   int64
	ended  bool  // src returned io.EOF
	err    error // of src, other than io.EOF
}

// Read implements io.Reader.
func (in *input) Read(b []byte) (int, error) {
	if in.err != nil {
		return 0, in.err
	}
	n, err := in.src.Read(b)
	in.size += int64(n)
	in.digest.write(b[:n])
	in.ended = err == io.EOF
	if !in.ended {
		in.err = err
	}
	return n, err
}

// settle reads src to its end, after the records of c were read up to an error, or to
// the end if that is nil. It records in c, and returns, what went wrong, and identifies
// c if all bytes of src are known.
func (in *input) settle(ctx context.Context, err error, c *Capture) error {
	if rest := in.discard(ctx); err == nil {
		err = rest
	}
	c.Err = err
	if in.ended && (err == nil || ctx.Err() == nil) {
		c.Size, c.SHA256 = in.size, in.digest.sum()
	}
	return err
}

// maxEmptyReads is how many times in a row src may return neither bytes nor an
// error.
const maxEmptyReads = 100

// discard reads src to its end.
func (in *input) discard(ctx context.Context) error {
	var buf []byte
	for empty := 0; !in.ended; {
		if err := ctx.Err(); err != nil {
			return err
		}
		if buf == nil {
			buf = make([]byte, 64<<10)
		}
		n, err := in.Read(buf)
		switch {
		case err != nil && err != io.EOF:
			return err
		case n > 0:
			empty = 0
		case empty == maxEmptyReads:
			return io.ErrNoProgress
		default:
			empty++
		}
	}
	return nil
}
