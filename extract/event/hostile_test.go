package event

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// Values that MISP, its page, or JSON would choke on.
func TestHostileValues(t *testing.T) {
	for _, value := range []string{
		"\xff\xfe", "a\x00b", "\x1b[31m", "\u202egnp.exe", "😀", strings.Repeat("x", 65<<10), "a|b.exe", "|", "true", "false",
		"null", "NaN", "[1,2]", `{"a":1}`, "=cmd()", "<script>", "%00", "..", "../../etc/passwd", "'\"`", "007", "1e5", " ", "\u00a0",
	} {
		head := "GET /" + value + " HTTP/1.1\r\nHost: " + value + "\r\nUser-Agent: " + value + "\r\nReferer: " + value + "\r\n\r\n"
		body := "HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"" + value + "\"\r\nLocation: " + value +
			"\r\nContent-Type: application/x-dosexec\r\nContent-Length: 2\r\n\r\nMZ"
		var c capture
		c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(1, value[:min(len(value), 63)], "example")))
		c.request("10.0.0.5", "198.51.100.7", 80, "GET / HTTP/1.0\r\n\r\n")
		c.conversation("203.0.113.1", head, body)
		c.conversation("203.0.113.2", "USER "+value+"\r\n", "220 ftp\r\n331 more\r\n")
		rep := c.report(t, extract.Options{Stream: stream.Config{Hash: stream.HashAll}})
		for _, o := range []Options{{}, {Private: true}, {All: true}} {
			acceptable(t, Of(rep, o))
		}
	}
}

// A domain generation algorithm gives far more names than the event may hold.
func TestManyNames(t *testing.T) {
	var c capture
	const names = 20_000
	for i := range names {
		c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(uint16(i), fmt.Sprintf("d%x", i*7919), "example")))
	}
	rep := c.report(t, extract.Options{})
	kept := 0
	for range rep.Queries() {
		kept++
	}
	s := Select(rep, Options{})
	acceptable(t, s.Event())
	beyond := 0
	for _, l := range s.LeftOut {
		if l.Rule == TooMany {
			beyond++
		}
	}
	if len(s.Attributes) != defaultMaxAttributes || beyond < kept-defaultMaxAttributes {
		t.Errorf("%d attributes, %d beyond the limit", len(s.Attributes), beyond)
	}
}

// A dot or NUL inside a label does not separate labels and cannot forge a name.
func TestForgedNames(t *testing.T) {
	var c capture
	for i, label := range []string{"www.bank", "www\x00bank", "www\\.bank", "www bank"} {
		c.add(build.UDP("10.0.0.5", uint16(5000+i), "192.0.2.53", 53, build.DNSQuery(1, label, "example")))
	}
	for _, a := range Select(c.report(t, extract.Options{}), Options{All: true}).Attributes {
		if a.Value == "www.bank.example" {
			t.Errorf("forged %s %q", a.Type, a.Value)
		}
	}
}
