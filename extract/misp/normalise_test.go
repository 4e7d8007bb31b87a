package misp

import (
	"errors"
	"strings"
	"testing"
)

// What a MISP server of version 2.5 stores for a value, "" where it refuses it.
func TestNormalize(t *testing.T) {
	for _, c := range []struct {
		typ      Type
		in, want string
	}{
		{IPDst, "192.0.2.1", "192.0.2.1"},
		{IPDst, " 192.0.2.1\n", "192.0.2.1"},
		{IPDst, "192.0.2.1/32", "192.0.2.1"},
		{IPDst, "192.0.2.0/24", "192.0.2.0/24"},
		{IPDst, "192[.]0[.]2[.]1", "192.0.2.1"},
		{IPSrc, "2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
		{IPSrc, "2001:db8::1/128", "2001:db8::1"},
		{IPSrc, "::0001", "::0001"},
		{IPSrc, "::192.0.2.1", "::192.0.2.1"},
		{IPSrc, "64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
		{IPSrc, "fe80::1%eth0", ""},
		{IPSrc, "192.0.2.01", ""},
		{IPSrc, "192.0.2.256", ""},
		{IPSrc, "[2001:db8::1]", ""},
		{IPSrc, "192.0.2.1/33", ""},
		{IPSrc, "192.0.2.1:80", ""},
		{IPSrc, "12345::", ""},
		{IPSrc, "", ""},

		{Hostname, "WWW.EXAMPLE.COM", "www.example.com"},
		{Hostname, "_dmarc.example.com", "_dmarc.example.com"},
		{Hostname, "-a.example.com", "-a.example.com"},
		{Hostname, "a..example.com", "a..example.com"},
		{Hostname, "www.example.com.", ""},
		{Hostname, "example", ""},
		{Hostname, "a.b", ""},
		{Hostname, "*.example.com", ""},
		{Hostname, "www.example.com:80", ""},
		{Hostname, "foo.bar_baz", ""},
		{Hostname, "bücher.example", ""},

		{Domain, "example.com.", "example.com"},
		{Domain, "Example.COM", "example.com"},
		{Domain, "bücher.example", "xn--bcher-kva.example"},
		{Domain, "com", ""},
		{Domain, "example.c", ""},
		{Domain, "example.com:53", ""},
		{Domain, "*.example.com", ""},

		{DomainIP, "EXAMPLE.COM.|2001:DB8:0::1", "example.com|2001:db8::1"},
		{DomainIP, "example.com|192.0.2.0/24", ""},
		{DomainIP, "example.com", ""},

		{URL, "hxxp://example.com/a", "http://example.com/a"},
		{URL, "http://example[.]com/a", "http://example.com/a"},
		{URL, "/relative", "/relative"},
		{URL, "http://example.com/a\nb", ""},

		{UserAgent, "Mozilla/5.0 [.]", "Mozilla/5.0 [.]"},
		{UserAgent, "a\nb", ""},
		{UserAgent, "smile \U0001f600", "smile ?"},
		{UserAgent, "\x01\x02", ""},
		{UserAgent, "\xff", ""},
		{UserAgent, strings.Repeat("a", 65535), strings.Repeat("a", 65535)},
		{UserAgent, strings.Repeat("a", 65536), ""},
	} {
		got, err := Normalize(c.typ, c.in)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("Normalize(%s, %.60q) = %.60q, %v; want %.60q", c.typ, c.in, got, err, c.want)
		}
		if err != nil && !errors.Is(err, ErrValue) {
			t.Errorf("Normalize(%s, %.60q): %v does not wrap ErrValue", c.typ, c.in, err)
		}
	}
	if _, err := Normalize("no-such-type", "a"); !errors.Is(err, ErrType) {
		t.Errorf("an unknown type gives %v", err)
	}
}

// What is stored is stored unchanged the next time.
func FuzzNormalize(f *testing.F) {
	f.Add("192.0.2.1")
	f.Add("EXAMPLE.com.|::1")
	f.Add("hxxp://a[.]b")
	f.Fuzz(func(t *testing.T, s string) {
		for _, typ := range []Type{IPSrc, IPDst, Hostname, Domain, DomainIP, URL, UserAgent} {
			v, err := Normalize(typ, s)
			if err != nil {
				continue
			}
			if again, err := Normalize(typ, v); err != nil || typ != URL && again != v {
				t.Errorf("Normalize(%s, %q) = %q, and of that %q, %v", typ, s, v, again, err)
			}
		}
	})
}
