package extract

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

// The examples of RFC 3986 section 5.4, for a strict parser.
func TestResolve(t *testing.T) {
	for reference, want := range map[string]string{
		"g:h": "g:h", "g": "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/", "/g": "http://a/g",
		"//g": "http://g", "?y": "http://a/b/c/d;p?y", "g?y": "http://a/b/c/g?y", "#s": "http://a/b/c/d;p?q#s",
		"g#s": "http://a/b/c/g#s", "g?y#s": "http://a/b/c/g?y#s", ";x": "http://a/b/c/;x", "g;x": "http://a/b/c/g;x",
		"g;x?y#s": "http://a/b/c/g;x?y#s", "": "http://a/b/c/d;p?q", ".": "http://a/b/c/", "./": "http://a/b/c/",
		"..": "http://a/b/", "../": "http://a/b/", "../g": "http://a/b/g", "../..": "http://a/", "../../": "http://a/",
		"../../g": "http://a/g",

		"../../../g": "http://a/g", "../../../../g": "http://a/g", "/./g": "http://a/g", "/../g": "http://a/g",
		"g.": "http://a/b/c/g.", ".g": "http://a/b/c/.g", "g..": "http://a/b/c/g..", "..g": "http://a/b/c/..g",
		"./../g": "http://a/b/g", "./g/.": "http://a/b/c/g/", "g/./h": "http://a/b/c/g/h", "g/../h": "http://a/b/c/h",
		"g;x=1/./y": "http://a/b/c/g;x=1/y", "g;x=1/../y": "http://a/b/c/y", "g?y/./x": "http://a/b/c/g?y/./x",
		"g?y/../x": "http://a/b/c/g?y/../x", "g#s/./x": "http://a/b/c/g#s/./x", "http:g": "http:g",
	} {
		if got := resolve("http://a/b/c/d;p?q", reference); got != want {
			t.Errorf("%q: %q, want %q", reference, got, want)
		}
	}
	for _, tt := range [][3]string{ // section 5.2.3: a base without a path
		{"http://a", "g", "http://a/g"}, {"http://a", "?y", "http://a?y"}, {"http://a?q", "../g", "http://a/g"},
		{"a.example:443", "/g", "/g"}, {"a.example:443", "//b/g", "//b/g"}, {"a.example:443", "https://b/g", "https://b/g"}, // CONNECT
	} {
		if got := resolve(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%q in %q: %q, want %q", tt[1], tt[0], got, tt[2])
		}
	}
}

// answered adds a conversation of one request and one response.
func (c *capture) answered(src, dst string, port uint16, request, response string) *capture {
	const here = 40000
	c.request(src, dst, port, request)
	return c.add(build.TCP{
		Src: dst, Dst: src, SrcPort: port, DstPort: here, Seq: 1, Ack: 1 + uint32(len(request)), Flags: 0x18, Data: response,
	}.Packet())
}

// The URL of a request leads to the resource, whatever the form of its target.
func TestURLs(t *testing.T) {
	for _, tt := range []struct{ request, want string }{
		// RFC 9112 section 3.3: without a Host field, the authority is the server's.
		{"GET /a HTTP/1.0\r\n\r\n", "http://203.0.113.9/a"},
		{"GET index.php HTTP/1.0\r\n\r\n", "http://203.0.113.9/index.php"},
		{"GET ?id=1 HTTP/1.0\r\n\r\n", "http://203.0.113.9/?id=1"},
		{"OPTIONS * HTTP/1.0\r\n\r\n", "http://203.0.113.9"},
		{"GET //a HTTP/1.0\r\n\r\n", "http://203.0.113.9//a"},
		{"GET http:///x HTTP/1.0\r\n\r\n", "http:///x"},
		// RFC 3986 section 2.1: an octet is percent-encoded.
		{"GET /\xe9\xc3\xa9 HTTP/1.1\r\nHost: www.example\r\n\r\n", "http://www.example/%E9é"},
		{"GET /../../etc/passwd HTTP/1.1\r\nHost: www.example\r\n\r\n", "http://www.example/../../etc/passwd"},
	} {
		var all []string
		for q := range new(capture).answered("10.0.0.5", "203.0.113.9", 80, tt.request, "").report(t, Options{}).Requests() {
			all = append(all, q.URL)
		}
		if !cmp.Equal(all, []string{tt.want}) {
			t.Errorf("%q: %q, want %q", tt.request, all, tt.want)
		}
	}
}

func TestRedirects(t *testing.T) {
	for _, tt := range []struct{ status, location, to, host string }{
		{"302", "/b?c=d", "http://www.example/b?c=d", "www.example"},
		{"302", "/a%zz", "http://www.example/a%zz", "www.example"}, // rejected by net/url
		{"301", "b%u0041", "http://www.example/p/b%u0041", "www.example"},
		{"307", "http://user@WWW.Other.example.:8080/", "http://user@WWW.Other.example.:8080/", "www.other.example"},
		{"307", "http://[::1]:x/", "http://[::1]:x/", "::1"},
		// Escaped like a client does.
		{"302", "/a b\"\xe9", "http://www.example/a%20b%22%E9", "www.example"},
		// RFC 9110 section 10.2.2: Location of a 201 names the created resource; in a
		// 200 it has no meaning.
		{"201", "http://www.example/new", "", ""},
		{"200", "http://www.example/new", "", ""},
		{"302", "", "", ""},
	} {
		rep := new(capture).answered("10.0.0.5", "203.0.113.9", 80, "GET /p/a HTTP/1.1\r\nHost: www.example\r\n\r\n",
			"HTTP/1.1 "+tt.status+" Moved\r\nLocation: "+tt.location+"\r\nContent-Length: 0\r\n\r\n").report(t, Options{})
		var to, host string
		for d := range rep.Redirects() {
			to, host = d.To, d.Host()
		}
		if to != tt.to || host != tt.host {
			t.Errorf("%s %q: %q of host %q, want %q of %q", tt.status, tt.location, to, host, tt.to, tt.host)
		}
	}
}
