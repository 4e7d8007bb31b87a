package mail

import (
	"strings"
	"testing"
	"time"
)

// Comments may stand between the words of a field (RFC 2045 section 5.1: "us-ascii
// (Plain text)" is an example there).
func TestMIMEComments(t *testing.T) {
	for field, want := range map[string]string{
		"text/plain; charset=us-ascii (Plain text)":               "text/plain|us-ascii",
		"text/plain; charset=\"us-ascii\"(a)":                     "text/plain|us-ascii",
		"(a) text/plain (b (c) \\) d;) ; (e) charset (f) = (g) x": "text/plain|x",
		"text/plain; charset=\"x (a)\"":                           "text/plain|x (a)",
		"text/plain; charset=a (1).exe":                           "text/plain|a (1).exe", // a part of the value
		"text/plain; charset=a(1":                                 "text/plain|a(1",
		"text/plain; charset=a ((1)":                              "text/plain|a ((1)",
		"text/plain (a)(b); charset=x (c) (d)":                    "text/plain|x",
	} {
		p := ParseMIMEParams([]byte(field))
		if got := string(p.Value()) + "|" + p.Get("charset"); got != want {
			t.Errorf("%q: %q, want %q", field, got, want)
		}
	}
}

// Comments cost time in proportion to their length.
func TestManyComments(t *testing.T) {
	start := time.Now()
	for _, field := range []string{strings.Repeat("(", 1<<20), "a" + strings.Repeat("(", 1<<19) + strings.Repeat(")", 1<<19) + "b", strings.Repeat("a(b)c", 1<<18)} {
		ParseMIMEParams([]byte(field))
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Error(d)
	}
}
