package event

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
)

// urls returns the URLs that are attributes, and the values left out, of a
// request to 203.0.113.9 and its response.
func urls(t *testing.T, o Options, request, response string) (all, left []string) {
	t.Helper()
	o.Only = extract.TopicSetOf(extract.HTTP)
	s := Select(new(capture).answered("10.0.0.5", "203.0.113.9", 80, request, response).report(t, extract.Options{Only: o.Only}), o)
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

// The rule for its host excludes a redirect.
func TestRedirects(t *testing.T) {
	const asked = "http://www.example/p/a"
	for _, tt := range []struct {
		status, location string
		want, left       []string
	}{
		{"302", "/b?c=d", []string{asked, "http://www.example/b?c=d"}, nil},
		// Invalid escapes, which net/url refuses.
		{"302", "/a%zz", []string{asked, "http://www.example/a%zz"}, nil},
		{"301", "b%u0041", []string{asked, "http://www.example/p/b%u0041"}, nil},
		{"307", "http://10.0.0.7/%zz", []string{asked}, []string{"private address: http://10.0.0.7/%zz"}},
		{"307", "http://[::1]:x/", []string{asked}, []string{"loopback address: http://[::1]:x/"}},
		{"302", "http://198.51.100.8/", []string{asked}, []string{"address in an -internal network: http://198.51.100.8/"}},
		// Clients escape these bytes.
		{"302", "/a b\"\xe9", []string{asked, "http://www.example/a%20b%22%E9"}, nil},
		// Not redirects: Location of the created resource, or without a meaning
		// (RFC 9110 section 10.2.2).
		{"201", "http://www.example/new", []string{asked}, nil},
		{"200", "http://www.example/new", []string{asked}, nil},
		{"302", "", []string{asked}, nil},
		{"302", "mailto:a@b.example", []string{asked}, []string{"not a full URL: mailto:a@b.example"}},
		{"302", "http:b", []string{asked}, []string{"not a full URL: http:b"}},
		{"302", "http://u@:80/b", []string{asked}, []string{"not a full URL: http://u@:80/b"}},
	} {
		all, left := urls(t, Options{Internal: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}}, "GET /p/a HTTP/1.1\r\nHost: www.example\r\n\r\n",
			"HTTP/1.1 "+tt.status+" Moved\r\nLocation: "+tt.location+"\r\nContent-Length: 0\r\n\r\n")
		if d := cmp.Diff(tt.want, all); d != "" {
			t.Errorf("%s %q (-want +got)\n%s", tt.status, tt.location, d)
		}
		if d := cmp.Diff(tt.left, left); d != "" {
			t.Errorf("%s %q left out (-want +got)\n%s", tt.status, tt.location, d)
		}
	}
}

// A target without a scheme or a host never is a URL or for detection, as it would
// match requests to any server.
func TestNotURL(t *testing.T) {
	for _, line := range []string{
		"CONNECT /", "CONNECT h.example:443", "CONNECT //h.example/x", "CONNECT /?u=http://h.example/", "GET http:///x", "GET http://:80/x", "GET http://u@?q",
	} {
		_, target, _ := strings.Cut(line, " ")
		request, response := line+" HTTP/1.1\r\nHost: www.example\r\n\r\n", "HTTP/1.1 302 Moved\r\nLocation: ../y\r\nContent-Length: 0\r\n\r\n"
		if all, left := urls(t, Options{Private: true}, request, response); len(all) > 0 || !slices.Contains(left, "not a full URL: "+target) {
			t.Errorf("%s: URLs %q, left out %q", line, all, left)
		}
		s := Select(new(capture).answered("10.0.0.5", "203.0.113.9", 80, request, response).report(t, extract.Options{}), Options{All: true})
		var uris []string
		for _, a := range s.Attributes {
			if a.Type == "url" || a.Type == "uri" && a.ToIDS {
				t.Errorf("%s: %s %q, for detection: %v", line, a.Type, a.Value, a.ToIDS)
			}
			if a.Type == "uri" {
				uris = append(uris, a.Value)
			}
		}
		if !slices.Contains(uris, target) {
			t.Errorf("%s: Options.All gives %q", line, uris)
		}
	}
}
