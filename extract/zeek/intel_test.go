package zeek_test

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/extract/zeek"
)

// types are the members of Intel::Type, with the form of their indicators (Zeek's
// documentation of base/frameworks/intel).
var types = map[string]*regexp.Regexp{
	"Intel::ADDR": regexp.MustCompile(`^[0-9a-f.:]+$`), "Intel::SUBNET": regexp.MustCompile(`^[0-9a-f.:]+/\d+$`),
	"Intel::URL": regexp.MustCompile(`(?s)^[^/]+/`), "Intel::SOFTWARE": regexp.MustCompile(`(?s).`), "Intel::EMAIL": regexp.MustCompile(`@`),
	"Intel::DOMAIN": regexp.MustCompile(`^[^/\s]+$`), "Intel::FILE_HASH": regexp.MustCompile(`^[0-9a-f]{32,64}$`),
	"Intel::FILE_NAME": regexp.MustCompile(`(?s).`), "Intel::CERT_HASH": regexp.MustCompile(`^[0-9a-f]{40}$`),
}

// read reads a file as Zeek's ASCII reader does: lines of fields between tabs, those
// that begin with # are comments, "-" stands for an absent value, and \x is followed by an octet.
func read(t *testing.T, e *misp.Event) (rows [][]string, comments []string) {
	t.Helper()
	var b bytes.Buffer
	if err := zeek.WriteIntel(&b, e); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if lines[0] != "#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url" {
		t.Fatalf("header %q", lines[0])
	}
	for _, line := range lines[1:] {
		if strings.HasPrefix(line, "#") {
			comments = append(comments, line)
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) != 5 {
			t.Fatalf("row %q", line)
		}
		for i := range row {
			row[i] = unescape(row[i])
		}
		if form := types[row[1]]; form == nil || !form.MatchString(row[0]) {
			t.Fatalf("%s %q", row[1], row[0])
		}
		rows = append(rows, row)
	}
	return rows, comments
}

var octet = regexp.MustCompile(`\\x[0-9a-f]{2}`)

func unescape(field string) string {
	if field == "-" {
		return ""
	}
	return octet.ReplaceAllStringFunc(field, func(s string) string {
		b, _ := hex.DecodeString(s[2:])
		return string(b)
	})
}

func event(values ...string) *misp.Event {
	e := &misp.Event{Info: "Case 42"}
	for i := 0; i < len(values); i += 2 {
		e.Attributes = append(e.Attributes, misp.Attribute{Type: misp.Type(values[i]), Value: values[i+1], ToIDS: true})
	}
	return e
}

func TestIntel(t *testing.T) {
	sha256 := strings.Repeat("0a", 32)
	for _, test := range []struct{ typ, value, indicator, kind string }{
		{"ip-dst", "192.0.2.1", "192.0.2.1", "Intel::ADDR"},
		{"ip-src", "2001:db8::/32", "2001:db8::/32", "Intel::SUBNET"},
		{"hostname", "www.example.com", "www.example.com", "Intel::DOMAIN"},
		{"domain|ip", "example.com|192.0.2.1", "example.com", "Intel::DOMAIN"},
		{"url", "http://example.com/a\tb#c", "example.com/a\tb", "Intel::URL"},
		{"url", "https://example.com", "example.com/", "Intel::URL"},
		{"user-agent", "-", "-", "Intel::SOFTWARE"},
		{"user-agent", "(empty)", "(empty)", "Intel::SOFTWARE"},
		{"user-agent", `#\x00 ü`, `#\x00 ü`, "Intel::SOFTWARE"},
		{"email-src", "a@example.com", "a@example.com", "Intel::EMAIL"},
		{"filename|sha256", "a.exe|" + sha256, sha256, "Intel::FILE_HASH"},
		{"md5", sha256[:32], sha256[:32], "Intel::FILE_HASH"},
		{"filename", "a.exe", "a.exe", "Intel::FILE_NAME"},
		{"x509-fingerprint-sha1", sha256[:40], sha256[:40], "Intel::CERT_HASH"},
	} {
		rows, _ := read(t, event(test.typ, test.value))
		if diff := cmp.Diff([][]string{{test.indicator, test.kind, "Sightline", "Case 42", ""}}, rows); diff != "" {
			t.Errorf("%s %s: %s", test.typ, test.value, diff)
		}
	}
}

// Values of other types are counted, those not for detection left out, and the same
// value is written once.
func TestOmitted(t *testing.T) {
	e := event("ja3-fingerprint-md5", strings.Repeat("0", 32), "ip-dst", "no address", "hostname", "a.example", "domain|ip", "a.example|192.0.2.1", "ip-dst|port", "192.0.2.1|80")
	e.Attributes = append(e.Attributes, misp.Attribute{Type: misp.IPDst, Value: "192.0.2.9"})
	rows, comments := read(t, e)
	want := []string{"# without a type in Zeek: 1 ip-dst", "# without a type in Zeek: 1 ip-dst|port", "# without a type in Zeek: 1 ja3-fingerprint-md5"}
	if diff := cmp.Diff(want, comments); diff != "" || len(rows) != 1 {
		t.Errorf("%q, %s", rows, diff)
	}
}

// No value makes another row or field, and all are as they were.
func FuzzIntel(f *testing.F) {
	for _, s := range []string{"a", "\t", "\n#", "-", `\x09`, "\xff", "(empty)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := event("user-agent", s)
		e.Attributes[0].Comment, e.Orgc.Name = s, s
		want, err := misp.Normalize(misp.UserAgent, s)
		if rows, _ := read(t, e); err == nil && want != "" && (len(rows) != 1 || rows[0][0] != want || s != "" && rows[0][3] != s) {
			t.Fatalf("%q: %q", s, rows)
		}
	})
}
