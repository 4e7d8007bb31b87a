package http1

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// The examples of RFC 9110 section 3.9.
const (
	rfcRequest = "GET /hello.txt HTTP/1.1\r\n" +
		"User-Agent: curl/7.64.1\r\n" +
		"Host: www.example.com\r\n" +
		"Accept-Language: en, mi\r\n\r\n"
	rfcResponse = "HTTP/1.1 200 OK\r\n" +
		"Date: Mon, 27 Jul 2009 12:28:53 GMT\r\n" +
		"Server: Apache\r\n" +
		"Last-Modified: Wed, 22 Jul 2009 19:15:56 GMT\r\n" +
		"ETag: \"34aa387-d-1568eb00\"\r\n" +
		"Accept-Ranges: bytes\r\n" +
		"Content-Length: 51\r\n" +
		"Vary: Accept-Encoding\r\n" +
		"Content-Type: text/plain\r\n\r\n"
)

// oddRequest has constructs that the RFC forbids or discourages, but programs
// send.
const oddRequest = "\r\n\n" +
	"get \t http://u:p@abs.example:81/a b?c   HTTP/1.0  \r\n" +
	" goes on with the start-line: no\n" +
	"hOsT:   spaced.example  \r\n" +
	"no colon\r\n" +
	"nor here\r\n in: the next line\n" +
	": no name\r\n" +
	"\r: no name\r\n" +
	"Before : colon\n" +
	"Empty:\r\n" +
	"Folded:one\r\n \t two \n three\r\n" +
	"Folded: again\r\n\n"

func fieldList(h head) [][2]string {
	var all [][2]string
	for name, value := range h.Fields() {
		all = append(all, [2]string{string(name), string(value)})
	}
	return all
}

func mustRequest(t testing.TB, s string) Request {
	t.Helper()
	r, err := ParseRequest([]byte(s))
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return r
}

func mustResponse(t testing.TB, s string) Response {
	t.Helper()
	r, err := ParseResponse([]byte(s))
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return r
}

func TestHTTPRequest(t *testing.T) {
	r := mustRequest(t, rfcRequest+"body")
	if string(r.Method()) != "GET" || string(r.Target()) != "/hello.txt" || string(r.Host()) != "www.example.com" {
		t.Errorf("%s %s %s", r.Method(), r.Target(), r.Host())
	}
	if major, minor := r.Version(); major != 1 || minor != 1 || !r.KeepAlive() {
		t.Errorf("HTTP/%d.%d", major, minor)
	}
	want := [][2]string{{"User-Agent", "curl/7.64.1"}, {"Host", "www.example.com"}, {"Accept-Language", "en, mi"}}
	if diff := cmp.Diff(want, fieldList(r.head)); diff != "" {
		t.Error(diff)
	}
	if string(r.Bytes()) != rfcRequest || r.Len() != len(rfcRequest) {
		t.Errorf("head of %d bytes: %q", r.Len(), r.Bytes())
	}
	if n, err := r.ContentLength(); n != -1 || err != nil || r.Chunked() || r.Validate() != nil {
		t.Error(n, err, r.Chunked(), r.Validate())
	}
}

func TestHTTPResponse(t *testing.T) {
	r := mustResponse(t, rfcResponse+"Hello World! My content includes a trailing CRLF.\r\n")
	if r.Status() != 200 || string(r.Reason()) != "OK" || string(r.Get("SERVER")) != "Apache" {
		t.Errorf("%d %q %q", r.Status(), r.Reason(), r.Get("SERVER"))
	}
	if n, err := r.ContentLength(); n != 51 || err != nil || len(fieldList(r.head)) != 8 || r.Validate() != nil {
		t.Error(n, err, fieldList(r.head), r.Validate())
	}
	for line, want := range map[string]string{
		"HTTP/1.1 200": "", "HTTP/1.1 404 ": "", "HTTP/1.0  302\tMoved  on ": "Moved  on", "HTTP/1.1 999 \xff": "\xff",
	} {
		if r := mustResponse(t, line+"\n\n"); string(r.Reason()) != want {
			t.Errorf("%q: reason %q", line, r.Reason())
		}
	}
}

func TestHTTPOdd(t *testing.T) {
	r := mustRequest(t, oddRequest+"GET / HTTP/1.1\r\n\r\n")
	if r.Len() != len(oddRequest) {
		t.Errorf("head of %d bytes, want %d", r.Len(), len(oddRequest))
	}
	if string(r.Method()) != "get" || string(r.Target()) != "http://u:p@abs.example:81/a b?c" || r.KeepAlive() {
		t.Errorf("%q %q", r.Method(), r.Target())
	}
	want := [][2]string{
		{"hOsT", "spaced.example"}, {"Before", "colon"}, {"Empty", ""},
		{"Folded", "one\r\n \t two \n three"}, {"Folded", "again"},
	}
	if diff := cmp.Diff(want, fieldList(r.head)); diff != "" {
		t.Error(diff)
	}
	if string(r.Host()) != "abs.example:81" || string(r.Get("host")) != "spaced.example" {
		t.Errorf("host %q, %q", r.Host(), r.Get("host"))
	}
	if v := r.Get("empty"); v == nil || len(v) != 0 || r.Get("Hos") != nil {
		t.Errorf("empty %#v, absent %#v", v, r.Get("Hos"))
	}
	if got := string(AppendValue([]byte("="), r.Get("folded"))); got != "=one two three" {
		t.Errorf("unfolded %q", got)
	}
	viewtest.Invalid(t, "odd", r.Validate(), "HTTP head", wire.Malformed, strings.Index(oddRequest, " goes"), len(oddRequest))
}

func TestHTTPValidate(t *testing.T) {
	const start = "POST / HTTP/1.1\r\nHost: a\r\n"
	for _, tt := range []struct {
		fields string
		offset int // after start, -1: valid
	}{
		{"A: b\r\nC: d\r\n", -1},
		{"A: b\r\nno colon\r\n", 6},
		{"A: b\r\n\xff: c\r\n", 6},
		{"A : b\r\n", 0},
		{": b\r\n", 0},
		{"A: b\r\n fold: ed\r\nB:\r\n", -1},
		{"Content-Length: 5\r\nContent-Length: 6\r\n", -len("Host: a\r\n")},
	} {
		r := mustRequest(t, start+tt.fields+"\r\n")
		reason := error(wire.Malformed)
		if tt.offset == -1 {
			reason = nil
		}
		viewtest.Invalid(t, tt.fields, r.Validate(), "HTTP head", reason, len(start)+tt.offset, r.Len())
	}
}

// Examples of RFC 9112 sections 3.2 and 3.3, and other cases.
func TestHTTPURL(t *testing.T) {
	for _, tt := range []struct{ line, host, wantHost, wantURL string }{
		{"GET /where?q=now", "www.example.org", "www.example.org", "http://www.example.org/where?q=now"},
		{"GET /pub/WWW/TheProject.html", "www.example.org:8080", "www.example.org:8080", "http://www.example.org:8080/pub/WWW/TheProject.html"},
		{"GET http://www.example.org/pub/WWW/", "other", "www.example.org", "http://www.example.org/pub/WWW/"},
		{"OPTIONS http://www.example.org:8001", "", "www.example.org:8001", "http://www.example.org:8001"},
		{"GET http://u:p@a@h.example?x@y", "", "h.example", "http://u:p@a@h.example?x@y"},
		{"GET http:///nothing", "h", "h", "http:///nothing"},
		{"GET ftp+x://h/f", "o", "h", "ftp+x://h/f"},
		{"GET 1x://h/f", "o", "o", "http://o/1x://h/f"},
		{"GET /?u=http://h/", "o", "o", "http://o/?u=http://h/"},
		{"CONNECT www.example.com:80", "other", "www.example.com:80", "www.example.com:80"},
		{"OPTIONS *", "www.example.org", "www.example.org", "http://www.example.org"},
		{"OPTIONS *", "", "", "*"},
		{"GET /no-host", "", "", "/no-host"},
		{"GET .evil.example/", "good.example", "good.example", "http://good.example/.evil.example/"},
		{"GET /fold", "a\r\n b", "a\r\n b", "http://a b/fold"},
	} {
		r := mustRequest(t, tt.line+" HTTP/1.1\r\nHost: "+tt.host+"\r\n\r\n")
		if got := string(r.Host()); got != tt.wantHost {
			t.Errorf("%s: host %q, want %q", tt.line, got, tt.wantHost)
		}
		if got := string(r.AppendURL([]byte("="))); got != "="+tt.wantURL {
			t.Errorf("%s: %q, want %q", tt.line, got, tt.wantURL)
		}
	}
	for line, want := range map[string]string{
		"GET /index": "http://192.0.2.1:81/index", "GET index": "http://192.0.2.1:81/index", "OPTIONS *": "http://192.0.2.1:81",
		"GET http://h.example/": "http://h.example/", "CONNECT h.example:443": "h.example:443",
	} {
		if got := string(mustRequest(t, line+" HTTP/1.0\r\n\r\n").AppendURLAt(nil, "192.0.2.1:81")); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if got := string(mustRequest(t, "GET / HTTP/1.1\r\nHost: h\r\n\r\n").AppendURLAt(nil, "192.0.2.1")); got != "http://h/" {
		t.Errorf("with a Host field: %q", got)
	}
	if r := mustRequest(t, "GET / HTTP/1.0\n\n"); r.Host() != nil {
		t.Errorf("host %q without a Host field", r.Host())
	}
}

func TestParseHTTP(t *testing.T) {
	for _, tt := range []struct {
		in                string
		request, response error
	}{
		{"", wire.Short, wire.Short},
		{"\r\n", wire.Short, wire.Short},
		{"G", wire.Short, wire.Malformed},
		{"GET ", wire.Short, wire.Malformed},
		{"GET / HTTP/1.1\r\n", wire.Short, wire.Malformed},
		{"GET / HTTP/1.1\r\nHost: a\r\n\r", wire.Short, wire.Malformed},
		{"GET / HTTP/1.1\r\n\r\n", nil, wire.Malformed},
		{"GET / HTTP/1.1\n\r\n", nil, wire.Malformed},
		{"GET /\r\n", nil, wire.Malformed}, // HTTP/0.9
		{"GET / HTTP/1.10\r\n", wire.Short, wire.Malformed},
		{"GET / HTTP/x.1\r\n", wire.Short, wire.Malformed},
		{"GET  HTTP/1.1\r\n", wire.Malformed, wire.Malformed},
		{" GET / HTTP/1.1\r\n\r\n", wire.Malformed, wire.Malformed},
		{"G\xffT", wire.Malformed, wire.Malformed},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", wire.Malformed, wire.Malformed},
		{"EHLO mail.example\r\n", wire.Malformed, wire.Malformed},
		{"OPTIONS rtsp://a/ RTSP/1.0\r\n\r\n", wire.Malformed, wire.Malformed},
		{"\x16\x03\x01\x02\x00\x01", wire.Malformed, wire.Malformed},
		{"HTTP/", wire.Malformed, wire.Short},
		{"HTTP/1.1 20", wire.Malformed, wire.Short},
		{"HTTP/1.1 200 OK\r\n", wire.Malformed, wire.Short},
		{"HTTP/1.1 200 OK\r\n\r\n", wire.Malformed, nil},
		{"HTTP/1.1 20\r\n", wire.Malformed, wire.Short},
		{"HTTP/1.1 20000\r\n", wire.Malformed, wire.Malformed},
		{"HTTPX/1.1 200 OK\r\n", wire.Malformed, wire.Malformed},
		{"HTTP/1.1-200 OK\r\n", wire.Malformed, wire.Short},
		{"HTTP/11 200 OK\r\n", wire.Malformed, wire.Short},
		{"ICY 200 OK\r\n", wire.Malformed, wire.Short},
		{strings.Repeat("\r\n", 9) + "GET / HTTP/1.1\r\n\r\n", wire.Malformed, wire.Malformed},
	} {
		if _, err := ParseRequest([]byte(tt.in)); !errors.Is(err, tt.request) {
			t.Errorf("request %q: %v, want %v", tt.in, err, tt.request)
		}
		if _, err := ParseResponse([]byte(tt.in)); !errors.Is(err, tt.response) {
			t.Errorf("response %q: %v, want %v", tt.in, err, tt.response)
		}
	}
}

// Request-lines that servers answer, and status-lines that Chromium 156, curl or
// wget accept.
func TestLenientLines(t *testing.T) {
	for line, want := range map[string]string{
		"GET /x http/1.1":         "GET /x HTTP/1.1",
		"GET /x HtTp/1.1":         "GET /x HTTP/1.1",
		"GET /x HTTP/1.10":        "GET /x HTTP/1.10",
		"GET /x HTTP/1":           "GET /x HTTP/1.0",
		"GET /x HTTP/2.0":         "GET /x HTTP/2.0",
		"GET /x HTTP/":            "GET /x HTTP/1.0",
		"GET /x HTTP/999.1":       "GET /x HTTP/255.1",
		"GET /x HTTP 1.1":         "GET /x HTTP/1.1",
		"XYZZY\t/a b  hTTP\t1.1":  "XYZZY /a b HTTP/1.1",
		"GET /x http://y/ HTTP/1": "GET /x http://y/ HTTP/1.0",
	} {
		if got := mustRequest(t, line+"\r\nHost: a\r\n\r\n").String(); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	for line, want := range map[string]string{
		"http/1.1 200 OK": "HTTP/1.1 200 OK", "HTTP/1.10 200 OK": "HTTP/1.10 200 OK", "HTTP/2 200 OK": "HTTP/2.0 200 OK",
		"HTTP 404 No": "HTTP/1.0 404 No", "HTTP 1.1 404 No": "HTTP/1.1 404 No", "HTTP/ 1.1 404 No": "HTTP/1.1 404 No",
		"HTTP/1.1x 200 OK": "HTTP/1.1 200 OK", "HTTP/-1.1 200 OK": "HTTP/1.0 200 OK", "ICY 200 OK": "HTTP/1.0 200 OK",
		"HTTP/1.1": "HTTP/1.1 200", "HTTP/1.1 OK": "HTTP/1.1 200 OK", "HTTP/1.1 20 OK": "HTTP/1.1 020 OK",
		"HTTP/1.1 2000 OK": "HTTP/1.1 2000 OK", "HTTP/1.1 200OK": "HTTP/1.1 200 OK", "HTTP/1.1 0404 No": "HTTP/1.1 404 No",
		"HTTP/1.1\t200\tOK": "HTTP/1.1 200 OK", "HTTP/1.1 +200 OK": "HTTP/1.1 200 OK", "HTTP/1.1 200.1 OK": "HTTP/1.1 200 .1 OK",
	} {
		if got := mustResponse(t, line+"\r\nA: b\r\n\r\n").String(); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// A request of HTTP/0.9 is a line (RFC 1945 section 4.1).
func TestSimpleRequest(t *testing.T) {
	r := mustRequest(t, "GET /old.htm\r\nHost: a\r\n\r\n")
	if major, minor := r.Version(); r.Len() != len("GET /old.htm\r\n") || r.Get("Host") != nil || major != 0 || minor != 9 || r.KeepAlive() {
		t.Errorf("%v, %d bytes", r, r.Len())
	}
	if got := string(r.AppendURLAt(nil, "192.0.2.1")); got != "http://192.0.2.1/old.htm" {
		t.Error(got)
	}
	for _, line := range []string{"GET x", "GET /a b", "POST /", "get /", "GET", "GET ", "GET  HTTP/1.1", "GET / RTSP/1.0"} {
		if r, err := ParseRequest([]byte(line + "\r\n\r\n")); err == nil {
			t.Errorf("%q: %v", line, r)
		}
	}
}

func TestLooksLikeHTTP(t *testing.T) {
	for in, want := range map[string][2]bool{
		"":                          {false, false},
		"GET":                       {false, false},
		"GET ":                      {false, false},
		"GET /":                     {true, false},
		"\r\nPOST http":             {true, false},
		"OPTIONS *":                 {true, false},
		"OPTIONS sip:a":             {false, false},
		"CONNECT h":                 {true, false},
		"STOR /f":                   {false, false},
		"STOR /f\r\n":               {false, false},
		"get x":                     {false, false},
		"get x HTTP/1.1\r\n":        {true, false},
		"M-SEARCH * HTTP/1.1\r\nHO": {true, false},
		"INVITE sip:a SIP/2.0\r\n":  {false, false},
		"USER anonymous\r\n":        {false, false},
		"PRI * HTTP/2.0\r\n":        {false, false},
		"HTTP/":                     {false, false},
		"HTTP/1":                    {false, true},
		"ICY 2":                     {false, true},
		"ICY x":                     {false, false},
		"http/1":                    {false, true},
		"HTTP/1.":                   {false, true},
		"HTTP/1.1 200 OK\r\n":       {false, true},
		"HTTP/2.0 200 OK\r\n":       {false, true},
	} {
		if got := [2]bool{LooksLikeRequest([]byte(in)), LooksLikeResponse([]byte(in))}; got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

func TestHTTPFraming(t *testing.T) {
	for _, tt := range []struct {
		fields  string
		length  int64
		err     error
		chunked bool
	}{
		{"", -1, nil, false},
		{"Content-Length:  5 ", 5, nil, false},
		{"content-length: 5\r\nCONTENT-LENGTH: 5", 5, nil, false},
		{"Content-Length: 5, 5 ,5", 5, nil, false},
		{"Content-Length: 5\r\nContent-Length: 6", -1, wire.Malformed, false},
		{"Content-Length: 5, 6", -1, wire.Malformed, false},
		{"Content-Length: 5,", -1, wire.Malformed, false},
		{"Content-Length:", -1, wire.Malformed, false},
		{"Content-Length: -5", -1, wire.Malformed, false},
		{"Content-Length: +5", -1, wire.Malformed, false},
		{"Content-Length: 0x5", -1, wire.Malformed, false},
		{"Content-Length: 5 5", -1, wire.Malformed, false},
		{"Content-Length: 999999999999999999", 999999999999999999, nil, false},
		{"Content-Length: 99999999999999999999", -1, wire.Malformed, false},
		{"Transfer-Encoding: Chunked", -1, nil, true},
		{"Transfer-Encoding: gzip, chunked", -1, nil, true},
		{"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", -1, nil, true},
		{"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", -1, nil, false},
		{"Transfer-Encoding: chunked, gzip", -1, nil, false},
		{"Transfer-Encoding: xchunked", -1, nil, false},
	} {
		r := mustResponse(t, "HTTP/1.1 200\r\n"+tt.fields+"\r\n\r\n")
		n, err := r.ContentLength()
		if n != tt.length || !errors.Is(err, tt.err) || r.Chunked() != tt.chunked {
			t.Errorf("%q: %d, %v, chunked %v", tt.fields, n, err, r.Chunked())
		}
	}
}

func TestHTTPKeepAlive(t *testing.T) {
	for in, want := range map[string]bool{
		"1.1\r\n":                                true,
		"1.0\r\n":                                false,
		"0.9\r\n":                                false,
		"1.1\r\nConnection: close\r\n":           false,
		"1.1\r\nConnection: Upgrade , CLOSE\r\n": false,
		"1.1\r\nConnection: closed\r\n":          true,
		"1.0\r\nConnection: Keep-Alive\r\n":      true,
		"1.0\r\nConnection: keep-alive\r\nConnection: x,\r\n": true,
		"1.0\r\nConnection: keep-alive, close\r\n":            false,
		"0.9\r\nConnection: keep-alive\r\n":                   false,
	} {
		if got := mustRequest(t, "GET / HTTP/"+in+"\r\n").KeepAlive(); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// HeadLen returns the same length however a head is split.
func TestHTTPHeadLen(t *testing.T) {
	for _, head := range []string{rfcRequest, oddRequest, "GET / HTTP/1.1\n\n", "\r\nA\n\r\n", "A\r\r\n\r\r\n"} {
		b := []byte(head + "\r\n\r\nbody")
		for from := range len(head) {
			if n := HeadLen(b[:len(head)-1], from); n != 0 {
				t.Errorf("%q from %d: %d without its last byte", head, from, n)
			}
			for to := from; to <= len(head); to++ {
				if n := HeadLen(b[:to], 0); (n > 0) != (to == len(head)) {
					t.Fatalf("%q: %d in %d bytes", head, n, to)
				}
			}
			if n := HeadLen(b, from); n != len(head) {
				t.Errorf("%q from %d: %d, want %d", head, from, n, len(head))
			}
		}
	}
}

func touchHead(h head) {
	for name, value := range h.Fields() {
		if len(name) == 0 || bytes.ContainsAny(name, ":\n") {
			panic("name of a field")
		}
		if bytes.ContainsRune(AppendValue(nil, value), '\n') {
			panic("value has a line end")
		}
	}
	h.Get("Host")
	h.ContentLength()
	h.Chunked()
	h.KeepAlive()
	h.Validate()
	h.Version()
	if len(h.Bytes()) != h.Len() || HeadLen(h.b, 0) != h.Len() {
		panic("length of the head")
	}
}

func touchHTTP(b []byte) {
	if r, err := ParseRequest(b); err == nil {
		touchHead(r.head)
		r.Host()
		r.AppendURL(nil)
		if text.TokenLen(r.Method()) != len(r.Method()) || len(r.Target()) == 0 || !LooksLikeRequest(b) {
			panic("request-line")
		}
	}
	if r, err := ParseResponse(b); err == nil {
		touchHead(r.head)
		if r.Status() > 9999 || bytes.ContainsRune(r.Reason(), '\n') {
			panic("status-line")
		}
	}
	LooksLikeRequest(b)
	LooksLikeResponse(b)
}

func TestHTTPTruncated(t *testing.T) {
	for _, head := range []string{rfcRequest, oddRequest} {
		for n := range len(head) {
			if _, err := ParseRequest([]byte(head[:n])); !errors.Is(err, wire.Short) {
				t.Errorf("%q: %v", head[:n], err)
			}
		}
	}
	for n := range len(rfcResponse) {
		if _, err := ParseResponse([]byte(rfcResponse[:n])); !errors.Is(err, wire.Short) {
			t.Errorf("%q: %v", rfcResponse[:n], err)
		}
		touchHTTP([]byte(rfcResponse[:n] + "\r\n\r\n")) // every line truncated, then ended
		touchHTTP([]byte(oddRequest[:min(n, len(oddRequest))] + "\r\n\r\n"))
	}
}

func TestHTTPAllocs(t *testing.T) {
	request, response := []byte(oddRequest), []byte(rfcResponse)
	buf := make([]byte, 0, 256)
	n := testing.AllocsPerRun(100, func() {
		r, _ := ParseRequest(request)
		for _, value := range r.Fields() {
			buf = AppendValue(buf[:0], value)
		}
		buf = r.AppendURL(buf[:0])
		r.Host()
		r.ContentLength()
		r.Chunked()
		r.KeepAlive()
		s, _ := ParseResponse(response)
		s.Get("Server")
		if s.Validate() != nil || !LooksLikeRequest(request) || !LooksLikeResponse(response) {
			t.Error("the examples do not look like HTTP")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// compareFields compares h with the fields that net/http read from the same
// head.
func compareFields(t *testing.T, h head, peer http.Header, closes bool) {
	t.Helper()
	own := http.Header{}
	for name, value := range h.Fields() {
		own.Add(textproto.CanonicalMIMEHeaderKey(string(name)), string(AppendValue(nil, value)))
	}
	// Fields that net/http removes from or adds to the header.
	for _, name := range []string{"Host", "Transfer-Encoding", "Content-Length", "Trailer", "Cache-Control", "Connection"} {
		own.Del(name)
		peer.Del(name)
	}
	for _, values := range peer {
		for i, v := range values {
			values[i] = strings.TrimSpace(v) // net/http keeps a space for an empty continuation line
		}
	}
	if diff := cmp.Diff(peer, own); diff != "" {
		t.Errorf("fields of %q:\n%s", h.b, diff)
	}
	if h.KeepAlive() == closes {
		t.Errorf("%q: keep-alive %v", h.b, h.KeepAlive())
	}
}

// compareHTTP checks that we read a head as net/http does, if both accept it
// and its field names are valid.
func compareHTTP(t *testing.T, b []byte) (compared bool) {
	if r, err := ParseRequest(b); err == nil && r.Validate() == nil {
		peer, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b)))
		if err != nil {
			return false
		}
		major, minor := r.Version()
		if string(r.Method()) != peer.Method || string(r.Target()) != peer.RequestURI ||
			major != peer.ProtoMajor || minor != peer.ProtoMinor {
			t.Errorf("%q: %q %q HTTP/%d.%d", b, r.Method(), r.Target(), major, minor)
		}
		host := string(AppendValue(nil, r.Host()))
		if host != strings.TrimSpace(peer.Host) && !bytes.ContainsRune(r.Target(), '%') { // an empty continuation line leaves a space
			t.Errorf("%q: host %q, net/http has %q", b, host, peer.Host)
		}
		if n, err := r.ContentLength(); len(peer.TransferEncoding) == 0 && (err != nil || max(n, 0) != peer.ContentLength) {
			t.Errorf("%q: length %d, %v, net/http has %d", b, n, err, peer.ContentLength)
		}
		if r.Chunked() != (len(peer.TransferEncoding) > 0) && r.Get("Transfer-Encoding") != nil && minor > 0 {
			t.Errorf("%q: chunked %v", b, r.Chunked())
		}
		compareFields(t, r.head, peer.Header, peer.Close)
		return true
	}
	if r, err := ParseResponse(b); err == nil && r.Validate() == nil {
		peer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(b)), nil)
		if err != nil {
			return false
		}
		if r.Status() != peer.StatusCode || !strings.HasSuffix(strings.Trim(peer.Status, " \t\r\n"), string(r.Reason())) {
			t.Errorf("%q: %d %q", b, r.Status(), r.Reason())
		}
		closes := peer.Close
		if peer.ContentLength < 0 && len(peer.TransferEncoding) == 0 {
			closes = !r.KeepAlive() // the connection's end delimits the body, so net/http sets Close whatever the fields
		}
		compareFields(t, r.head, peer.Header, closes)
		return true
	}
	return false
}

func TestHTTPAgainstNetHTTP(t *testing.T) {
	var b bytes.Buffer
	for _, method := range []string{"GET", "POST", "CONNECT", "DELETE"} {
		b.Reset()
		r, err := http.NewRequest(method, "http://user:pw@host.example:8080/a%20b/?q=1&r", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Two", "a")
		r.Header.Add("X-Two", "b")
		r.Close = method == "POST"
		r.WriteProxy(&b)
		if !compareHTTP(t, b.Bytes()) {
			t.Errorf("%q was not compared", b.Bytes())
		}
	}
	for _, head := range []string{
		rfcRequest, rfcResponse,
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"GET / HTTP/1.0\nHost: a\nX: one\n two\nConnection: keep-alive\n\n",
		"HTTP/1.1 301 Moved Permanently\r\nConnection: close\r\nLocation: /x\r\n\r\n",
	} {
		if !compareHTTP(t, []byte(head)) {
			t.Errorf("%q was not compared", head)
		}
	}
}

func FuzzHTTPHead(f *testing.F) {
	f.Add([]byte(rfcRequest))
	f.Add([]byte(rfcResponse))
	f.Add([]byte(oddRequest))
	f.Add([]byte("CONNECT h:443 HTTP/1.1\nHost: x\nContent-Length: 1, 1\nConnection: a,close\n\n"))
	for _, b := range viewtest.CapturedPayloads(f, "http.pcap") {
		if n := HeadLen(b, 0); n > 0 && bytes.Contains(b[:n], []byte("HTTP/1")) {
			f.Add(b[:n])
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		touchHTTP(b)
		compareHTTP(t, b)
	})
}
