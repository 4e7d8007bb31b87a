package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

// readCapture reads a capture until its end, or until the time or src ends it.
// The Report is nil when src does not begin like a capture; otherwise it holds
// what was before an error.
func readCapture(src io.Reader, until time.Time, name string, o extract.Options) (*extract.Report, error) {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	x := extract.Extractor{Options: o}
	sum := &hashing{r: src, h: sha256.New()}
	r, err := pcap.NewReader(sum)
	if err != nil {
		return nil, err
	}
	err = x.Read(ctx, name, r)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errBudget
	}
	if err == nil || !stopped(err) {
		// What the reader did not want belongs to the file, too.
		if _, rest := io.Copy(io.Discard, sum); rest == nil {
			x.Identify(sum.n, [sha256.Size]byte(sum.h.Sum(nil)))
		} else if err == nil {
			err = rest
		}
	}
	return x.Finish(), err
}

// stopped reports whether an error is about the request, not the capture in it:
// nothing more will come.
func stopped(err error) bool {
	for _, stop := range []error{errBudget, errSlow, errMemory, errTooLarge, errBroken, errSyntax} {
		if errors.Is(err, stop) {
			return true
		}
	}
	var bad *base64Error
	return errors.As(err, &bad)
}

// A hashing reader counts and hashes what is read from r.
type hashing struct {
	r io.Reader
	h hash.Hash
	n int64
}

func (s *hashing) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	s.n += int64(n)
	s.h.Write(b[:n])
	return n, err
}
