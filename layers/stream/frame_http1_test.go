package stream_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers/stream"
)

// A talk is the bytes that both sides of a connection send, in turn.
type talk []struct {
	server bool
	data   string
}

// segs splits every turn into segments of at most size bytes, after a SYN of
// each side.
func (t talk) segs(size int) []seg {
	out := []seg{{flags: syn, seq: 0}, {server: true, flags: syn | ack, seq: 0, ack: 1}}
	next := [2]uint32{1, 1}
	for _, turn := range t {
		side := 0
		if turn.server {
			side = 1
		}
		for d := turn.data; d != ""; {
			n := min(size, len(d))
			out = append(out, seg{server: turn.server, flags: ack, seq: next[side], ack: next[1-side], data: d[:n]})
			next[side] += uint32(n)
			d = d[n:]
		}
	}
	return out
}

const (
	get  = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
	next = "GET /next HTTP/1.1\r\nHost: a.example\r\n\r\n"
)

// Bodies end by the rules of RFC 9112 section 6.3, so the heads after them are
// found, however the bytes are split.
func TestHTTPHeads(t *testing.T) {
	ok := "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	tests := []struct {
		name string
		talk talk
		want []string
	}{
		{"length", talk{{false, get}, {true, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nGET / HTT"}, {false, next}, {true, ok}},
			[]string{get, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", next, ok}},
		{"chunked with extension and trailer", talk{{false, get},
			{true, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n"},
			{false, next}, {true, ok}},
			[]string{get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", next, ok}},
		{"request with a body", talk{{false, "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nabc" + next}, {true, ok + ok}},
			[]string{"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\n", next, ok, ok}},
		{"chunked request", talk{{false, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + next}},
			[]string{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", next}},
		{"HEAD has no body", talk{{false, "HEAD / HTTP/1.1\r\n\r\n" + get},
			{true, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + ok}},
			[]string{"HEAD / HTTP/1.1\r\n\r\n", get, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", ok}},
		{"304 and 204 have no body", talk{{false, get + next}, {true, "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"}},
			[]string{get, next, "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"}},
		{"100 is not a final response", talk{{false, "HEAD / HTTP/1.1\r\n\r\n"}, {true, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + ok}},
			[]string{"HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", ok}},
		{"a body up to the end of the connection", talk{{false, get}, {true, "HTTP/1.0 200 OK\r\n\r\nHTTP/1.1 200 no\r\n\r\n"}},
			[]string{get, "HTTP/1.0 200 OK\r\n\r\n"}},
		{"bare line feeds, empty lines before", talk{{false, "\r\n\nGET / HTTP/1.1\nHost: a.example\n\n" + get}},
			[]string{"GET / HTTP/1.1\nHost: a.example\n\n", get}},
		{"not HTTP any more", talk{{false, get + "\x00\x01\x02\x03 garbage \r\n\r\n"}}, []string{get}},
		{"conflicting lengths", talk{{false, "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n"}, {false, get}},
			[]string{"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", get}},
		{"bad chunk size", talk{{false, get}, {true, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"}, {false, next}, {true, ok}},
			[]string{get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", next, ok}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range []int{1 << 14, 7, 1} {
				if size < 7 && (tt.name == "bad chunk size" || tt.name == "not HTTP any more" || tt.name == "conflicting lengths") {
					continue // once out of step, only a segment that begins with a head is recognised
				}
				var data []string
				for _, m := range play(new(stream.Assembler), tt.talk.segs(size)...) {
					data = append(data, m.Data)
				}
				if diff := cmp.Diff(tt.want, data); diff != "" {
					t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

// Bytes through a CONNECT tunnel are recognised like a connection's own.
func TestHTTPTunnel(t *testing.T) {
	connect := "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n"
	established := "HTTP/1.1 200 Connection established\r\n\r\n"
	tk := talk{{false, connect}, {true, established}, {false, clientHello}}
	for _, size := range []int{1 << 14, 7, 1} {
		msgs := play(new(stream.Assembler), tk.segs(size)...)
		if len(msgs) != 3 {
			t.Fatalf("segments of %d bytes: %d messages", size, len(msgs))
		}
		m := msgs[2]
		if m.Via != stream.Connect || m.Proto != stream.TLS || !m.FromClient || m.Data != clientHello[5:] {
			t.Errorf("segments of %d bytes: message %+v", size, m)
		}
	}
}

// A client's tunnel is recognised even if it does not wait for the response, or
// if the proxy's packets were not captured.
func TestHTTPTunnelUnanswered(t *testing.T) {
	connect := "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n"
	established := "HTTP/1.1 200 Connection established\r\n\r\n"
	const serverHello = "\x16\x03\x03\x00\x05\x02\x00\x00\x01a"
	for _, tt := range []struct {
		talk talk
		want []string
	}{
		{talk{{false, connect}, {false, clientHello}}, []string{connect, clientHello[5:]}},
		{talk{{false, connect}, {false, clientHello}, {true, established}, {true, serverHello}}, []string{connect, clientHello[5:], established, serverHello[5:]}},
		{talk{{false, connect}, {true, established}, {false, clientHello}, {true, serverHello}}, []string{connect, established, clientHello[5:], serverHello[5:]}},
	} {
		for _, size := range []int{1 << 14, 7, 1} {
			var a stream.Assembler
			var data []string
			for _, m := range play(&a, tt.talk.segs(size)...) {
				data = append(data, m.Data)
			}
			if diff := cmp.Diff(tt.want, data); diff != "" {
				t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
			}
			if held := a.Stats().Held; held != 0 {
				t.Errorf("%d bytes are still held", held)
			}
		}
	}
}

// A gap inside a body of known length loses only its bytes.
func TestHTTPGap(t *testing.T) {
	resp := "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
	a := new(stream.Assembler)
	msgs := play(a,
		seg{server: true, flags: ack, seq: 1, data: resp + "0123"},
		seg{server: true, flags: ack, seq: 1 + uint32(len(resp)) + 8, data: "89" + respHead})
	want := []got{
		{stream.HTTP1, stream.TCP, false, 1, 1, 0, resp},
		{stream.HTTP1, stream.TCP, false, 2, 2, 0, respHead},
	}
	if diff := cmp.Diff(want, msgs); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if s := a.Stats(); s.Missing != 4 {
		t.Errorf("Stats().Missing = %d, want 4", s.Missing)
	}
}

// Tunnels nested too deep are skipped and counted.
func TestHTTPTunnelsInTunnels(t *testing.T) {
	var nested talk
	for range fault.Size(100_000, 5000) {
		nested = append(nested, talk{{false, "CONNECT a.example:1 HTTP/1.1\r\n\r\n"}, {true, "HTTP/1.1 200 OK\r\n\r\n"}}...)
	}
	var a stream.Assembler
	if got := play(&a, nested.segs(1460)...); len(got) != 2*9 {
		t.Errorf("%d messages", len(got))
	}
	if s := a.Stats(); s.TooDeep != 1 || s.Held != 0 {
		t.Errorf("%+v", s)
	}
}
