package serve

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/sightline-go/sightline/extract"
)

// An outcome is the outcome of a request.
type outcome int

const (
	whole     outcome = iota // read to its end
	partial                  // ended by a limit of the service
	damaged                  // the capture, or the request, is damaged
	invalid                  // the request is invalid
	malformed                // the request is not JSON
	busy                     // no place became free
	failed                   // internal error
	left                     // the client closed the connection
	outcomes
)

func (o outcome) String() string {
	return [outcomes]string{"whole", "partial", "damaged", "invalid", "malformed", "busy", "failed", "left"}[o]
}

// outcomeOf returns the outcome of reading that ended with err.
func outcomeOf(err error) outcome {
	if err == nil {
		return whole
	}
	for _, limit := range []error{errBudget, errSlow, errMemory, errTooLarge} {
		if errors.Is(err, limit) {
			return partial
		}
	}
	var panicked *extract.PanicError
	switch {
	case errors.Is(err, errLeft):
		return left
	case errors.As(err, &panicked):
		return failed
	}
	return damaged
}

// counters count requests other than those that read captures.
type counters struct {
	modules atomic.Int64 // requests for /modules
	refused atomic.Int64 // requests from another site's page or for an unknown host
}

func (s *server) serveMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m := &s.metrics
	s.imports.write(w, "sightline_imports", "captures sent by MISP")
	s.imports.writePackets(w, "sightline_imports", "captures sent by MISP")
	s.analyses.write(w, "sightline_analyses", "captures sent by the page")
	s.analyses.writePackets(w, "sightline_analyses", "captures sent by the page")
	s.passes.write(w, "sightline_passes", "queries for modules of -upstream")
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
	metric(w, name+"_seconds_total", "counter", "seconds from request to answer, for "+what)
	fmt.Fprintf(w, "%s_seconds_total %g\n", name, a.seconds)
	metric(w, name+"_running", "gauge", what+", running now")
	fmt.Fprintf(w, "%s_running %d\n", name, len(a.places))
	metric(w, name+"_waiting", "gauge", what+", waiting now")
	fmt.Fprintf(w, "%s_waiting %d\n", name, a.waiting.Load())
}

func (a *activity) writePackets(w http.ResponseWriter, name, what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	metric(w, name+"_packets_total", "counter", "packets of "+what)
	fmt.Fprintf(w, "%s_packets_total %d\n", name, a.packets)
}

func metric(w http.ResponseWriter, name, kind, help string) {
	fmt.Fprintf(w, "# HELP %s %s.\n# TYPE %s %s\n", name, help, name, kind)
}
