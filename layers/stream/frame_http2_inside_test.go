package stream_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// WebSocket over extended CONNECT (RFC 8441 section 5.1), with compression. Its
// messages are of the stream.
func TestHTTP2WebSocket(t *testing.T) {
	h := newH2Talk()
	h.c.head(1, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/chat", ":authority", "server.example.com",
		"sec-websocket-extensions", "permessage-deflate")
	h.turn()
	h.s.head(1, false, ":status", "200", "sec-websocket-extensions", "permessage-deflate")
	h.turn()
	h.c.WriteData(1, false, []byte("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d"))
	h.c.WriteData(1, false, []byte("\x51\x58"))
	h.turn()
	h.s.WriteData(1, false, []byte("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\xc1\x05\xf2\x00\x11\x00\x00"))
	h.turn()
	for _, size := range []int{1 << 14, 7, 1} {
		a := new(stream.Assembler)
		if diff := cmp.Diff([]string{`C text "Hello"`, `S text "Hello"`, `S text "Hello"`}, webSocketOf(a, h.talk.segs(size))); diff != "" {
			t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
		}
		if s := a.Stats(); s.Held != 0 {
			t.Errorf("%+v", s)
		}
	}
	for i, s := range h.talk.segs(1 << 14) {
		push(new(stream.Assembler), s, int64(i), start, func(ms []stream.Message) {
			for _, m := range ms {
				if m.Proto == stream.WebSocket && m.Stream != 1 {
					t.Errorf("%+v", m)
				}
			}
		})
	}
}

// The examples of RFC 8484 sections 4.1.1 and 4.2.2, with and without files.
func TestHTTP2DNS(t *testing.T) {
	h := newH2Talk()
	const typ = "application/dns-message"
	h.c.head(1, true, ":method", "GET", ":scheme", "https", ":authority", "dnsserver.example.net", ":path", "/dns-query?dns="+dohParam, "accept", typ)
	h.c.head(3, false, ":method", "POST", ":scheme", "https", ":authority", "dnsserver.example.net", ":path", "/dns-query", "accept", typ, "content-type", typ, "content-length", "33")
	h.c.WriteData(3, true, []byte(dohQuery))
	h.turn()
	h.s.head(3, false, ":status", "200", "content-type", typ, "content-length", "61")
	h.s.WriteData(3, true, []byte(dohResponse))
	h.turn()
	for _, config := range []stream.Config{{}, {NoFiles: true}} {
		for _, size := range []int{1 << 14, 1} {
			var got []string
			for _, m := range play(&stream.Assembler{Config: config}, h.talk.segs(size)...) {
				if m.Proto == stream.DNS && m.Via == stream.HTTP2 {
					got = append(got, m.Data)
				}
			}
			if want := []string{dohQuery, dohQuery, dohResponse}; !slices.Equal(got, want) {
				t.Errorf("%+v, segments of %d bytes: %q", config, size, got)
			}
		}
	}
}
