package extract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

const (
	webSocketRequest  = "GET /chat?x HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
	webSocketResponse = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
)

// webSocket adds a connection: the opening, and frames of the client and the server.
func (c *capture) webSocket(request, client, server string) {
	to := build.TCP{Src: "10.0.0.5", Dst: "203.0.113.9", SrcPort: uint16(40000 + c.n), DstPort: 80, Seq: 1, Flags: 0x18}
	back := build.TCP{Src: to.Dst, Dst: to.Src, SrcPort: 80, DstPort: to.SrcPort, Seq: 1, Flags: 0x18}
	for i, data := range []string{request, webSocketResponse, client, server} {
		from, other := &to, &back
		if i%2 == 1 {
			from, other = other, from
		}
		from.Data = data
		c.at(start.Add(time.Duration(c.n)*time.Millisecond), build.Ethernet(0x0800, from.Packet()))
		from.Seq += uint32(len(data))
		other.Ack = from.Seq
	}
}

// The messages of each side are counted for the request that opened the WebSocket. The
// frames are those of RFC 6455 section 5.7, and binary ones.
func TestWebSocket(t *testing.T) {
	var c capture
	c.webSocket(webSocketRequest, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
		"\x01\x03Hel\x80\x02lo\x82\x04MZ\x90\x00\x89\x05Hello\x82\x0aMZ\x91\x00567890\x88\x00")
	c.webSocket(strings.Replace(webSocketRequest, "?x", "?y", 1), "", "\x82\x0aMZ\x90\x00567890")
	rep := c.report(t, Options{})
	got := map[string]*WebSocket{}
	for r := range rep.Requests() {
		got[r.URL] = r.WebSocket
	}
	want := map[string]*WebSocket{
		"http://server.example.com/chat?x": {Sent: WebSocketMessages{Text: 1, Bytes: 5}, Received: WebSocketMessages{Text: 1, Binary: 2, Bytes: 19, Magic: "4d5a"}},
		"http://server.example.com/chat?y": {Received: WebSocketMessages{Binary: 1, Bytes: 10, Magic: "4d5a900035363738"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Nothing that messages say is in the report, but for the first bytes of binary ones.
func TestWebSocketSecrets(t *testing.T) {
	var c capture
	c.webSocket(webSocketRequest, "", "\x81\x0asecretword\x82\x13\x00\x01\x02\x03\x04\x05\x06\x07\x08secretword")
	text := jsonOf(t, c.report(t, Options{}), true)
	if strings.Contains(text, "secret") || !strings.Contains(text, "0001020304050607") {
		t.Error(text)
	}
}

// A request head too long to be read for each message is counted.
func TestWebSocketLongHead(t *testing.T) {
	long := strings.Replace(webSocketRequest, "Host:", "X: "+strings.Repeat("x", maxOpener)+"\r\nHost:", 1)
	var c capture
	c.webSocket(long, "", "\x81\x01x")
	rep := c.report(t, Options{})
	for r := range rep.Requests() {
		if r.WebSocket != nil || rep.Unseen.TooLong != 1 {
			t.Errorf("%+v, %+v", r, rep.Unseen)
		}
	}
}

// Binary messages are files with the URL that opened their WebSocket, on demand.
func TestWebSocketFiles(t *testing.T) {
	var c capture
	c.webSocket(webSocketRequest, "", "\x82\x03MZx\x81\x01x")
	for f := range c.report(t, Options{}).Files() {
		t.Errorf("%+v", f)
	}
	n := 0
	for f := range c.report(t, Options{Stream: stream.Config{WebSocketFiles: true}}).Files() {
		n++
		if f.URL != "http://server.example.com/chat?x" || f.Size != 3 || f.Proto != stream.WebSocket || f.FromClient {
			t.Errorf("%+v", f)
		}
	}
	if n != 1 {
		t.Errorf("%d files", n)
	}
}

// However messages are divided among reports, and in whatever order these are merged,
// the counts are the same.
func TestWebSocketMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var whole WebSocketMessages
		parts := make([]WebSocketMessages, 4)
		for range r.IntN(8) {
			data, binary := []byte("MZ\x90\x00\x03\x00\x00\x00\x04")[:r.IntN(10)], r.IntN(3) > 0
			if len(data) > 0 && r.IntN(4) == 0 {
				data = append(bytes.Clone(data[:r.IntN(len(data))]), "other bytes"...)
			}
			whole.add(data, binary)
			parts[r.IntN(4)].add(data, binary)
		}
		r.Shuffle(4, func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		left := parts[0]
		for i := range parts[1:] {
			left.merge(&parts[i+1])
		}
		right := parts[3]
		for i := range 3 {
			p := parts[2-i]
			p.merge(&right)
			right = p
		}
		if left != whole || right != whole {
			t.Fatalf("%+v: %+v or %+v, want %+v", parts, left, right, whole)
		}
	}
}

// DNS over HTTPS (the example of RFC 8484 section 4.1.1) counts like any other.
func TestDNSOverHTTP(t *testing.T) {
	query := "\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03com\x00\x00\x01\x00\x01"
	answer := "\x00\x00\x81\x80" + query[4:6] + "\x00\x01" + query[8:] + "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
	const typ = "Content-Type: application/dns-message\r\n"
	var c capture
	c.conversation("203.0.113.53", fmt.Sprintf("POST /dns-query HTTP/1.1\r\nHost: dns.example\r\n%sContent-Length: %d\r\n\r\n%s", typ, len(query), query),
		fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", typ, len(answer), answer))
	for _, o := range []Options{{}, {Only: TopicSetOf(DNS)}} {
		rep := c.report(t, o)
		var got []string
		for q := range rep.Queries() {
			got = append(got, fmt.Sprint("query ", q.Name, " ", q.Count, " ", q.Answered))
		}
		for r := range rep.Resolutions() {
			got = append(got, fmt.Sprint(r.Name, " ", r.Type, " ", r.Value))
		}
		for r := range rep.Resolvers() {
			got = append(got, fmt.Sprint("resolver ", r.Addr, " ", r.Recursive, " ", r.Domains))
		}
		want := []string{"query www.example.com 2 1", "www.example.com A 192.0.2.1", "resolver 203.0.113.53 1 [example.com]"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", o.Only, diff)
		}
	}
}

// A report that was written is read again with the counts.
func TestWebSocketJSON(t *testing.T) {
	r := readReport(t, `{"requests":[{"count":1,"url":"http://a.example/","websocket":{"sent":{"text":3,"bytes":9},"received":{"binary":1,"magic":"00"}}}]}`)
	for q := range r.Requests() {
		b, err := json.Marshal(q.WebSocket)
		if err != nil || string(b) != `{"sent":{"text":3,"bytes":9},"received":{"binary":1,"magic":"00"}}` {
			t.Errorf("%s %v", b, err)
		}
	}
}
