package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/sightline-go/sightline/extract"
)

// captures reads captures, which come through an intake, into one Report.
type captures struct {
	s       *server
	in      *intake
	x       extract.Extractor
	stopped atomic.Bool
}

func (s *server) newCaptures(in *intake, o extract.Options) *captures {
	c := &captures{s: s, in: in}
	o.Stream.Stop = func() bool { // also holds for Finish
		if in.ctx.Err() != nil {
			c.stopped.Store(true)
		}
		return c.stopped.Load()
	}
	c.x.Options = o
	return c
}

// read reads a capture until its end, the end of the intake's context or an error of
// src. It returns the error. An src that does not begin like a capture adds none.
func (c *captures) read(name string, src io.Reader) error {
	return c.x.ReadInput(c.in.ctx, name, checkedReader{c.in, src})
}

// finish returns the Report, which covers the packets before errors, and the first error:
// err, which is that of read, or a later one. The Report is nil without any captures.
func (c *captures) finish(err error) (*extract.Report, error) {
	rep := c.x.Finish()
	if len(rep.Captures) == 0 {
		return nil, c.in.cause(err)
	}
	for i := range rep.Captures {
		each := &rep.Captures[i]
		err = cmp.Or(err, each.Err)
		each.Err = c.in.cause(each.Err)
	}
	if err == nil && c.stopped.Load() {
		err = c.in.ctx.Err()
	}
	err = c.in.cause(err)
	if last := &rep.Captures[len(rep.Captures)-1]; stopped(err) {
		last.Err = cmp.Or(last.Err, err)
	}
	var panicked *extract.PanicError
	if errors.As(err, &panicked) {
		c.s.log.Error("panic", "value", fmt.Sprint(panicked.Value), "stack", string(panicked.Stack))
	}
	return rep, err
}

// A checkedReader is a part of an intake's body. Reading it fails when the time or the memory
// of the request is used up, even if that needs no more of the body.
type checkedReader struct {
	in *intake
	io.Reader
}

func (c checkedReader) Read(p []byte) (int, error) {
	if err := c.in.over(); err != nil {
		return 0, err
	}
	return c.Reader.Read(p)
}

// cause returns what ended the context if err is the context's error.
func (in *intake) cause(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errBudget
	case errors.Is(err, context.Canceled):
		return errLeft
	}
	return err
}

// stopped reports whether an error is one of the request rather than the capture.
func stopped(err error) bool {
	for _, stop := range []error{errBudget, errLeft, errSlow, errMemory, errTooLarge, errBroken, errSyntax} {
		if errors.Is(err, stop) {
			return true
		}
	}
	var bad *base64Error
	return errors.As(err, &bad)
}
