package serve

import (
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// errBusy is the error of a request for which no place became free in time.
var errBusy = errors.New("the service is busy with other captures; please try again in a few seconds")

// An activity is a kind of request: it limits their number, and counts their outcomes.
type activity struct {
	name    string
	places  chan struct{} // one for each running request
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

// enter takes a place. It waits for one until the given time, and returns false if
// none became free. Requests get places in order of arrival.
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

// leave returns the place.
func (a *activity) leave() { <-a.places }

// account logs and counts the outcome of a request whose body has so many bytes.
func (a *activity) account(log *slog.Logger, r result, bytes int64, took time.Duration) {
	log.Info(a.name, "outcome", r.outcome.String(), "bytes", bytes, "packets", r.packets, "rows", r.rows,
		"seconds", took.Round(time.Millisecond).Seconds())
	a.mu.Lock()
	defer a.mu.Unlock()
	a.outcomes[r.outcome]++
	a.bytes += bytes
	a.packets += r.packets
	a.seconds += took.Seconds()
}
