package extract

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/sightline-go/sightline/layers/stream"
)

// A PanicError is the error of a capture during which the code that decodes packets
// panicked, in whatever goroutine. Reading ends there. The Report holds what was found
// before, except the open connections of the packet's shard.
type PanicError struct {
	Value  any        // of the panic
	Stack  []byte     // of the goroutine that panicked
	Packet stream.Ref // being processed; zero if none was
}

// Error returns a text without the stack.
func (e *PanicError) Error() string {
	return fmt.Sprintf("panic at packet %d, offset %d: %v", e.Packet.Number, e.Packet.Offset, e.Value)
}

// Unwrap returns the value of the panic if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// rescue is deferred. It turns a panic into an error, and resets the shards that the
// workers have in work, whose state may be inconsistent.
func rescue(err *error, workers ...*worker) {
	v := recover()
	if v == nil {
		return
	}
	e := &PanicError{Value: v, Stack: debug.Stack()}
	for _, w := range workers {
		if w.shard != nil {
			w.shard.reset(w.options)
			e.Packet = w.ref
		}
		w.shard, w.conn = nil, nil
	}
	*err = e
}

// graceTime is how long workers may take, after the context is done, for the packets
// that have been read.
const graceTime = 500 * time.Millisecond

// A halt makes the workers that read a capture stop.
type halt struct {
	reason atomic.Pointer[error] // nil until they have to
}

func (h *halt) err() error {
	if reason := h.reason.Load(); reason != nil {
		return *reason
	}
	return nil
}

// stop makes all stop if err is not nil.
func (h *halt) stop(err error) {
	if err != nil {
		h.reason.CompareAndSwap(nil, &err)
	}
}

// follow makes them stop after ctx, until end is called.
func (h *halt) follow(ctx context.Context) (end func() bool) {
	return context.AfterFunc(ctx, func() {
		time.AfterFunc(graceTime, func() { h.stop(ctx.Err()) })
	})
}

// stopDecoding makes the shards stop decoding when ctx is done. The function that it
// returns ends that, unless ctx is done already: then Finish decodes no more either.
func (x *Extractor) stopDecoding(ctx context.Context) (end func()) {
	own := x.Stream.Stop
	set := func(stop func() bool) {
		for _, s := range x.shards {
			s.streams.Stop = stop
		}
	}
	set(func() bool { return ctx.Err() != nil || own != nil && own() })
	return func() {
		if ctx.Err() == nil {
			set(own)
		}
	}
}
