package misp

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// The results are the values that a MISP 2.5 server stores, or "" if it rejects them.
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
	if _, err := Normalize("no-such-type", "a"); !errors.Is(err, ErrType) || errors.Is(err, ErrValue) {
		t.Errorf("an unknown type gives %v", err)
	}
}

// Cases that are not in the vectors. "" means that a server rejects the value.
func TestNormalizeRare(t *testing.T) {
	for _, c := range []struct {
		typ      Type
		in, want string
	}{
		{"git-commit-id", "86F7e437faa5a7fce15d1ddcb9eaeaea377667b8", "86F7e437faa5a7fce15d1ddcb9eaeaea377667b8"},
		{"git-commit-id", "86f7", ""},
		{"filename|vhash", "a.exe|AB", "a.exe|ab"},
		{"filename|vhash", "|ab", ""},
		{"filename|vhash", "a|", ""},
		{"vhash", "A1", "a1"},
		{"vhash", "a\nb", ""},
		{"telfhash", "T1" + strings.Repeat("A", 70), "t1" + strings.Repeat("a", 70)},
		{"telfhash", "a", ""},
		{"cdhash", strings.Repeat("A", 42), strings.Repeat("a", 42)},
		{"cdhash", strings.Repeat("a", 39), ""},
		{"impfuzzy", "3:a:b", "3:a:b"},
		{"impfuzzy", "x:a:b", ""},
		{"cc-number", "4111 1111 1111 1111", "4111111111111111"},
		{"bin", "x", ""},
		{"bic", "deutdeff", "DEUTDEFF"},
		{"btc", "1A1zP1", "1A1zP1"},
		{"btc", "1A-", ""},
		{"anonymised", "ABC", "abc"},
		{"weakness", "CWE-x", ""},
		{"windows-service-name", "a b", "a b"},
		{"windows-service-name", "a/b", ""},
		{"uuid", "x", ""},
		{"link", "http://user@example.com:8080/x", "http://user@example.com:8080/x"},
		{"link", "http://example.com:65536/", ""},
		{"link", "http://[::1]:80/", "http://[::1]:80/"},
		{"link", "http://[::1", ""},
		{"link", "mailto:a", "mailto:a"},
		{"link", "x://", ""},
		{"link", "http://-a.example/", ""},
		{"link", "1http://a/", ""},
		{"datetime", "2020-01-02T03:04:05,5+0100", "2020-01-02T03:04:05.500000+0100"},
		{"datetime", "2020-01-02T03:04", "2020-01-02T03:04:00.000000+0000"},
		{"datetime", "2020-01-02T03", ""},
		{"datetime", "2020-01-02T03:04:61Z", ""},
		{"datetime", "2020-01-02T03:04:05.", ""},
		{"datetime", "2020-01-02T03:04:05-02:30", "2020-01-02T03:04:05.000000-0230"},
		{"datetime", "0000-01-01", ""},
		{"boolean", "\tFALSE ", "0"},
		{"aba-rtn", "021000021", "021000021"},
		{"http-method", "unlock", "UNLOCK"},
		{"eppn", "a@b", ""},
		{"regkey|value", "a|b", "a|b"},
		{"regkey|value", "a", ""},
		{"onion-address", strings.Repeat("a", 56) + ".onion", strings.Repeat("a", 56) + ".onion"},
		{"AS", "as1.1", "65537"},
		{"AS", "65536.1", ""},
		{"float", "-.5E+3", "-.5E+3"},
		{"float", "1e", ""},
		{"float", ".", ""},

		// Other times than ISO 8601. A server accepts more of them.
		{Datetime, "@-1", "1969-12-31T23:59:59.000000+0000"},
		{Datetime, "@1.x", ""},
		{Datetime, "@99999999999999", ""},
		{Datetime, "Jab  2, 2020 03:04:05", ""},
		{Datetime, "Jul 12, 2020 03:04:05.5 EDT", "2020-07-12T03:04:05.500000-0400"},
		{Datetime, "2020-01-02T03:04:05 XYZ", ""},
		{Datetime, "2020-01-02T03:04:05-24:00", ""},
		{Datetime, "9999-12-31T23:59:60", ""},
	} {
		if got, err := Normalize(c.typ, c.in); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("Normalize(%s, %.60q) = %.60q, %v; want %.60q", c.typ, c.in, got, err, c.want)
		}
	}
}

func TestCommentText(t *testing.T) {
	for in, want := range map[string]string{
		"a\nb\x1b\u0085c": "a b  c", "\xff": "\ufffd", "\U0001f600": "?",
		strings.Repeat("a", 65534) + "é": strings.Repeat("a", 65534),
		strings.Repeat("a", 65533) + "é": strings.Repeat("a", 65533) + "é",
	} {
		if got := CommentText(in); got != want {
			t.Errorf("CommentText(%.60q) = %.60q", in, got)
		}
	}
}

// Values that a server would change again after storing them, and rare forms.
func TestNormalizeStays(t *testing.T) {
	for _, c := range []struct {
		typ      Type
		in, want string
	}{
		{URL, "http://example[[.]]com/", "http://example.com/"}, // a server removes one pair of brackets at a time
		{EmailSrc, "a[AT]b@example.org", "a@b@example.org"},
		{"phone-number", "(0)0032123", "+32123"},
		{URL, "http://" + strings.Repeat("[", 9) + "." + strings.Repeat("]", 9), ""},
		{IPDst, "0:0:0:0:0:0:192.0.2.1", "::192.0.2.1"}, // the C library's format
		{IPDst, "0:0:0:0:0:0:0:100", "::100"},
		{Domain, "_sip.bücher.example", "_sip.xn--bcher-kva.example"},
		{Domain, strings.Repeat("ü", 70) + ".example", ""},
		{IPDstPort, "2001:db8::1 port 80", "2001:db8::1|80"},
		{IPDstPort, "2001:db8::1#80", "2001:db8::1|80"},
		{"uuid", "5d8dc046-15a1-4ca3-a09f-ed4ede7c4487", "5d8dc046-15a1-4ca3-a09f-ed4ede7c4487"},
		{"weakness", "cwe-79", "CWE-79"},
		{"iban", "de89 3704", "DE893704"},
		{"cortex", `{"a":1}`, `{"a":1}`},
		{"cortex", "{", ""},
		{"filename|impfuzzy", "a|3:b:c", ""},
		{"filename|tlsh", "a|T1" + strings.Repeat("A", 40), "a|t1" + strings.Repeat("a", 40)},
		{"regkey|value", "HKLM|\x01", ""},
		{SSHFingerprint, "SHA256:mVPwvezndPv/ARoIadVY98vAC0g+P/5633yTC4d\n/wXE", ""},
	} {
		if got, err := Normalize(c.typ, c.in); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("Normalize(%s, %.60q) = %.60q, %v; want %.60q", c.typ, c.in, got, err, c.want)
		}
	}
}

// An error quotes only the beginning of a long value.
func TestNormalizeErrorIsShort(t *testing.T) {
	_, err := Normalize(Hostname, strings.Repeat("\x1b", 1<<20))
	if err == nil || len(err.Error()) > 600 || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
}

func TestFormatTime(t *testing.T) {
	at := time.Date(2020, 1, 2, 4, 4, 5, 123456789, time.FixedZone("", 3600))
	if got := FormatTime(at); got != "2020-01-02T03:04:05.123456+0000" {
		t.Error(got)
	}
	if v, err := Normalize(Datetime, FormatTime(at)); err != nil || v != FormatTime(at) {
		t.Error(v, err)
	}
	for _, none := range []time.Time{{}, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if got := FormatTime(none); got != "" {
			t.Errorf("%v gives %q", none, got)
		}
	}
}

// Normalizing a result again does not change it, and a result follows the rules for
// all values.
func FuzzNormalize(f *testing.F) {
	b, err := os.ReadFile("testdata/vectors.tsv")
	if err != nil {
		f.Fatal(err)
	}
	all := slices.Collect(Types())
	for line := range strings.Lines(string(b)) {
		if fields := strings.Split(line, "\t"); len(fields) >= 3 {
			f.Add(uint8(max(0, slices.Index(all, Type(fields[0])))), strings.Trim(fields[1], `"`))
		}
	}
	f.Add(uint8(slices.Index(all, Type("filename|tlsh"))), "a|t1"+strings.Repeat("a", 40))
	f.Add(uint8(slices.Index(all, Type("phone-number"))), "(0)0032123")
	f.Add(uint8(slices.Index(all, Type("aba-rtn"))), "\f\n0")
	f.Fuzz(func(t *testing.T, n uint8, s string) {
		typ := all[int(n)%len(all)]
		v, err := Normalize(typ, s)
		if err != nil {
			if !errors.Is(err, ErrValue) {
				t.Errorf("Normalize(%s, %q): %v", typ, s, err)
			}
			return
		}
		if again, err := Normalize(typ, v); err != nil || again != v {
			t.Errorf("Normalize(%s, %q) = %q, and applied again %q, %v", typ, s, v, again, err)
		}
		switch {
		case v == "" || len(v) > maxValue || !utf8.ValidString(v):
			t.Errorf("Normalize(%s, %q) = %q: empty, too long or invalid UTF-8", typ, s, v)
		case typ.Composite() && strings.Count(v, "|") != 1:
			t.Errorf("Normalize(%s, %q) = %q: not exactly one |", typ, s, v)
		case strings.Contains(v, "\n") && !manyLines[typ]:
			t.Errorf("Normalize(%s, %q) = %q: contains a line feed", typ, s, v)
		}
	})
}

// manyLines are the types whose values may have several lines.
var manyLines = map[Type]bool{
	"mutex": true, "process-state": true, "snort": true, "bro": true, "zeek": true, "suricata": true, CommunityID: true,
	"anonymised": true, "pattern-in-file": true, PatternInTraffic: true, "pattern-in-memory": true, "filename-pattern": true,
	"pgp-public-key": true, "pgp-private-key": true, "yara": true, "stix2-pattern": true, "sigma": true, "gene": true,
	"kusto-query": true, MIMEType: true, "identity-card-number": true, Cookie: true, Attachment: true, MalwareSample: true,
	Comment: true, Text: true, Other: true, "cpe": true, EmailAttachment: true, EmailBody: true, EmailHeader: true,
	"first-name": true, "middle-name": true, "last-name": true, "full-name": true,
	// PHP's is_numeric accepts white space around a number.
	"aba-rtn": true, "bank-account-nr": true, "float": true,
	// The server's checks of these do not exclude line feeds.
	HTTPMethod: true, "impfuzzy": true, "telfhash": true, "windows-service-name": true, "windows-service-displayname": true,
	"cortex": true,
}
