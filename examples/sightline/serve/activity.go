package serve

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// errBusy says that no place came free in time.
var errBusy = errors.New("the service is busy with other captures; please try again in a few seconds")

// An activity is one kind of reading captures: how many may be read at once, and
// how it went.
type activity struct {
	name    string
	places  chan struct{} // one for each capture that is read
	waiting atomic.Int64

	mu       sync.Mutex
	outcomes [outcomes]int64
	bytes    int64
	packets  int64
	seconds  float64
}

func newActivity(name string, places int) *activity {
	return &activity{name: name, places: make(chan struct{}, places)}
}

// enter takes a place, and waits for one until then. It reports false when none
// came free. Who waits longest comes first.
func (a *activity) enter(until time.Time) bool {
	a.waiting.Add(1)
	defer a.waiting.Add(-1)
	select {
	case a.places <- struct{}{}:
		return true
	default:
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case a.places <- struct{}{}:
		return true
	case <-timer.C:
		return false
	}
}

// leave gives the place back.
func (a *activity) leave() { <-a.places }

// account notes how a request went.
func (a *activity) account(log *slog.Logger, r result, in *intake) {
	took, bytes := time.Since(in.began), in.size.Load()
	log.Info(a.name, "outcome", r.outcome.String(), "bytes", bytes, "packets", r.packets, "rows", r.rows,
		"seconds", took.Round(time.Millisecond).Seconds())
	a.mu.Lock()
	defer a.mu.Unlock()
	a.outcomes[r.outcome]++
	a.bytes += bytes
	a.packets += r.packets
	a.seconds += took.Seconds()
}
