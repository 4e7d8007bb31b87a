package event

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
)

// namesOf returns the attributes with a name, and their rules.
func namesOf(t *testing.T, c *capture) (names []string) {
	t.Helper()
	for _, a := range Select(c.report(t, extract.Options{}), Options{}).Attributes {
		if a.Type == "domain" || a.Type == "hostname" || a.Type == "domain|ip" {
			names = append(names, fmt.Sprintf("%s %s: %s", a.Type, a.Value, a.Rule))
		}
	}
	return names
}

// What an UPDATE adds to a zone is an indicator, the zone is not (RFC 2136).
func TestUpdate(t *testing.T) {
	var c capture
	c.add(build.UDP("198.51.100.5", 5000, "192.0.2.53", 53, []byte("\x00\x09\x28\x00\x00\x01\x00\x00\x00\x01\x00\x00"+
		"\x03dyn\x07example\x00\x00\x06\x00\x01"+
		"\x04evil\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xcb\x00\x71\x07")))
	if diff := cmp.Diff([]string{"domain|ip evil.dyn.example|203.0.113.7: not contacted"}, namesOf(t, &c)); diff != "" {
		t.Error(diff)
	}
}

// An address hint of an HTTPS record connects its name with the host that was
// contacted, and the target is an alias (RFC 9460).
func TestAddressHint(t *testing.T) {
	var c capture
	c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, []byte("\x00\x09\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"+
		"\x03www\x07example\x00\x00\x41\x00\x01")))
	c.add(build.UDP("192.0.2.53", 53, "10.0.0.5", 5000, []byte("\x00\x09\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"+
		"\x03www\x07example\x00\x00\x41\x00\x01"+
		"\xc0\x0c\x00\x41\x00\x01\x00\x00\x00\x3c\x00\x1b"+
		"\x00\x01\x03svc\x03cdn\x07example\x00\x00\x04\x00\x04\xcb\x00\x71\x07")))
	c.conversation("203.0.113.7", "hello", "hello")
	if diff := cmp.Diff([]string{
		"domain www.example: contacted name", "domain|ip www.example|203.0.113.7: contacted name", "hostname svc.cdn.example: alias",
	}, namesOf(t, &c)); diff != "" {
		t.Error(diff)
	}
}
