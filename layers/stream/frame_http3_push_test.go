package stream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// promise returns PUSH_PROMISE (RFC 9114 section 7.2.5) with a push ID below 64.
func promise(id byte, fields string) string {
	return build.HTTP3Frame(5, string([]byte{id})+build.QPACK(strings.Fields(fields)...))
}

const http3Pushed = ":method GET :scheme https :authority files.example :path /pushed.css"

// A pushed response, on a stream of its own cut at any byte, belongs to the promised
// request; one that was not promised belongs to none.
func TestHTTP3Push(t *testing.T) {
	request, response := exchange()
	want := []string{
		quicExchanged[1],
		`HTTP/3 0 server "GET /pushed.css HTTP/3\r\nHost: files.example\r\n\r\n"`,
		quicExchanged[2], quicExchanged[3],
		`HTTP/3 15 server "HTTP/3 200\r\n\r\n" to GET /pushed.css HTTP/3`,
		"HTTP/3 15 server file 3 bytes, complete, " + sum4("css"),
		`HTTP/3 19 server "HTTP/3 200\r\n\r\n"`,
		"HTTP/3 19 server file 3 bytes, complete, " + sum4("css"),
	}
	answer := section(":status 200") + build.HTTP3Frame(0, "css")
	pushed := "\x01\x07" + answer
	for cut := range pushed {
		a := following(t)
		got := told3(t, a, build.QUICStream(0, 0, request, true),
			build.QUICStream(0, 0, promise(7, http3Pushed)+promise(7, http3Pushed)+response, true), []byte{1},
			build.QUICStream(15, 0, pushed[:cut], false), []byte{1}, build.QUICStream(15, uint64(cut), pushed[cut:], true), []byte{1},
			build.QUICStream(19, 0, "\x01\x08"+answer, true))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("cut at %d (-want +got):\n%s", cut, diff)
		}
		if s := a.Stats(); s.Invalid+s.Unknown+s.TooMany > 0 {
			t.Fatalf("%+v", s)
		}
	}
}

// A client neither promises nor pushes. Promises beyond the limit are not kept.
func TestHTTP3PushLimits(t *testing.T) {
	request, _ := exchange()
	a := following(t)
	if got := told3(t, a, build.QUICStream(0, 0, request+promise(1, http3Pushed), true), nil, build.QUICStream(2, 0, "\x01\x01"+request, true)); len(got) != 1 || a.Stats().Invalid != 2 {
		t.Errorf("%q, %+v", got, a.Stats())
	}
	var frames [][]byte
	frames = append(frames, build.QUICStream(0, 0, request, true), nil)
	off := 0
	for i := range 300 {
		data := build.HTTP3Frame(5, string([]byte{0x40 | byte(i>>8), byte(i)})+build.QPACK(strings.Fields(http3Pushed)...))
		frames[len(frames)-1] = build.QUICStream(0, uint64(off), data, false)
		frames = append(frames, []byte{1}, nil)
		off += len(data)
	}
	frames[len(frames)-1] = []byte{1}
	b := following(t)
	got := told3(t, b, frames...)
	if s := b.Stats(); len(got) != 301 || s.TooMany != 300-256 || s.Held != 0 {
		t.Errorf("%d messages, %+v", len(got), s)
	}
}

// WebSocket over HTTP/3 (RFC 9220): the frames of RFC 6455 section 5.7 and RFC 7692
// section 7.2.3.1 on a stream that extended CONNECT opened.
func TestHTTP3WebSocket(t *testing.T) {
	const fields = "sec-websocket-extensions permessage-deflate"
	open := section(":method CONNECT :protocol websocket :scheme https :path /chat :authority server.example.com " + fields)
	client := build.HTTP3Frame(0, "\x81\x85\x37\xfa\x21\x3d\x7f") + build.HTTP3Frame(0, "\x9f\x4d\x51\x58")
	accept := section(":status 200 " + fields)
	server := build.HTTP3Frame(0, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\xc1\x05\xf2\x00\x11\x00\x00\x82\x03MZ\x90")
	for cut := range len(client) {
		var q quicTalk
		a := following(t)
		var got []string
		at := uint64(len(open))
		grams := append(quicHellos("h3"),
			q.client(build.QUICStream(4, 0, open, false)), q.server(build.QUICStream(4, 0, accept, false)),
			q.client(build.QUICStream(4, at, client[:cut], false)), q.client(build.QUICStream(4, at+uint64(cut), client[cut:], false)),
			q.server(build.QUICStream(4, uint64(len(accept)), server, false)))
		for i, g := range grams {
			for _, m := range pushUDP(a, g.packet(), 0, int64(i), start) {
				if m.Proto == stream.WebSocket {
					got = append(got, fmt.Sprintf("%d %v %q %v %v %v", m.Stream, m.Kind, m.Data, m.FromClient, m.Via, strings.HasPrefix(string(m.Request), "CONNECT https://server.example.com/chat HTTP/3\r\n")))
				}
			}
		}
		want := []string{
			`4 WebSocket text "Hello" true UDP > QUIC > TLS > Upgrade true`, `4 WebSocket text "Hello" false UDP > QUIC > TLS > Upgrade true`,
			`4 WebSocket text "Hello" false UDP > QUIC > TLS > Upgrade true`, `4 WebSocket binary "MZ\x90" false UDP > QUIC > TLS > Upgrade true`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("cut at %d (-want +got):\n%s", cut, diff)
		}
		a.Flush()
		if s := a.Stats(); s.Held != 0 || s.Protos[stream.WebSocket] != 1 {
			t.Fatalf("%+v", s)
		}
	}
}
