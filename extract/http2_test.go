package extract

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/sightline-go/sightline/layers/stream"
)

// An h2side writes frames as golang.org/x/net does.
type h2side struct {
	*http2.Framer
	out, block bytes.Buffer
	hpack      *hpack.Encoder
}

func newH2Side(begin string) *h2side {
	s := &h2side{}
	s.Framer, s.hpack = http2.NewFramer(&s.out, nil), hpack.NewEncoder(&s.block)
	s.out.WriteString(begin)
	s.WriteSettings()
	return s
}

// head writes HEADERS, names and values in turn.
func (s *h2side) head(id uint32, last bool, fields ...string) {
	s.block.Reset()
	for i := 0; i < len(fields); i += 2 {
		s.hpack.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	s.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: s.block.Bytes(), EndHeaders: true, EndStream: last})
}

// Requests of HTTP/2 are rows like those of HTTP/1, with statuses, redirects, logins and
// files, each paired by its stream.
func TestHTTP2Rows(t *testing.T) {
	client, server := newH2Side(http2.ClientPreface), newH2Side("")
	const n = 20
	for i := range n {
		fields := []string{":method", "GET", ":scheme", "http", ":authority", "a.example", ":path", fmt.Sprint("/", i), "user-agent", "agent/2"}
		if i == 7 {
			fields = append(fields, "authorization", "Basic dXNlcjpzZWNyZXRwYXNzd29yZA==", "referer", "http://b.example/")
		}
		client.head(uint32(2*i+1), true, fields...)
	}
	for i := n - 1; i >= 0; i-- { // the other way round
		id := uint32(2*i + 1)
		server.head(id, i == 3, ":status", fmt.Sprint(300+i%4), "location", fmt.Sprint("/to/", i), "content-type", "text/html")
		if i != 3 {
			server.WriteData(id, true, []byte(fmt.Sprint("MZ", i)))
		}
	}
	var c capture
	c.conversation("203.0.113.1", client.out.String(), server.out.String())
	rep := c.report(t, Options{})
	rows := 0
	for r := range rep.Requests() {
		var i int
		fmt.Sscanf(r.Target, "/%d", &i)
		rows++
		if r.URL != fmt.Sprintf("http://a.example/%d", i) || r.Method != "GET" || r.Host != "a.example" || r.UserAgent != "agent/2" ||
			(r.User == "user") != (i == 7) || (r.Referer != "") != (i == 7) {
			t.Errorf("%+v", r)
		}
		if diff := cmp.Diff(map[int]int64{300 + i%4: 1}, r.Statuses); diff != "" {
			t.Errorf("%s: %s", r.Target, diff)
		}
	}
	redirects, files := 0, 0
	for r := range rep.Redirects() {
		redirects++
		if r.To != strings.Replace(r.From, "example/", "example/to/", 1) {
			t.Errorf("%s to %s", r.From, r.To)
		}
	}
	for f := range rep.Files() {
		files++
		i := strings.TrimPrefix(f.URL, "http://a.example/")
		if f.Proto != stream.HTTP2 || f.Name != i || f.Size != int64(len("MZ"+i)) || f.State != "complete" || f.FromClient {
			t.Errorf("%+v", f)
		}
	}
	if rows != n || redirects != n || files != n-1 {
		t.Errorf("%d requests, %d redirects, %d files", rows, redirects, files)
	}
	for l := range rep.Logins() {
		if l.User != "user" || l.Password != "" || l.Proto != stream.HTTP2 {
			t.Errorf("%+v", l)
		}
	}
	for c := range rep.Connections() {
		if diff := cmp.Diff([]stream.Proto{stream.HTTP2}, c.Protos); diff != "" {
			t.Error(diff)
		}
	}
}

// A WebSocket over HTTP/2 (RFC 8441) has a URL, and CONNECT to a proxy has none.
func TestHTTP2Connect(t *testing.T) {
	client, server := newH2Side(http2.ClientPreface), newH2Side("")
	client.head(1, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":authority", "chat.example", ":path", "/ws?a=b")
	client.head(3, false, ":method", "CONNECT", ":authority", "192.0.2.9:443")
	server.head(1, false, ":status", "200")
	server.head(3, false, ":status", "200")
	var c capture
	c.conversation("203.0.113.1", client.out.String(), server.out.String())
	var got []string
	for r := range c.report(t, Options{}).Requests() {
		to, forwarded := r.ForwardedTo()
		got = append(got, fmt.Sprint(r.Method, " ", r.URL, " ", r.Host, " ", r.Proxied(), " ", to, " ", forwarded, " ", r.Statuses))
	}
	want := []string{
		"CONNECT 192.0.2.9:443 192.0.2.9 true 192.0.2.9 true map[200:1]",
		"CONNECT https://chat.example/ws?a=b chat.example false invalid IP false map[200:1]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
