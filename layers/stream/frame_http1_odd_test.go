package stream_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// fileLines returns the files of a conversation that the server ends, as the
// target of the request, the size and the content's hash.
func fileLines(t *testing.T, tk talk, size int) []string {
	segs := tk.segs(size)
	var end seg
	for _, s := range segs {
		if s.server {
			end = seg{server: true, flags: ack | fin, seq: s.seq + uint32(len(s.data)), ack: s.ack}
		}
	}
	return files(t, new(stream.Assembler), append(segs, end)...)
}

// Bytes after a response that must not have a body (RFC 9112 section 6.3) are
// not its body, nor do they hide the next response.
func TestBytesAfterNoBody(t *testing.T) {
	const second = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	for _, body := range []string{"", "MZ" + strings.Repeat("A", 66), "\r\n\r\nHTTP/1.1 404 x\r\n\r\n", "HTT" + strings.Repeat("P", 65), strings.Repeat("x", 2000)} {
		for _, status := range []string{"204 No Content", "304 Not Modified", "200 OK"} {
			first := "GET /first HTTP/1.1\r\n\r\n"
			if status == "200 OK" {
				first = strings.Replace(first, "GET", "HEAD", 1)
			}
			head := "HTTP/1.1 " + status + "\r\nContent-Length: " + "68\r\n\r\n"
			switch {
			case len(body) == 2000:
				head = strings.Replace(head, "68", "2000", 1)
			case strings.HasPrefix(body, "\r"):
				head = strings.Replace(head, "68", "22", 1)
			}
			for _, tk := range []talk{
				{{false, first}, {true, head + body}, {false, "GET /second HTTP/1.1\r\n\r\n"}, {true, second}},
				{{false, first + "GET /second HTTP/1.1\r\n\r\n"}, {true, head + body + second}},
			} {
				for _, size := range []int{1460, 3, 1} {
					want := []string{`server /second "second"  5 complete 2cf24dba`}
					if diff := cmp.Diff(want, fileLines(t, tk, size)); diff != "" {
						t.Errorf("%s, %.10q in segments of %d: %s", status, body, size, diff)
					}
				}
			}
		}
	}
}

// A response of HTTP/0.9 has no head (RFC 1945 section 6), and ends with the
// connection.
func TestHTTP09(t *testing.T) {
	for _, tt := range []struct{ request, response, want string }{
		{"GET /old.htm\r\n", "hello", `server /old.htm "old.htm"  5 complete 2cf24dba`},
		{"GET /old.htm\n", "hello", `server /old.htm "old.htm"  5 complete 2cf24dba`},
		{"GET http://a.example/old.htm\r\n\r\n", "hello", `server http://a.example/old.htm "old.htm"  5 complete 2cf24dba`},
		{"GET /old.htm\r\nHost: a\r\n\r\n", "hello", `server /old.htm "old.htm"  5 complete 2cf24dba`},
		{"GET /old.htm\r\n", "\r\n\r\nHTTP", `server /old.htm "old.htm"  8 complete ` + shortSum("\r\n\r\nHTTP")},
		{"GET /old.htm\r\n", strings.Repeat("H", 1000), `server /old.htm "old.htm"  1000 complete ` + shortSum(strings.Repeat("H", 1000))},
		{"GET /old.htm\r\n", "HTTP/1.0 200 OK\r\n\r\nhello", `server /old.htm "old.htm"  5 complete 2cf24dba`},
	} {
		for _, size := range []int{1460, 3, 1} {
			if diff := cmp.Diff([]string{tt.want}, fileLines(t, talk{{false, tt.request}, {true, tt.response}}, size)); diff != "" {
				t.Errorf("%.20q in segments of %d: %s", tt.request, size, diff)
			}
		}
	}
}

// Bytes that are not a response belong to no URL if they may be of an earlier
// one, or go through a tunnel.
func TestNoHead(t *testing.T) {
	whole := talk{{false, get}, {true, strings.Repeat("not a head", 100)}}.segs(1460)
	for name, segs := range map[string][]seg{
		"from the middle": whole[2:],
		"of a tunnel":     talk{{false, "CONNECT a.example:443 HTTP/1.1\r\n\r\n"}, {true, strings.Repeat("not a head", 100)}}.segs(1460),
		"of the second":   talk{{false, get + next}, {true, strings.Repeat("not a head", 100)}}.segs(1460),
	} {
		if got := files(t, new(stream.Assembler), segs...); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := files(t, new(stream.Assembler), whole...); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

// A body without a certain end ends where the next response begins.
func TestUncertainEnd(t *testing.T) {
	const request = "GET /x HTTP/1.1\r\n\r\n"
	for _, field := range []string{"Content-Length: abc", "Transfer-Encoding: chunked"} {
		tk := talk{{false, request}, {true, "HTTP/1.1 200 OK\r\n" + field + "\r\n\r\nhello"}, {false, request}, {true, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld"}}
		got := fileLines(t, tk, 1460)
		if len(got) != 2 || !strings.HasSuffix(got[0], "2cf24dba") || !strings.HasSuffix(got[1], "5 complete 486ea462") {
			t.Errorf("%s: %q", field, got)
		}
	}
}

// A head of which bytes are missing is reported up to them, if it names the
// host.
func TestCutHead(t *testing.T) {
	const request = "GET /a HTTP/1.1\r\nHost: a.example\r\nUser-Agent: b\r\nCookie: c"
	const cut = "GET /a HTTP/1.1\r\nHost: a.example\r\nUser-Agent: b\r\n\r\n"
	const response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	syns := talk{}.segs(1)
	at := func(server bool, seq int, data string) seg {
		return seg{server: server, flags: ack, seq: uint32(seq), ack: 1, data: data}
	}
	for _, tt := range []struct {
		name string
		segs []seg
		want []string
	}{
		{"its end is missing", []seg{at(false, 1, request), at(true, 1, response), at(false, 1000, next)}, []string{cut, response[:38], next}},
		{"nothing follows", []seg{at(false, 1, request)}, []string{cut}},
		{"nothing but a response follows", []seg{at(false, 1, request), at(true, 1, response)}, []string{cut, response[:38]}},
		{"another request follows", []seg{at(false, 1, request), at(false, 1000, next)}, []string{cut, next}},
		{"in several segments", []seg{at(false, 1, request[:20]), at(false, 21, request[20:]), at(false, 1000, next)}, []string{cut, next}},
		{"without a host", []seg{at(false, 1, request[:25]), at(true, 1, response)}, []string{response[:38]}},
		{"an absolute target", []seg{at(false, 1, "GET http://a.example/ HTTP/1.0\r\nUs")}, []string{"GET http://a.example/ HTTP/1.0\r\n\r\n"}},
		{"of a response", []seg{at(false, 1, get), at(true, 1, response[:20]), at(true, 1000, "HTTP/1.1 204 x\r\n\r\n")},
			[]string{get, "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 204 x\r\n\r\n"}},
	} {
		a := new(stream.Assembler)
		var data []string
		for _, m := range play(a, append(syns[:2:2], tt.segs...)...) {
			data = append(data, m.Data)
		}
		if diff := cmp.Diff(tt.want, data); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if held := a.Stats().Held; held != 0 {
			t.Errorf("%s: %d bytes are still held", tt.name, held)
		}
	}
}

// What precedes a hole in an encoded body is decoded.
func TestHoleInEncodedBody(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 4)
	body := packed(t, "gzip", content)
	head := "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100\r\n\r\n"
	n := len(head) + len(body) - 8
	segs := append(talk{{false, get}, {true, head + body[:len(body)-8]}}.segs(1460),
		seg{server: true, flags: ack, seq: uint32(1 + n + 10), data: "xyz"})
	got := files(t, new(stream.Assembler), segs...)
	if len(got) != 1 || got[0] != `server / ""  64 bytes missing ` {
		t.Errorf("%q", got)
	}
}

// Junk, white space and requests of HTTP/0.9 have limits.
func TestHTTPOddLimits(t *testing.T) {
	const status = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
	const whole = "5 complete 2cf24dba"
	chunked := func(n int) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat(" ", n) + "5\r\nhello\r\n0\r\n\r\n"
	}
	for _, tt := range []struct{ request, response, want string }{
		{get, strings.Repeat("x", 240) + "\n" + status, whole},
		{get, strings.Repeat("x", 260) + "\n" + status, "304 ambiguous framing " + shortSum(strings.Repeat("x", 260)+"\n"+status)},
		{get, "1234" + status, whole},
		{get, "12345" + status, "48 ambiguous framing " + shortSum("12345"+status)},
		{get, chunked(60), whole},
		{get, chunked(64), "79 not encoded as declared " + shortSum(strings.Repeat(" ", 64)+"5\r\nhello\r\n0\r\n\r\n")},
		{"GET /" + strings.Repeat("a", 8000) + "\r\n", "hello", whole},
		{"GET /" + strings.Repeat("a", 9000) + "\r\n", "hello", ""},
	} {
		got := strings.Join(fileLines(t, talk{{false, tt.request}, {true, tt.response}}, 100), "\n")
		if !strings.HasSuffix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%.20q, %.20q: %.200q, want %q", tt.request, tt.response, got, tt.want)
		}
	}
}
