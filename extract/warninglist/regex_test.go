package warninglist

import (
	"errors"
	"strings"
	"testing"
)

// The delimiters are the valid and invalid examples of PHP's manual
// (https://www.php.net/manual/en/regexp.reference.delimiters.php).
func TestTranslate(t *testing.T) {
	for _, test := range []struct{ entry, want string }{
		{"/foo bar/", "foo bar"},
		{"#^[^0-9]$#", "^[^0-9]$"},
		{"+php+", "php"},
		{"%[a-zA-Z0-9_-]%", "[a-zA-Z0-9_-]"},
		{"(this [is] a (pattern))", "this [is] a (pattern)"},
		{"{this [is] a (pattern)}", "this [is] a (pattern)"},
		{"[this [is] a (pattern)]", "this [is] a (pattern)"},
		{"<this [is] a (pattern)>", "this [is] a (pattern)"},
		{`/http:\/\//`, `http:\/\/`},
		{"#[a-zA-Z0-9]#i", "(?i)[a-zA-Z0-9]"},
		{"\n/a|b/imsuD\n", "(?ims)a|b"},
	} {
		got, err := translate(test.entry)
		if err != nil || got != test.want {
			t.Errorf("%q: %q, %v", test.entry, got, err)
		}
		if _, err := compile(got); err != nil {
			t.Errorf("%q: %v", test.entry, err)
		}
	}
	for _, entry := range []string{"/href='(.*)'", `/\w+\s*\w+/J`, "1-\\d3-\\d3-\\d4|", "", " ", `\a\`, "(a", "(a(b)", `/a\/`, "/a/e"} {
		if got, err := translate(entry); !errors.Is(err, ErrPattern) {
			t.Errorf("%q: %q, %v", entry, got, err)
		}
	}
}

// Slow patterns are rejected by their length and by that of their program.
func TestPatternBounds(t *testing.T) {
	for _, test := range []struct {
		entry string
		taken bool
	}{
		{"/[" + strings.Repeat("a", maxPattern-4) + "]/", true},
		{"/[" + strings.Repeat("a", maxPattern-3) + "]/", false},
		{"/(a{1,20}){1,20}/", true},
		{"/(a{1,40}){1,40}/", false},
		{"/((a{100}){100}){100}/", false},
	} {
		var p patterns
		err := p.add(test.entry)
		if (err == nil) != test.taken || len(p.res) != len(p.entries) || test.taken != (len(p.res) == 1) {
			t.Errorf("%.40q: %v", test.entry, err)
		}
	}
}
