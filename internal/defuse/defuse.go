// Package defuse makes text from a capture harmless for output. The sender of
// the packets controls the text, and may target a terminal or a spreadsheet.
package defuse

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Terminal returns s with everything escaped that could control a terminal or
// change how surrounding text reads: C0 and C1 control characters (such as
// ESC), bidirectional format characters, and invalid UTF-8. It doubles
// backslashes, so that an escape cannot be forged.
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

// acts reports whether a terminal does something other than display r. The
// second line has the explicit formatting characters of Unicode's bidirectional
// algorithm (UAX 9 section 2), and neighboring marks, invisible separators and
// format characters.
func acts(r rune) bool {
	return r < 0x20 || 0x7f <= r && r < 0xa0 ||
		0x200b <= r && r <= 0x200f || 0x2028 <= r && r <= 0x202e || 0x2060 <= r && r <= 0x206f ||
		r == 0x061c || r == 0xfeff
}

// CSV returns s as a cell that a spreadsheet treats as text: a cell that begins
// like a formula gets an apostrophe before it. Characters that could control a
// terminal are escaped as by Terminal. Quoting is left to encoding/csv.
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
