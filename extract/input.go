package extract

import (
	"context"
	"io"

	"github.com/sightline-go/sightline/pcap"
)

// ReadInput adds the capture that src holds, called name, as Read does, and
// identifies it: by the size and the SHA-256 of all that src gives, as it lies
// there, compressed or not. For that it reads src to its end, also what is behind
// the last record, or behind damage.
//
// The capture is not identified when src fails, or when ctx ends the reading:
// nobody knows what would have come. An input that does not begin like a capture
// adds none, and the error is that of pcap.NewReader. An error of src is not
// asked for again, and src is not read any more when ReadInput returns.
func (x *Extractor) ReadInput(ctx context.Context, name string, src io.Reader) error {
	in := &input{src: src}
	if x.Workers > 1 {
		in.digest.start()
		defer in.digest.end()
	}
	r, err := pcap.NewReader(in)
	if err != nil {
		return err
	}
	err = x.Read(ctx, name, r)
	if rest := in.discard(ctx); err == nil {
		err = rest
	}
	x.capture().Err = err
	if in.ended && (err == nil || ctx.Err() == nil) {
		x.Identify(in.size, in.digest.sum())
	}
	return err
}

// An input counts and hashes what is read of src.
type input struct {
	src    io.Reader
	digest digest
	size   int64
	ended  bool  // with the last Read
	err    error // of src, other than io.EOF
}

// Read is io.Reader's.
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

// maxEmptyReads is how often src may give nothing, without error, before it is
// given up.
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
