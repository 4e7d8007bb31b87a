package extract

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sightline-go/sightline/internal/build"
)

// The examples of RFC 3986 section 5.4, as a strict parser has them.
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
	} {
		if got := resolve(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%q in %q: %q, want %q", tt[1], tt[0], got, tt[2])
		}
	}
}

// A conversation of one request and one response.
func (c *capture) answered(src, dst string, port uint16, request, response string) *capture {
	const here = 40000
	c.request(src, dst, port, request)
	return c.add(build.TCP{
		Src: dst, Dst: src, SrcPort: port, DstPort: here, Seq: 1, Ack: 1 + uint32(len(request)), Flags: 0x18, Data: response,
	}.Packet())
}

// urls returns the URLs of the attributes that are for requests and redirects to
// and from 203.0.113.9, and what is left out of them.
func urls(t *testing.T, o EventOptions, request, response string) (all, left []string) {
	t.Helper()
	o.Only = TopicSetOf(HTTP)
	s := new(capture).answered("10.0.0.5", "203.0.113.9", 80, request, response).report(t, Options{Only: o.Only}).Select(o)
	for _, a := range s.Attributes {
		if a.Type == "url" {
			all = append(all, a.Value)
		}
	}
	for _, l := range s.LeftOut {
		if l.Rule != OnlyInObject && l.Rule != AddrAsName {
			left = append(left, string(l.Rule)+": "+l.Value)
		}
	}
	return all, left
}

func TestRedirects(t *testing.T) {
	const asked = "http://www.example/p/a"
	for _, tt := range []struct {
		status, location string
		want, left       []string
	}{
		{"302", "/b?c=d", []string{"http://www.example/b?c=d", asked}, nil},
		// What net/url does not parse, such as an escape that is none.
		{"302", "/a%zz", []string{"http://www.example/a%zz", asked}, nil},
		{"301", "b%u0041", []string{asked, "http://www.example/p/b%u0041"}, nil},
		{"307", "http://10.0.0.7/%zz", []string{asked}, []string{"private address: http://10.0.0.7/%zz"}},
		{"307", "http://[::1]:x/", []string{asked}, []string{"loopback address: http://[::1]:x/"}},
		{"302", "http://198.51.100.8/", []string{asked}, []string{"address of an own network: http://198.51.100.8/"}},
		// What clients ask for then.
		{"302", "/a b\"\xe9", []string{"http://www.example/a%20b%22%E9", asked}, nil},
		// RFC 9110 section 10.2.2: what was created, and nothing at all.
		{"201", "http://www.example/new", []string{asked}, nil},
		{"200", "http://www.example/new", []string{asked}, nil},
		{"302", "", []string{asked}, nil},
	} {
		all, left := urls(t, EventOptions{Internal: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}}, "GET /p/a HTTP/1.1\r\nHost: www.example\r\n\r\n",
			"HTTP/1.1 "+tt.status+" Moved\r\nLocation: "+tt.location+"\r\nContent-Length: 0\r\n\r\n")
		if d := cmp.Diff(tt.want, all); d != "" {
			t.Errorf("%s %q (-want +got)\n%s", tt.status, tt.location, d)
		}
		if d := cmp.Diff(tt.left, left); d != "" {
			t.Errorf("%s %q left out (-want +got)\n%s", tt.status, tt.location, d)
		}
	}
}

// A URL is one that leads to the resource, whatever the request looks like.
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
		if all, _ := urls(t, EventOptions{}, tt.request, ""); !cmp.Equal(all, []string{tt.want}) {
			t.Errorf("%q: %q, want %q", tt.request, all, tt.want)
		}
	}
}
