// Package defuse makes text that comes from a capture harmless where a program
// writes it: whoever sent the packets chose the text, and may have meant it for
// a terminal or a spreadsheet.
package defuse

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Terminal returns s with everything escaped that could act on a terminal or
// change how the text around it reads: the control characters of C0 and C1
// (ESC among them), the format characters that turn the direction of text, and
// what is not UTF-8. A backslash is doubled, so that an escape cannot be forged.
func Terminal(s string) string {
	if clean(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case r == utf8.RuneError && n == 1, r < 0x80 && acts(r):
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case acts(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

func clean(s string) bool {
	i := 0
	for i < len(s) && 0x20 <= s[i] && s[i] < 0x7f && s[i] != '\\' {
		i++
	}
	for _, r := range s[i:] {
		if r == '\\' || r == utf8.RuneError || acts(r) {
			return false
		}
	}
	return true
}

// acts reports whether a terminal does something else with r than show it. The
// characters of the second line are those that Unicode's bidirectional
// algorithm (UAX 9 section 2) calls explicit, and the marks, invisible
// separators and tags beside them.
func acts(r rune) bool {
	return r < 0x20 || 0x7f <= r && r < 0xa0 ||
		0x200b <= r && r <= 0x200f || 0x2028 <= r && r <= 0x202e || 0x2060 <= r && r <= 0x206f ||
		r == 0x061c || r == 0xfeff
}

// CSV returns s as the text of a cell that a spreadsheet takes for text: one
// that begins like a formula gets an apostrophe before it. What could act on a
// terminal is escaped as Terminal does. Quoting is left to encoding/csv.
func CSV(s string) string {
	formula := s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0]))
	if strings.ContainsFunc(s, acts) {
		s = Terminal(s)
	}
	if formula {
		return "'" + s
	}
	return s
}
