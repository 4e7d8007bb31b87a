package warninglist

import (
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// load loads lists, given as alternating paths and contents.
func load(t testing.TB, files ...string) *Set {
	t.Helper()
	set, err := Load(mapFS(files...))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func mapFS(files ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return m
}

// An entry is a Hit in the tables of tests.
type entry struct{ List, Value, Entry string }

func entriesOf(hits []Hit) (all []entry) {
	for _, h := range hits {
		all = append(all, entry{h.List.Name, h.Value, h.Entry})
	}
	return all
}

// RFC 1918 and RFC 5737 networks, names of RFC 6761.
var small = []string{
	"lists/a/list.json", `{"name":"private","type":"cidr","matching_attributes":["ip-src","ip-dst","domain|ip"],
		"list":["10.0.0.0/8","172.16.0.0/12","192.168.0.0/16","10.1.0.0/16"]}`,
	"lists/b/list.json", `{"name":"documentation","type":"cidr","matching_attributes":["ip-src","ip-dst","domain|ip"],
		"list":["192.0.2.0/24","192.0.2.1","2001:db8::/32","2001:DB8:1::","10.0.0.0/8"]}`,
	"lists/c/list.json", `{"name":"names","type":"hostname","matching_attributes":["domain","hostname","domain|ip","hostname|port","url"],
		"list":["example.com","Example.ORG.",".example","0815.test","www.example.com"]}`,
	"lists/d/list.json", `{"name":"exact","type":"string","matching_attributes":["ALL"],
		"list":["localhost",".example.net","d41d8cd98f00b204e9800998ecf8427e"]}`,
	"lists/e/list.json", `{"name":"mail","type":"substring","matching_attributes":["email-src","domain|ip"],
		"list":["@throwaway.example","trash.example.com","ash","sh.e"]}`,
	"lists/f/list.json", `{"name":"numbers","type":"regex",
		"list":["/^\\+1555[0-9]{4}$/","#^(?:ABC|d/e)#i"]}`,
}

func TestMatch(t *testing.T) {
	set := load(t, small...)
	for _, test := range []struct {
		typ, value string
		want       []entry
	}{
		{"ip-src", "10.1.2.3", []entry{{"private", "10.1.2.3", "10.1.0.0/16"}, {"documentation", "10.1.2.3", "10.0.0.0/8"}}},
		{"ip-src", "172.15.255.255", nil},
		{"ip-src", "172.16.0.0", []entry{{"private", "172.16.0.0", "172.16.0.0/12"}}},
		{"ip-src", "172.31.255.255", []entry{{"private", "172.31.255.255", "172.16.0.0/12"}}},
		{"ip-src", "172.32.0.0", nil},
		{"ip-dst", "192.0.2.1", []entry{{"documentation", "192.0.2.1", "192.0.2.1/32"}}},
		{"ip-dst", "192.0.2.2", []entry{{"documentation", "192.0.2.2", "192.0.2.0/24"}}},
		{"ip-dst", "192.0.2.1/32", []entry{{"documentation", "192.0.2.1/32", "192.0.2.1/32"}}},
		{"ip-dst", "192.0.2.0/25", []entry{{"documentation", "192.0.2.0/25", "192.0.2.0/24"}}},
		{"ip-dst", "192.0.2.1/24", []entry{{"documentation", "192.0.2.1/24", "192.0.2.0/24"}}},
		{"ip-dst", "192.0.2.0/23", nil},
		{"ip-dst", "192.0.2.0/33", nil},
		{"ip-dst", "192.0.2.0/", nil},
		{"ip-dst", "2001:db8:ffff:ffff::1", []entry{{"documentation", "2001:db8:ffff:ffff::1", "2001:db8::/32"}}},
		{"ip-dst", "2001:0DB8:0001::", []entry{{"documentation", "2001:0DB8:0001::", "2001:db8:1::/128"}}},
		{"ip-dst", "2001:db9::", nil},
		{"ip-dst", "::ffff:192.0.2.1", nil},
		{"ip-dst", "2001:db8::1%eth0", nil},
		{"ip-dst", "192.0.2.01", nil},
		{"ip-dst|port", "192.0.2.1|80", nil}, // not in matching_attributes
		{"domain|ip", "a.example|192.0.2.1", []entry{{"documentation", "192.0.2.1", "192.0.2.1/32"}, {"names", "a.example", "example"}}},
		{"domain|ip", "192.0.2.7|10.9.9.9", []entry{{"private", "10.9.9.9", "10.0.0.0/8"}, {"documentation", "192.0.2.7", "192.0.2.0/24"}}},

		{"hostname", "example.com", []entry{{"names", "example.com", "example.com"}}},
		{"hostname", "www.example.com", []entry{{"names", "www.example.com", "www.example.com"}}},
		{"hostname", "a.b.EXAMPLE.com..", []entry{{"names", "a.b.EXAMPLE.com..", "example.com"}}},
		{"hostname", "a.example.org", []entry{{"names", "a.example.org", "example.org"}}},
		{"hostname", "notexample.com", nil},
		{"hostname", "example.com.evil.test", nil},
		{"hostname", "com", nil},
		{"hostname", "", nil},
		{"hostname", ".", nil},
		{"hostname", "x..example.com", []entry{{"names", "x..example.com", "example.com"}}},
		{"hostname|port", "www.0815.test|443", []entry{{"names", "www.0815.test", "0815.test"}}},
		{"url", "http://example.com", []entry{{"names", "http://example.com", "example.com"}}},
		{"url", "https://u:p@WWW.Example.com.:8443/x?y#z", []entry{{"names", "https://u:p@WWW.Example.com.:8443/x?y#z", "www.example.com"}}},
		{"url", "https://example.com@evil.test/", nil},
		{"url", "https://evil.test/?u=http://example.com/", nil},
		{"url", "https://evil.test?example.com", nil},
		{"url", "https://evil.test#@example.com", nil},
		{"url", "example.com/a//b", []entry{{"names", "example.com/a//b", "example.com"}}},
		{"url", "//example.com", []entry{{"names", "//example.com", "example.com"}}},
		{"url", "/example.com", nil},
		{"url", "http://[2001:db8::1]:80/", nil},
		{"email", "a@example.com", nil}, // not a type of the list

		{"comment", "localhost", []entry{{"exact", "localhost", "localhost"}}},
		{"comment", "LOCALHOST", nil},
		{"hostname", "www.example.net", nil}, // string lists do not match subdomains
		{"malware-sample", "a.exe|d41d8cd98f00b204e9800998ecf8427e", []entry{{"exact", "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"}}},
		{"text", "a|localhost", nil}, // not composite
		{"x|y", "localhost|localhost", []entry{{"exact", "localhost", "localhost"}}},
		{"x|y", "a|b|localhost", nil}, // at most two parts

		{"email-src", "joe@throwaway.example", []entry{{"mail", "joe@throwaway.example", "@throwaway.example"}}},
		{"email-src", "joe@throwaway.exampl", nil},
		{"email-src", "trash.examples", []entry{{"mail", "trash.examples", "ash"}}},
		{"email-src", "sssh.e", []entry{{"mail", "sssh.e", "sh.e"}}},
		{"email-dst", "joe@throwaway.example", nil},

		{"phone-number", "+15551234", []entry{{"numbers", "+15551234", `/^\+1555[0-9]{4}$/`}}},
		{"phone-number", "+155512345", nil},
		{"phone-number", "aBcD", []entry{{"numbers", "aBcD", "#^(?:ABC|d/e)#i"}}},
	} {
		if diff := cmp.Diff(test.want, entriesOf(set.Match(nil, test.typ, test.value))); diff != "" {
			t.Errorf("%s %q:\n%s", test.typ, test.value, diff)
		}
	}
}

// Match appends and keeps the existing elements.
func TestMatchAppends(t *testing.T) {
	set := load(t, small...)
	hits := set.Match(nil, "ip-dst", "10.1.2.3")
	hits = set.Match(hits, "ip-dst", "10.1.2.3")
	hits = set.Match(hits, "ip-dst", "192.0.2.1")
	want := []string{"private", "documentation", "private", "documentation", "documentation"}
	var got []string
	for _, h := range hits {
		got = append(got, h.List.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Any number of goroutines may use a Set. The test is for the race detector.
func TestMatchConcurrent(t *testing.T) {
	set := load(t, small...)
	values := []string{"a.example.com|10.1.2.3", "trash.examples|192.0.2.1", "aBcD|2001:db8::1", "localhost|"}
	var want [][]Hit
	for _, value := range values {
		want = append(want, set.Match(nil, "domain|ip", value))
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i, value := range values {
				if got := set.Match(nil, "domain|ip", value); !slices.Equal(got, want[i]) {
					t.Errorf("%q: %v, want %v", value, got, want[i])
				}
			}
		})
	}
	group.Wait()
}

// A zero Set matches nothing.
func TestMatchZero(t *testing.T) {
	for _, value := range []string{"192.0.2.1", "example.com", ""} {
		if hits := new(Set).Match(nil, "ip-dst", value); hits != nil {
			t.Errorf("%q: %v", value, hits)
		}
	}
}

func TestMatchAllocs(t *testing.T) {
	set := load(t, small[:10]...) // all but regex
	for _, test := range []struct{ typ, value string }{
		{"ip-dst", "198.51.100.7"},
		{"ip-dst", "2001:db9::7"},
		{"ip-dst", "198.51.100.0/24"},
		{"ip-dst|port", "192.0.2.1|80"},
		{"hostname", "WWW.badfiles.test"},
		{"email", "a@example.com"}, // in a list for other types
		{"url", "https://user@WWW.badfiles.test:8443/a/b?c=d"},
		{"mac-address", "00:00:5e:00:53:01"},
		{"md5", "00000000000000000000000000000000"},
		{"user-agent", "Mozilla/5.0 (X11; Linux x86_64)"},
		{"ssh-fingerprint", "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"},
	} {
		var hits []Hit
		n := testing.AllocsPerRun(100, func() { hits = set.Match(hits[:0], test.typ, test.value) })
		if n != 0 || len(hits) > 0 {
			t.Errorf("%s %q: %v allocations, %v", test.typ, test.value, n, hits)
		}
	}
}
