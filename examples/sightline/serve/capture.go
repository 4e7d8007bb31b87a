package serve

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/sightline-go/sightline/extract"
)

// readCapture reads a capture until its end, or until the time or src ends it.
// The Report is nil when src does not begin like a capture; otherwise it holds
// what was before an error.
func readCapture(src io.Reader, until time.Time, name string, o extract.Options) (*extract.Report, error) {
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	x := extract.Extractor{Options: o}
	err := x.ReadInput(ctx, name, src)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errBudget
	}
	rep := x.Finish()
	if len(rep.Captures) == 0 {
		rep = nil
	}
	return rep, err
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
