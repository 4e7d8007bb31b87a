package event

import (
	"testing"

	"github.com/sightline-go/sightline/extract"
)

// The examples follow the ends in a number checker and the IPv4 number parser
// of the WHATWG URL standard.
func TestEndsInNumber(t *testing.T) {
	for host, want := range map[string]bool{
		"203.000.113.033": true, "203.28961": true, "1.2.3.4.5": true, "a.0": true, "1.2.3.4.": true, "7": true,
		"0x7f.1": true, "a.0x": true, "a.0X1F": true, "foo.09": true,
		"": false, ".": false, "a.example": false, "1.example": false, "a.1b": false, "a.0xg": false, "a.x0": false, "a.-1": false, "a.1-1": false,
	} {
		if got := endsInNumber(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

// A host that ends in a number is not a name, but its URL is reported.
func TestNumberAsName(t *testing.T) {
	const host = "203.000.113.033"
	if got := nameRule(host); got != NumberName {
		t.Errorf("rule %q", got)
	}
	s := newSelector(new(extract.Report), Options{})
	if got := s.hostRule(host); got != "" {
		t.Errorf("the rule of its URL is %q", got)
	}
}
