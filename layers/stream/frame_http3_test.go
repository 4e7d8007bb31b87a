package stream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// told3 returns what the messages of HTTP/3 say, on a connection whose streams have
// these contents, in turn: those of odd index are of the server.
func told3(t *testing.T, a *stream.Assembler, frames ...[]byte) []string {
	t.Helper()
	var q quicTalk
	grams := quicHellos("h3")
	for i, f := range frames {
		if i%2 == 0 {
			grams = append(grams, q.client(f))
		} else {
			grams = append(grams, q.server(f))
		}
	}
	told := quicTold(t, a, grams...)
	if len(told) == 0 || told[0] != http3Cert {
		t.Fatalf("no certificate: %v", told)
	}
	return told[1:]
}

// The encoder stream of RFC 9204 appendix B.2, and the control stream that allows it.
var (
	http3Control = build.QUICStream(3, 0, "\x00\x04\x03\x01\x40\xdc", false) // QPACK_MAX_TABLE_CAPACITY 220
	http3Encoder = "\x02\x3f\xbd\x01\xc0\x0fwww.example.com\xc1\x0c/sample/path"
	http3Indexed = build.HTTP3Frame(1, "\x03\x81\x10\x11\xd1\xd7") // both entries, GET, https
)

// A field section that refers to entries of the dynamic table waits for them, in any
// order, with the body after it (RFC 9204 section 2.1.2).
func TestHTTP3Blocked(t *testing.T) {
	request := http3Indexed + build.HTTP3Frame(0, "body")
	want := []string{
		`HTTP/3 0 client "GET /sample/path HTTP/3\r\nHost: www.example.com\r\n\r\n"`,
		"HTTP/3 0 client file 4 bytes, complete, " + sum4("body"),
	}
	half := len(http3Encoder) / 2
	for cut := range len(request) {
		parts := [][]byte{
			build.QUICStream(0, 0, request[:cut], false), build.QUICStream(0, uint64(cut), request[cut:], true),
			build.QUICStream(2, 0, http3Encoder[:half], false), build.QUICStream(2, uint64(half), http3Encoder[half:], false),
		}
		permute(parts, func(order [][]byte) {
			frames := [][]byte{nil, http3Control}
			for _, f := range order {
				frames = append(frames, f, []byte{1})
			}
			a := following(t)
			if diff := cmp.Diff(want, told3(t, a, frames...)); diff != "" {
				t.Fatalf("cut at %d (-want +got):\n%s", cut, diff)
			}
			if s := a.Stats(); s.Unknown != 0 || s.Invalid != 0 {
				t.Fatalf("%+v", s)
			}
		})
	}
}

// Without the entries, the rest of the fields stands, and what has no path is not a
// request.
func TestHTTP3Unknown(t *testing.T) {
	named := build.HTTP3Frame(1, "\x03\x81\xd1\xd7\xc1\x10") // GET, https, path /, an entry
	for name, tt := range map[string]struct {
		frames  [][]byte
		want    []string
		unknown int
	}{
		"never inserted": {[][]byte{build.QUICStream(0, 0, named, true), http3Control, build.QUICStream(2, 0, http3Encoder[:4], false)},
			[]string{`HTTP/3 0 client "GET / HTTP/3\r\n\r\n"`}, 1},
		"a gap in the encoder stream": {[][]byte{build.QUICStream(2, 0, http3Encoder[:4], false), http3Control, build.QUICStream(0, 0, named, true), nil, build.QUICStream(2, 30, http3Encoder[30:], true)},
			[]string{`HTTP/3 0 client "GET / HTTP/3\r\n\r\n"`}, 1},
		"no path": {[][]byte{build.QUICStream(0, 0, http3Indexed, true), http3Control}, []string{}, 2},
	} {
		a := following(t)
		if diff := cmp.Diff(tt.want, told3(t, a, tt.frames...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if s := a.Stats(); s.Unknown != tt.unknown {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// No field adds another to a head or changes its first line (RFC 9114 sections 4.2 and
// 4.3).
func TestHTTP3Injection(t *testing.T) {
	section := func(fields ...string) []byte {
		return build.QUICStream(0, 0, build.HTTP3Frame(1, build.QPACK(fields...)), true)
	}
	for name, tt := range map[string]struct {
		frame []byte
		want  []string
	}{
		"line ends": {section(":method", "GET", ":path", "/", "a", "b\r\nc: d", "e\r\nf", "g", "h", "i\x00", "x", "y"),
			[]string{`HTTP/3 0 client "GET / HTTP/3\r\nx: y\r\n\r\n"`}},
		"a blank in the path":           {section(":method", "GET", ":path", "/ HTTP/1.1\r\nx: y"), []string{}},
		"a late pseudo-field":           {section(":method", "GET", ":path", "/", "a", "b", ":authority", "c"), []string{`HTTP/3 0 client "GET / HTTP/3\r\na: b\r\n\r\n"`}},
		"a second path":                 {section(":method", "GET", ":path", "/", ":path", "/2"), []string{`HTTP/3 0 client "GET / HTTP/3\r\n\r\n"`}},
		"fields of HTTP/1 connections":  {section(":method", "GET", ":path", "/", "transfer-encoding", "chunked", "connection", "close"), []string{`HTTP/3 0 client "GET / HTTP/3\r\n\r\n"`}},
		"upper case":                    {section(":method", "GET", ":path", "/", "Content-Length", "5"), []string{`HTTP/3 0 client "GET / HTTP/3\r\n\r\n"`}},
		"hosts that differ are kept":    {section(":method", "GET", ":path", "/", ":authority", "a.example", "host", "b.example"), []string{`HTTP/3 0 client "GET / HTTP/3\r\nHost: a.example\r\nhost: b.example\r\n\r\n"`}},
		"a frame before the first head": {build.QUICStream(0, 0, build.HTTP3Frame(0, "body"), true), []string{}},
	} {
		a := following(t)
		if diff := cmp.Diff(tt.want, told3(t, a, tt.frame)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if s := a.Stats(); (s.Invalid == 0) != (name == "hosts that differ are kept") {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// Interim responses, trailers, unknown frames, an empty body, HEAD, a range, and lengths
// that differ from what is sent (RFC 9114 section 4.1).
func TestHTTP3Messages(t *testing.T) {
	get, head := section(http3Request), section(strings.Replace(http3Request, "GET", "HEAD", 1))
	data := build.HTTP3Frame(0, "content")
	ok := "HTTP/3 0 server \"HTTP/3 200\\r\\n\\r\\n\" to GET /a.bin HTTP/3"
	whole := "HTTP/3 0 server file 7 bytes, complete, " + sum4("content")
	for name, tt := range map[string]struct {
		request, response string
		want              []string
	}{
		"interim": {get, section(":status 103 link l") + section(":status 200") + data,
			[]string{`HTTP/3 0 server "HTTP/3 103\r\nlink: l\r\n\r\n" to GET /a.bin HTTP/3`, ok, whole}},
		"trailers and unknown frames": {get, build.HTTP3Frame(33, "x") + section(":status 200") + build.HTTP3Frame(33, "") + data + build.HTTP3Frame(0, "") + section("a b"), []string{ok, whole}},
		"no body":                     {get, section(":status 200"), []string{ok}},
		"HEAD":                        {head, section(":status 200 content-length 7"), []string{`HTTP/3 0 server "HTTP/3 200\r\ncontent-length: 7\r\n\r\n" to HEAD /a.bin HTTP/3`}},
		"range": {get, section(":status 206 content-range bytes_1-7/9") + data,
			[]string{`HTTP/3 0 server "HTTP/3 206\r\ncontent-range: bytes_1-7/9\r\n\r\n" to GET /a.bin HTTP/3`, "HTTP/3 0 server file 7 bytes, part of a file, "}},
		"too short": {get, section(":status 200 content-length 9") + data,
			[]string{`HTTP/3 0 server "HTTP/3 200\r\ncontent-length: 9\r\n\r\n" to GET /a.bin HTTP/3`, "HTTP/3 0 server file 7 bytes, ended early by the sender, " + sum4("content")}},
		"inside a frame": {get, section(":status 200") + data[:7], []string{ok, "HTTP/3 0 server file 3 bytes, ended early by the sender, " + sum4("con")}},
	} {
		got := told3(t, following(t), build.QUICStream(0, 0, tt.request, true), build.QUICStream(0, 0, tt.response, true))
		if diff := cmp.Diff(tt.want, got[1:]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What is inside a tunnel of CONNECT is recognised, and is of the stream.
func TestHTTP3Tunnel(t *testing.T) {
	open := section(":method CONNECT :authority inner.example:80")
	inside := build.HTTP3Frame(0, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
	want := []string{
		`HTTP/3 4 client "CONNECT inner.example:80 HTTP/3\r\nHost: inner.example:80\r\n\r\n"`,
		`HTTP/3 4 server "HTTP/3 200\r\n\r\n" to CONNECT inner.example:80 HTTP/3`,
		`HTTP/1 4 client "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"`,
		`HTTP/1 4 server "HTTP/1.1 204 No\r\n\r\n" to GET /x HTTP/1.1`,
	}
	got := told3(t, following(t), build.QUICStream(4, 0, open, false), build.QUICStream(4, 0, section(":status 200"), false),
		build.QUICStream(4, uint64(len(open)), inside, true), build.QUICStream(4, uint64(len(section(":status 200"))), build.HTTP3Frame(0, "HTTP/1.1 204 No\r\n\r\n"), true))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The limits of waiting field sections: beyond 256, or Config.MaxConn, they are decoded
// without the entries.
func TestHTTP3Limits(t *testing.T) {
	var frames [][]byte
	for i := range 300 {
		frames = append(frames, build.QUICStream(uint64(i)*4, 0, build.HTTP3Frame(1, "\x03\x81\xd1\xd7\xc1\x10"), true), http3Control)
	}
	a := following(t)
	early := 0
	for _, s := range told3(t, a, append(frames, build.QUICStream(2, 0, http3Encoder, false))...) {
		if !strings.Contains(s, "www.example.com") {
			early++
		}
	}
	if s := a.Stats(); early != 300-256 || s.Unknown != 300-256 {
		t.Errorf("%d requests without the entry: %+v", early, s)
	}

	a = following(t)
	a.MaxConn = 1000
	request := build.HTTP3Frame(1, "\x03\x81\xd1\xd7\xc1\x10") + build.HTTP3Frame(0, strings.Repeat("x", 1000))
	want := []string{`HTTP/3 0 client "GET / HTTP/3\r\n\r\n"`, "HTTP/3 0 client file 1000 bytes, complete, " + sum4(strings.Repeat("x", 1000))}
	if diff := cmp.Diff(want, told3(t, a, nil, http3Control, build.QUICStream(0, 0, request, true), nil, build.QUICStream(2, 0, http3Encoder, false))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	a = following(t)
	a.MaxMessage = 300
	long := build.HTTP3Frame(1, build.QPACK(":method", "GET", ":path", "/"+strings.Repeat("x", 400)))
	if got := told3(t, a, build.QUICStream(0, 0, long, true)); len(got) != 0 || a.Stats().TooLong != 1 {
		t.Errorf("%v: %+v", got, a.Stats())
	}

	a = following(t)
	settings := "\x00" + build.HTTP3Frame(4, strings.Repeat("\x40\x40\x00", 2000))
	if told3(t, a, build.QUICStream(2, 0, settings, false)); a.Stats().Invalid != 1 {
		t.Errorf("%+v", a.Stats())
	}
}

// A reference of one byte that gives a long field costs work, and a head stops where
// nobody pays for it.
func TestHTTP3Bomb(t *testing.T) {
	long := strings.Repeat("v", 15000)
	encoder := "\x02\x3f\xe1\xff\x03" + "\x41a\x7f\x99\x74" + long // a table of 64 KiB, an entry of 15,000 bytes
	bomb := build.HTTP3Frame(1, "\x02\x00\xd1\xc1"+strings.Repeat("\x80", 60))
	frames := [][]byte{nil, build.QUICStream(3, 0, "\x00\x04\x05\x01\x80\x01\x00\x00", false)}
	for off := 0; off < len(encoder); off += 1100 {
		frames = append(frames, build.QUICStream(2, uint64(off), encoder[off:min(off+1100, len(encoder))], false), []byte{1})
	}
	captured := len(encoder)
	for i := range 100 {
		frames = append(frames, build.QUICStream(uint64(i)*4, 0, bomb, true), []byte{1})
		captured += len(bomb)
	}
	a := following(t)
	a.MaxWork = -1
	got := told3(t, a, frames...)
	if s := a.Stats(); s.Work > 448*int64(captured+4000) || s.TooCostly == 0 || s.Unknown != 0 || len(got) == 0 || len(got) == 100 {
		t.Errorf("%d requests, work %d for %d bytes: %+v", len(got), s.Work, captured, s)
	}
	for _, m := range got {
		if n := strings.Count(m, long); n != 60 {
			t.Errorf("a request with %d fields", n)
		}
	}
}

// Whatever the streams of a connection hold, in whatever pieces, its heads can be parsed,
// files are no longer than what was sent, nothing is held at the end, and work is limited.
func FuzzHTTP3(f *testing.F) {
	request, response := exchange()
	f.Add([]byte(request), []byte(response), []byte(http3Encoder), uint16(20))
	f.Add([]byte(http3Indexed+build.HTTP3Frame(0, "x")), []byte(section(":status 200")), []byte(http3Encoder), uint16(5))
	f.Add([]byte(section(":method CONNECT :authority a:1")+build.HTTP3Frame(0, "GET / HTTP/1.1\r\n\r\n")), []byte(section(":status 200")), []byte("\x00\x04\x00"), uint16(9))
	f.Fuzz(func(t *testing.T, client, server, uni []byte, cut uint16) {
		if len(client)+len(server)+len(uni) > 10000 {
			return
		}
		var q quicTalk
		grams := append(quicHellos("h3"), q.server(http3Control))
		for _, s := range []struct {
			id     uint64
			server bool
			data   string
		}{{2, false, string(uni)}, {0, false, string(client)}, {0, true, string(server)}, {7, true, string(uni)}, {4, false, string(client)}} {
			n := min(int(cut), len(s.data))
			for _, f := range [][]byte{build.QUICStream(s.id, uint64(n), s.data[n:], true), build.QUICStream(s.id, 0, s.data[:n], false)} {
				if s.server {
					grams = append(grams, q.server(f))
				} else {
					grams = append(grams, q.client(f))
				}
			}
		}
		a := following(t)
		a.MaxBytes, a.MaxWork, a.Hash = 1<<20, -1, stream.HashNone
		size := 0
		for _, g := range grams {
			size += len(g.data)
		}
		for _, s := range quicTold(t, a, grams...) {
			var proto string
			var id, n int
			if _, err := fmt.Sscanf(s, "%s %d server file %d bytes", &proto, &id, &n); err == nil && n > size {
				t.Fatalf("%s of %d bytes", s, size)
			}
		}
		if s := a.Stats(); s.Work > 448*int64(size)+1<<20 {
			t.Fatalf("work %d for %d bytes", s.Work, size)
		}
	})
}
