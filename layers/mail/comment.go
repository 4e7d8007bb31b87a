package mail

import (
	"bytes"

	"github.com/sightline-go/sightline/internal/text"
)

// ParseMIMEParams is ParseParams for a field of a mail, where comments may stand
// between the words (RFC 2045 section 5.1, RFC 5322 section 3.2.2). Parentheses
// inside an unquoted value are a part of it, as in names that senders do not
// quote.
func ParseMIMEParams(body []byte) Params {
	if bytes.IndexByte(body, '(') < 0 {
		return ParseParams(body)
	}
	return ParseParams(withoutComments(body))
}

// withoutComments returns a copy of b without comments. An unclosed one is kept.
func withoutComments(b []byte) []byte {
	out := make([]byte, 0, len(b))
	quoted := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\\' && quoted && i+1 < len(b):
			out = append(out, c)
			i++
		case c == '"':
			quoted = !quoted
		case c == '(' && !quoted:
			n := commentLen(b[i:])
			switch {
			case n == 0: // nor is a later one closed at this depth
				return append(out, b[i:]...)
			case endsWord(out), beginsWord(b[i+n:]):
				out = append(out, ' ')
			default:
				out = append(out, b[i:i+n]...)
			}
			i += n - 1
			continue
		}
		out = append(out, b[i])
	}
	return out
}

// commentLen returns the length of the comment at the start of b, 0 if it is not
// closed. Comments nest.
func commentLen(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// endsWord reports whether a comment after b stands between words.
func endsWord(b []byte) bool {
	b = text.TrimSpace(b)
	return len(b) == 0 || bytes.IndexByte([]byte(`;=/"`), b[len(b)-1]) >= 0
}

// beginsWord reports whether a comment before b stands between words.
func beginsWord(b []byte) bool {
	b = text.TrimSpace(b)
	return len(b) == 0 || bytes.IndexByte([]byte(`;=/(`), b[0]) >= 0
}
