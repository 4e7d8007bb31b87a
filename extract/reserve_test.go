package extract

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// withinWork fails if the work for a report exceeds what its bytes pay for.
func withinWork(t testing.TB, name string, r *Report, o Options) {
	t.Helper()
	perByte := int64(448 + o.reserve()/reserveEvery) // see Stats.Work
	if limit := int64(reserves*o.reserve()) + perByte*r.Bytes; r.Unseen.Stream.Work > limit {
		t.Errorf("%s: work %d for %d bytes, at most %d", name, r.Unseen.Stream.Work, r.Bytes, limit)
	}
}

// zeros returns a response with a body of n zeros in two gzip codings.
func zeros(n int) string {
	data := make([]byte, n)
	for range 2 {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(data)
		w.Close()
		data = b.Bytes()
	}
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n%s", len(data), data)
}

// However many pairs of addresses send bombs, the work is limited by the bytes
// captured. The report says so and does not depend on the workers.
func TestReserve(t *testing.T) {
	var c capture
	bomb := zeros(8 << 20)
	const pairs = 300
	for i := range pairs {
		c.conversation(fmt.Sprintf("198.51.%d.%d", i/200, i%200), "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", bomb)
	}
	o := Options{Stream: stream.Config{Hash: stream.HashSHA256}}
	rep := c.report(t, o)
	withinWork(t, "bombs", rep, o)
	if n := rep.Unseen.Stream.TooCostly; n != pairs {
		t.Errorf("%d of %d bombs are too costly", n, pairs)
	}
	o.Workers = 8
	sameText(t, "eight workers", jsonOf(t, rep, true), jsonOf(t, c.report(t, o), true))
}

// A file that expands more than its connection pays for is read whole if there is a
// reserve, in any order of the pairs of addresses.
func TestReserveOfOneFile(t *testing.T) {
	for _, last := range []bool{false, true} {
		var c capture
		bulk := func() {
			for i := range 20 {
				c.conversation(fmt.Sprintf("198.51.100.%d", i), "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", 64<<10))
			}
		}
		if last {
			bulk()
		}
		c.conversation("203.0.113.9", "GET /zeros HTTP/1.1\r\nHost: a.example\r\n\r\n", zeros(1<<19))
		if !last {
			bulk()
		}
		o := Options{Stream: stream.Config{Hash: stream.HashSHA256}}
		rep := c.report(t, o)
		found := false
		for f := range rep.Files() {
			found = found || f.Size == 1<<19
		}
		if !found || rep.Unseen.Stream.TooCostly != 0 {
			t.Errorf("after the rest: %v: %+v", last, rep.Unseen.Stream)
		}
	}
}
