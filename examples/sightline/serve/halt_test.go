package serve

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// expensive is a Detector that takes 5 ms of CPU for each conversation.
func expensive(layers.Flow, []byte, []byte) (stream.Proto, bufio.SplitFunc) {
	for begun := time.Now(); time.Since(begun) < 5*time.Millisecond; {
	}
	return stream.Unknown, nil
}

// The budget holds for packets that take long, all of which arrive at once. On a busy
// machine the answer takes longer, but far from all that the packets would take.
func TestBudgetOfExpensivePackets(t *testing.T) {
	const budget = 200 * time.Millisecond
	for _, workers := range []string{"1", "2"} {
		v := startDetecting(t, expensive, "-budget", budget.String(), "-page-budget", budget.String(), "-j", workers)
		capture := requests(2000) // 10 s
		begun := time.Now()
		a := v.query(body(capture, `"detail":"1"`))
		if took := time.Since(begun); took < budget || took > budget+2*answerTime {
			t.Errorf("-j %s: answered after %v", workers, took)
		}
		if a.rows() < 2 || a.rows() > 1000 || !strings.HasPrefix(a.Error, "Time ran out after 200ms: ") {
			t.Errorf("-j %s: %d rows, %s", workers, a.rows(), a.Error)
		}
		begun = time.Now()
		status, answer := v.analyze("", capture)
		if took := time.Since(begun); status != 200 || took > budget+2*answerTime || !strings.Contains(strings.Join(answer.Summary.Notes, " "), "Time ran out after 200ms: ") {
			t.Errorf("page, -j %s: %d after %v", workers, status, took)
		}
	}
}

// A client that leaves stops the work on its capture, at once if its body has been read
// (up to two buffers of which wait for the decoder), else soon after.
func TestClientLeaves(t *testing.T) {
	v := startDetecting(t, expensive, "-budget", "1h", "-page-budget", "1h")
	text, capture := body(requests(3000), ""), string(requests(3000)) // 15 s
	for _, test := range []struct{ path, name, body string }{{"/query", "imports", text}, {"/analyze", "analyses", capture}} {
		for _, sent := range []int{len(test.body), len(test.body) / 4} {
			before := strings.Contains(metricsOf(v), test.name+"_total{outcome=\"left\"} 1\n")
			c := v.raw()
			v.post(c, test.path, len(test.body), test.body[:sent])
			for !strings.Contains(metricsOf(v), test.name+"_running 1\n") { // each iteration sends a request
			}
			begun := time.Now()
			c.Close()
			for !strings.Contains(metricsOf(v), test.name+"_running 0\n") {
			}
			if took := time.Since(begun); took > 2*answerTime {
				t.Errorf("%s, %d bytes: worked on for %v", test.path, sent, took)
			}
			want := map[bool]string{false: "1", true: "2"}[before]
			for metrics := metricsOf(v); !strings.Contains(metrics, test.name+"_total{outcome=\"left\"} "+want+"\n"); metrics = metricsOf(v) {
			}
		}
	}
}

// A panic in a worker is an error of its capture alone.
func TestPanicInWorker(t *testing.T) {
	for _, workers := range []string{"1", "2"} {
		v := startDetecting(t, func(_ layers.Flow, client, _ []byte) (stream.Proto, bufio.SplitFunc) {
			if bytes.Contains(client, []byte("host7.example")) {
				panic("in the decoder")
			}
			return stream.Unknown, nil
		}, "-j", workers)
		a := v.query(body(requests(9), ""))
		if want := "Decoding failed at packet 8, an error of the service that its log describes: "; !strings.HasPrefix(a.Error, want) {
			t.Errorf("-j %s: %s", workers, a.Error)
		}
		if workers == "1" && !a.values()["http://host6.example/6"] {
			t.Error("what was found before is missing")
		}
		if status, answer := v.analyze("", requests(9)); status != 200 || !strings.Contains(strings.Join(answer.Summary.Notes, " "), "Decoding failed at packet 8") {
			t.Errorf("-j %s: %d %v", workers, status, answer.Summary.Notes)
		}
		if a := v.query(body(requests(7), "")); a.Error != "" || a.rows() == 0 {
			t.Errorf("-j %s, the next request: %+v", workers, a)
		}
		if metrics := metricsOf(v); !strings.Contains(metrics, `imports_total{outcome="failed"} 1`) {
			t.Error(metrics)
		}
		v.stop()
		if log := v.log.String(); !strings.Contains(log, `"value":"in the decoder","stack":"`) || strings.Contains(log, "host7") {
			t.Error(log)
		}
	}
}
