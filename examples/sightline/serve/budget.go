package serve

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// Errors that end the reading of a body early. The response has the results so far.
var (
	errBudget   = errors.New("the time limit for decoding was reached")
	errLeft     = errors.New("the client closed the connection")
	errSlow     = errors.New("the client sends too slowly")
	errMemory   = errors.New("the memory limit for captures was reached")
	errTooLarge = errors.New("the body exceeds the size limit")
	errBroken   = errors.New("the body is truncated")
)

const (
	// answerTime follows the budget. It is for the rest of the body, which is
	// discarded, and the response. MISP waits 10 s in all.
	answerTime = 1200 * time.Millisecond

	// lingerTime is how long the body is read after the response. If the connection
	// was closed while the client still sends, the response would be lost.
	lingerTime = time.Second

	// patience is the time to wait for a client before its rate counts.
	patience = 2 * time.Second

	intakeSize = 256 << 10
)

// An intake reads a request's body within a time limit. A separate goroutine reads
// from the connection, so that the limit holds while nothing arrives, and so that
// the rest is read and discarded while the response is made: most clients read the
// response only after they have sent the whole body.
//
// Read returns one of the errors above when reading ends early. It must be called
// from one goroutine.
type intake struct {
	ctx     context.Context // ends with the budget, or soon after the client left
	cancel  context.CancelFunc
	began   time.Time // start of the request
	until   time.Time // end of the budget
	maxBody int64
	minRate int64
	heap    *heap

	begun    bool // reading has started
	finished bool
	waited   time.Duration // time spent waiting for the client
	rest     []byte        // part of buf that was not returned yet
	buf      []byte
	taken    int64
	err      error

	control *http.ResponseController
	body    io.Reader
	full    chan chunk
	empty   chan []byte
	stop    chan struct{} // closed: discard the rest
	done    chan struct{} // closed: the body has ended or failed
	size    atomic.Int64  // bytes read of the body
}

// A chunk is the result of one Read of the body.
type chunk struct {
	b   []byte
	err error
}

// newIntake prepares to read a request's body.
func (s *server) newIntake(w http.ResponseWriter, r *http.Request, budget time.Duration) *intake {
	now := time.Now()
	until := now.Add(budget)
	deadline := until.Add(answerTime + lingerTime)
	control := http.NewResponseController(w)
	// If these are not supported, only the client can end a slow request.
	_ = control.EnableFullDuplex() // to respond while the body still arrives
	_ = control.SetReadDeadline(deadline)
	_ = control.SetWriteDeadline(deadline.Add(writeTime))
	ctx, cancel := context.WithDeadline(r.Context(), until)
	return &intake{
		ctx: ctx, cancel: cancel, began: now, until: until, maxBody: s.maxBody, minRate: s.minRate, heap: s.heap,
		control: control, body: r.Body,
		full: make(chan chunk, 2), empty: make(chan []byte, 2),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
}

// begin starts to read.
func (in *intake) begin() {
	in.begun = true
	for range cap(in.empty) {
		in.empty <- make([]byte, intakeSize)
	}
	go in.pump()
}

// pump reads the body up to its end or deadline.
func (in *intake) pump() {
	defer close(in.done)
	for {
		select {
		case <-in.stop:
			in.discard()
			return
		case buf := <-in.empty:
			n, err := in.body.Read(buf)
			in.size.Add(int64(n))
			if err != nil && err != io.EOF { // the client left, or does not send more but may still read
				time.AfterFunc(answerTime, in.cancel)
			}
			in.full <- chunk{buf[:n], err}
			if err != nil {
				return
			}
		}
	}
}

func (in *intake) discard() {
	buf := make([]byte, intakeSize)
	for {
		n, err := in.body.Read(buf)
		in.size.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// Read implements io.Reader.
func (in *intake) Read(p []byte) (int, error) {
	for len(in.rest) == 0 {
		if in.err != nil {
			return 0, in.err
		}
		in.next()
	}
	n := copy(p, in.rest)
	in.rest = in.rest[n:]
	return n, nil
}

// next gets the next chunk.
func (in *intake) next() {
	if in.buf != nil {
		in.empty <- in.buf
		in.buf = nil
	}
	if in.err = in.over(); in.err != nil {
		return
	}
	select {
	case c := <-in.full:
		in.take(c)
	default:
		in.wait()
	}
}

// wait waits for the next chunk.
func (in *intake) wait() {
	begun := time.Now()
	left, late := in.until.Sub(begun), errBudget
	if allowed := in.allowed() - in.waited; allowed < left {
		left, late = allowed, errSlow
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case c := <-in.full:
		in.take(c)
		in.waited += time.Since(begun)
	case <-timer.C:
		in.err = late
	}
}

// over returns an error if the time or memory limit is reached, or the client left.
func (in *intake) over() error {
	switch err := in.ctx.Err(); {
	case err != nil:
		return in.cause(err)
	case in.heap.full():
		return errMemory
	}
	return nil
}

// allowed returns the total time to wait for a client that has sent so many bytes.
// The time for decoding does not count, since the client cannot send meanwhile.
func (in *intake) allowed() time.Duration {
	if in.minRate == 0 {
		return in.until.Sub(in.began)
	}
	return patience + time.Duration(float64(in.taken)/float64(in.minRate)*float64(time.Second))
}

func (in *intake) take(c chunk) {
	in.buf, in.rest, in.err = c.b[:cap(c.b)], c.b, c.err
	if in.err != nil && in.err != io.EOF {
		in.err = errBroken
	}
	if room := in.maxBody - in.taken; int64(len(c.b)) > room {
		in.rest, in.err = c.b[:room], errTooLarge
	}
	in.taken += int64(len(in.rest))
}

// finish makes pump discard the rest of the body. A second call has no effect.
func (in *intake) finish() {
	if in.finished {
		return
	}
	in.finished = true
	if errors.Is(in.err, errSlow) { // its end is not worth waiting for
		in.until = time.Now()
		_ = in.control.SetReadDeadline(in.until.Add(answerTime + lingerTime))
	}
	close(in.stop)
	if !in.begun { // the body was not used
		go in.pump()
	}
}

// end waits until the body is discarded, but not past the time to respond. Most
// clients read the response only then.
func (in *intake) end() {
	timer := time.NewTimer(time.Until(in.until.Add(answerTime)))
	defer timer.Stop()
	select {
	case <-in.done:
	case <-timer.C:
	}
}

// close flushes the response, and waits until the body ends or its deadline passes.
func (in *intake) close() {
	in.cancel()
	_ = in.control.Flush()
	<-in.done
}
