package extract

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// grpcPost returns a request with messages of gRPC-Web, and its response.
func grpcPost(path, body, answer string) (request, response string) {
	const typ = "Content-Type: application/grpc-web-text\r\n"
	body, answer = base64.StdEncoding.EncodeToString([]byte(body)), base64.StdEncoding.EncodeToString([]byte(answer))
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a.example\r\n%sContent-Length: %d\r\n\r\n%s", path, typ, len(body), body),
		fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", typ, len(answer), answer)
}

// Messages of gRPC and server-sent events are counted for their request. The bodies that
// hold them are not files, unless they hold anything else; a message is one on demand.
func TestMessages(t *testing.T) {
	var c capture
	request, response := grpcPost("/a.B/C", "\x00\x00\x00\x00\x05hello\x00\x00\x00\x00\x00", "\x00\x00\x00\x00\x02MZ\x80\x00\x00\x00\x0fgrpc-status:0\r\n")
	c.conversation("203.0.113.9", request, response)
	c.conversation("203.0.113.9", "GET /events HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 26\r\n\r\n:\n\ndata: one\ndata:two\n\n:\n\n")
	c.conversation("203.0.113.9", "GET /script HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 18\r\n\r\ndata: x\n\necho owned")
	request, response = grpcPost("/evil", "", "\x00\x00\x00\x00\x00MZ\x90\x00 and the rest")
	c.conversation("203.0.113.9", request, response)
	const dns = "\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03com\x00\x00\x01\x00\x01"
	for path, body := range map[string]string{"/dns": dns, "/more": dns + "MZ"} {
		c.conversation("203.0.113.9", fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/dns-message\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body),
			"HTTP/1.1 204 x\r\n\r\n")
	}
	rep := c.report(t, Options{})
	got := map[string][]any{}
	for r := range rep.Requests() {
		if r.GRPC != nil {
			got[r.Target] = append(got[r.Target], *r.GRPC)
		}
		if r.Events != nil {
			got[r.Target] = append(got[r.Target], *r.Events)
		}
	}
	for f := range rep.Files() {
		path := strings.TrimPrefix(f.URL, "http://a.example")
		got[path] = append(got[path], fmt.Sprint("file ", f.Size))
	}
	want := map[string][]any{
		"/a.B/C":  {GRPC{Messages{2, 5}, Messages{1, 2}}},
		"/events": {Messages{1, 7}},
		"/script": {Messages{1, 1}, "file 18"},
		"/evil":   {GRPC{Received: Messages{1, 0}}, fmt.Sprint("file ", base64.StdEncoding.EncodedLen(22))},
		"":        {fmt.Sprint("file ", len(dns)+2)}, // a body of a request has no URL
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var files []string
	for f := range c.report(t, Options{Stream: stream.Config{GRPCFiles: true}}).Files() {
		if f.Proto == stream.GRPC {
			files = append(files, fmt.Sprint(f.URL, " ", f.Size, " ", f.FromClient))
		}
	}
	if len(files) != 2 || !strings.Contains(strings.Join(files, "\n"), "http://a.example/a.B/C 2 false") {
		t.Errorf("%q", files)
	}
}

// However rows are merged, their messages are the same, and nothing that they say is in
// the report.
func TestMessagesMerge(t *testing.T) {
	part := func(n int64) *Request {
		return &Request{GRPC: &GRPC{Sent: Messages{n, 1}, Received: Messages{1, n}}, Events: &Messages{n, n}}
	}
	left, right := new(Request), part(3)
	for _, r := range []*Request{part(1), {}, part(2), part(3)} {
		left.merge(r)
	}
	for _, r := range []*Request{part(2), part(1), {}} {
		right.merge(r)
	}
	want := Request{GRPC: &GRPC{Sent: Messages{6, 3}, Received: Messages{3, 6}}, Events: &Messages{6, 6}}
	if diff := cmp.Diff([]*Messages{&want.GRPC.Sent, &want.GRPC.Received, want.Events}, []*Messages{&left.GRPC.Sent, &left.GRPC.Received, left.Events}); diff != "" {
		t.Error(diff)
	}
	if *left.GRPC != *right.GRPC || *left.Events != *right.Events {
		t.Errorf("%+v, %+v", left.GRPC, right.GRPC)
	}
	var c capture
	request, response := grpcPost("/a.B/C", "\x00\x00\x00\x00\x06secret", "")
	c.conversation("203.0.113.9", request, response)
	if text := jsonOf(t, c.report(t, Options{}), true); strings.Contains(text, "secret") || !strings.Contains(text, `"grpc":{"sent":{"count":1,"bytes":6}`) {
		t.Error(text)
	}
}
