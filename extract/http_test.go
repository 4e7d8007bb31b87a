package extract

import (
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

// Responses with every valid status, and more.
func TestStatuses(t *testing.T) {
	var requests, responses strings.Builder
	for i := range 1000 {
		requests.WriteString("GET / HTTP/1.1\r\nHost: www.example\r\n\r\n")
		fmt.Fprintf(&responses, "HTTP/1.1 %d OK\r\nContent-Length: 0\r\n\r\n", 200+i%800)
	}
	var c capture
	c.conversation("203.0.113.1", requests.String(), responses.String())
	c.conversation("203.0.113.1", "GET / HTTP/1.1\r\nHost: www.example\r\n\r\n", "HTTP/1.1 1234567 OK\r\n\r\n")
	for r := range c.report(t, Options{}).Requests() {
		if len(r.Statuses) > 800 || len(r.Statuses) < 700 {
			t.Errorf("%d statuses", len(r.Statuses))
		}
	}
}

// If more requests wait for their responses than are cached, and some are too long
// for the cache, each response still counts for its own request.
func TestRecentRequests(t *testing.T) {
	const n = 4 * len(recentRequests{})
	var c capture
	head := func(i int) string {
		return fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: www.example\r\nX-Long: %s\r\n\r\n", i, strings.Repeat("x", i%5*maxRecentHead/4))
	}
	segment := func(i int, back bool, data string) {
		s := build.TCP{Src: "10.0.0.5", Dst: "203.0.113.1", SrcPort: uint16(10000 + i), DstPort: 80, Seq: 1, Ack: 1, Flags: 0x18, Data: data}
		if back {
			s.Src, s.Dst, s.SrcPort, s.DstPort = s.Dst, s.Src, s.DstPort, s.SrcPort
		}
		c.at(start.Add(time.Duration(c.n)*time.Millisecond), build.Ethernet(0x0800, s.Packet()))
	}
	for i := range n {
		segment(i, false, head(i))
	}
	for i := range n {
		segment(i, true, fmt.Sprintf("HTTP/1.1 %d OK\r\nLocation: /to/%d\r\nContent-Length: 0\r\n\r\n", 300+i%100, i))
	}
	rep := c.report(t, Options{})
	for r := range rep.Requests() {
		var i int
		fmt.Sscanf(r.Target, "/%d", &i)
		if diff := cmp.Diff(map[int]int64{300 + i%100: 1}, r.Statuses); diff != "" {
			t.Errorf("%s: %s", r.Target, diff)
		}
	}
	redirects := 0
	for r := range rep.Redirects() {
		redirects++
		if from, to := path.Base(r.From), path.Base(r.To); from != to {
			t.Errorf("%s to %s", r.From, r.To)
		}
	}
	if redirects != n {
		t.Errorf("%d redirects of %d", redirects, n)
	}
}
