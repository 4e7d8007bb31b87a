package event

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
)

// urls returns the URLs of the attributes that are for requests and redirects to
// and from 203.0.113.9, and what is left out of them.
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

// A redirect is left out by the rule of its host.
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
