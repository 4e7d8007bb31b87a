package defuse

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Markdown returns s as a code span of Markdown, for running text and the cells of
// tables, cut to n characters. The empty string gives the empty string. Nothing in a
// code span is markup, except what could end it or the cell: that, MISP's references
// like @[attribute](UUID), and the characters of HTML tags are escaped as by Terminal.
func Markdown(s string, n int) string {
	if s == "" {
		return ""
	}
	s = Terminal(shorten(s, n))
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('`')
	for i := range len(s) {
		switch c := s[i]; {
		case strings.IndexByte("`|<>", c) >= 0, c == '@' && i+1 < len(s) && strings.IndexByte("[!", s[i+1]) >= 0:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('`')
	return b.String()
}

// Mermaid returns s as a label in a diagram of mermaid, cut to n characters. Of
// ASCII, it keeps letters, digits and what paths, names and addresses consist of, as
// mermaid has no escape that works in all places. Other characters that are not
// letters or digits become dots in the middle of the line. The word end, which
// mermaid reserves, stands in parentheses.
func Mermaid(s string, n int) string {
	var b, word strings.Builder
	flush := func() {
		if w := word.String(); strings.EqualFold(w, "end") {
			b.WriteString("(" + w + ")")
		} else {
			b.WriteString(w)
		}
		word.Reset()
	}
	for _, r := range shorten(s, n) {
		if r < unicode.MaxASCII && unicode.IsLetter(r) {
			word.WriteRune(r)
			continue
		}
		flush()
		switch {
		case strings.ContainsRune(" ./-_=+,:()…", r), unicode.IsLetter(r) && r <= 0xffff && r != utf8.RuneError, unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteString("·")
		}
	}
	flush()
	return b.String()
}

// shorten cuts s to n characters, with an ellipsis for the rest.
func shorten(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
