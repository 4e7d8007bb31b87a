package serve

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
)

// An outcome is how the reading of a capture went.
type outcome int

const (
	whole     outcome = iota // to its end
	partial                  // a bound of the service ended it
	damaged                  // the capture, or the request, is damaged
	invalid                  // the request makes no sense
	malformed                // it is not JSON
	busy                     // no place came free
	failed                   // by our own fault
	outcomes
)

func (o outcome) String() string {
	return [outcomes]string{"whole", "partial", "damaged", "invalid", "malformed", "busy", "failed"}[o]
}

// outcomeOf returns how a reading went that ended with err.
func outcomeOf(err error) outcome {
	if err == nil {
		return whole
	}
	for _, bound := range []error{errBudget, errSlow, errMemory, errTooLarge} {
		if errors.Is(err, bound) {
			return partial
		}
	}
	return damaged
}

// counters count what the service did besides reading captures.
type counters struct {
	modules atomic.Int64 // requests for /modules
	refused atomic.Int64 // requests from a foreign page or for a foreign host
}

func (s *server) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m := &s.metrics
	s.imports.write(w, "sightline_imports", "captures that MISP sent")
	s.analyses.write(w, "sightline_analyses", "captures of the page")
	metric(w, "sightline_modules_requests_total", "counter", "requests for /modules")
	fmt.Fprintf(w, "sightline_modules_requests_total %d\n", m.modules.Load())
	metric(w, "sightline_refused_requests_total", "counter", "requests from pages or for hosts that are not allowed")
	fmt.Fprintf(w, "sightline_refused_requests_total %d\n", m.refused.Load())
	metric(w, "sightline_heap_live_bytes", "gauge", "memory in use at the last garbage collection")
	fmt.Fprintf(w, "sightline_heap_live_bytes %d\n", s.heap.live())
}

func (a *activity) write(w http.ResponseWriter, name, what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	metric(w, name+"_total", "counter", what+", by outcome")
	for o, n := range a.outcomes {
		fmt.Fprintf(w, "%s_total{outcome=%q} %d\n", name, outcome(o).String(), n)
	}
	metric(w, name+"_bytes_total", "counter", "bytes of requests with "+what)
	fmt.Fprintf(w, "%s_bytes_total %d\n", name, a.bytes)
	metric(w, name+"_packets_total", "counter", "packets of "+what)
	fmt.Fprintf(w, "%s_packets_total %d\n", name, a.packets)
	metric(w, name+"_seconds_total", "counter", "seconds from request to answer, for "+what)
	fmt.Fprintf(w, "%s_seconds_total %g\n", name, a.seconds)
	metric(w, name+"_running", "gauge", what+", in work now")
	fmt.Fprintf(w, "%s_running %d\n", name, len(a.places))
	metric(w, name+"_waiting", "gauge", what+", that wait for a place now")
	fmt.Fprintf(w, "%s_waiting %d\n", name, a.waiting.Load())
}

func metric(w http.ResponseWriter, name, kind, help string) {
	fmt.Fprintf(w, "# HELP %s %s.\n# TYPE %s %s\n", name, help, name, kind)
}
