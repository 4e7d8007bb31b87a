package defuse

import (
	"testing"
	"unicode/utf8"
)

func TestTerminal(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"https://www.example/a?b=c&d", "https://www.example/a?b=c&d"},
		{"bücher.example", "bücher.example"},
		{"\x1b[2J", `\x1b[2J`},                             // ECMA-48: erase the display
		{"\x1b]0;owned\x07", `\x1b]0;owned\x07`},           // sets the title of xterm
		{"a\u009b31m", `a\u009b31m`},                       // the same control sequence by its C1 character
		{"exe.\u202efdp", `exe.\u202efdp`},                 // right-to-left override, CVE-2021-42574
		{"a\r\nb\tc", `a\x0d\x0ab\x09c`},                   // forges lines
		{"\xff\xc0\x80", `\xff\xc0\x80`},                   // not UTF-8
		{`\x1b`, `\\x1b`},                                  // a forged escape
		{"zero\u200bwidth\ufeff", `zero\u200bwidth\ufeff`}, // looks like another name
	} {
		if got := Terminal(c.in); got != c.want {
			t.Errorf("Terminal(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestCSV(t *testing.T) {
	// https://owasp.org/www-community/attacks/CSV_Injection
	for _, c := range []struct{ in, want string }{
		{"=1+1", "'=1+1"}, {"+1", "'+1"}, {"-1", "'-1"}, {"@SUM(1)", "'@SUM(1)"},
		{"\t=1", `'\x09=1`}, {"\r=1", `'\x0d=1`},
		{"www.example", "www.example"}, {"", ""}, {"a=b", "a=b"}, {`a\b`, `a\b`},
		{"a\x1b[2J", `a\x1b[2J`}, {"=a\u009b2J", `'=a\u009b2J`}, // ECMA-48, see above
	} {
		if got := CSV(c.in); got != c.want {
			t.Errorf("CSV(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzTerminal(f *testing.F) {
	for _, s := range []string{"a", "\x1b[0m", "\xff", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := Terminal(s)
		if !utf8.ValidString(out) {
			t.Fatalf("%q is not UTF-8", out)
		}
		for _, r := range out {
			if acts(r) {
				t.Fatalf("%q holds %U", out, r)
			}
		}
	})
}
