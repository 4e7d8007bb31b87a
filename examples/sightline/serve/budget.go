package serve

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// What ends the reading of a body before its end. What was found until then is
// answered.
var (
	errBudget   = errors.New("the time for decoding is over")
	errSlow     = errors.New("the client sends too slowly")
	errMemory   = errors.New("the memory for captures is used up")
	errTooLarge = errors.New("the body is larger than the service takes")
	errBroken   = errors.New("the body broke off")
)

const (
	// answerTime is what follows the budget: for the rest of the body, which is
	// thrown away, and the answer. MISP waits 10 s in all.
	answerTime = 1200 * time.Millisecond

	// lingerTime is how long a client that goes on sending is listened to behind
	// its answer. Else the answer would be lost with the connection.
	lingerTime = time.Second

	// patience is how long may be waited for a client before its rate counts.
	patience = 2 * time.Second

	intakeSize = 256 << 10
)

// An intake is a request's body while there is time for it. A goroutine of its
// own reads the body, so that the end of the time is noticed while nothing
// comes, and so that what comes later is read and thrown away while the answer
// is made: clients read no answer before they have sent everything.
//
// Its Read returns one of the errors above when reading is over. It is for one
// goroutine.
type intake struct {
	began   time.Time // when the request came
	until   time.Time // when the budget is used up
	maxBody int64
	minRate int64
	heap    *heap

	begun    bool // reading
	finished bool
	waited   time.Duration // for the client
	rest     []byte        // of buf, not handed out yet
	buf      []byte
	taken    int64
	err      error

	control *http.ResponseController
	body    io.Reader
	full    chan chunk
	empty   chan []byte
	stop    chan struct{} // closed: throw away the rest
	done    chan struct{} // closed: the body was read, or can not be
	size    atomic.Int64  // of what was read of the body
}

// A chunk is what one Read of the body gave.
type chunk struct {
	b   []byte
	err error
}

// newIntake prepares the reading of a request's body.
func (s *server) newIntake(w http.ResponseWriter, r *http.Request, budget time.Duration) *intake {
	now := time.Now()
	until := now.Add(budget)
	deadline := until.Add(answerTime + lingerTime)
	control := http.NewResponseController(w)
	// Where these are not supported, only the client ends a slow request.
	_ = control.EnableFullDuplex() // to answer while the body still comes
	_ = control.SetReadDeadline(deadline)
	_ = control.SetWriteDeadline(deadline.Add(writeTime))
	return &intake{
		began: now, until: until, maxBody: s.maxBody, minRate: s.minRate, heap: s.heap,
		control: control, body: r.Body,
		full: make(chan chunk, 2), empty: make(chan []byte, 2),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
}

// begin starts reading.
func (in *intake) begin() {
	in.begun = true
	for range cap(in.empty) {
		in.empty <- make([]byte, intakeSize)
	}
	go in.pump()
}

// pump reads the body to its end, or its deadline.
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

// Read is io.Reader's.
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

// next takes the next chunk.
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

// over returns an error when there is no time or no memory left.
func (in *intake) over() error {
	switch {
	case !time.Now().Before(in.until):
		return errBudget
	case in.heap.full():
		return errMemory
	}
	return nil
}

// allowed returns for how long in all a client may be waited for that has sent as
// much. What decoding takes does not count: meanwhile the client can not send.
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

// finish lets the rest of the body be thrown away from now on. A second call has
// no effect.
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
	if !in.begun { // nothing was wanted of it
		go in.pump()
	}
}

// end waits until that is done, but no longer than until it is time to answer.
// Most clients read an answer only then.
func (in *intake) end() {
	timer := time.NewTimer(time.Until(in.until.Add(answerTime)))
	defer timer.Stop()
	select {
	case <-in.done:
	case <-timer.C:
	}
}

// close sends the answer off, and listens to a client that goes on sending for a
// while.
func (in *intake) close() {
	_ = in.control.Flush()
	<-in.done
}
