package mail

import (
	"bytes"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
)

// Addresses returns the mailboxes in the body of an address field such as From
// or To (RFC 5322 section 3.4): the display name as sent, or nil, and the
// address without angle brackets, route and surrounding white space. It expands
// groups, and skips comments and addresses without an @, which are local to the
// sender's host.
func Addresses(body []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(display, addr []byte) bool) {
		quotes := quotesEnd(body)
		for b := body; len(b) > 0; {
			var display, addr []byte
			display, addr, b = cutMailbox(b, quotes)
			if bytes.IndexByte(addr, '@') >= 0 && !yield(display, addr) {
				return
			}
		}
	}
}

// cutMailbox returns the mailbox at the start of b and the rest. quotes says
// whether quoted-strings, comments and domain-literals are recognized.
func cutMailbox(b []byte, quotes bool) (display, addr, rest []byte) {
	open, first, last, i := -1, -1, -1, 0
scan:
	for ; i < len(b); i++ {
		at := i
		switch c := b[i]; {
		case quotes && (c == '"' || c == '(' || c == '['):
			i += quotedLen(b[i:]) - 1
			if c == '(' {
				continue
			}
		case c == '<' && open < 0:
			open = i
		case c == '>' && open >= 0:
			return trimDisplay(b[:open]), cutRoute(text.TrimSpace(b[open+1 : i])), skipMailbox(b[i+1:])
		case c == ',' && (open < 0 || b[open+1] != '@'), c == ';':
			break scan
		case c == ':' && open < 0:
			return nil, nil, b[i+1:] // the name of a group
		case text.IsSpace(c) || c == '\r' || c == '\n':
			continue
		}
		if first < 0 {
			first = at
		}
		last = i
	}
	rest = b[min(i+1, len(b)):]
	switch {
	case open >= 0:
		return trimDisplay(b[:open]), cutRoute(text.TrimSpace(b[open+1 : i])), rest
	case first >= 0:
		return nil, b[first : last+1 : last+1], rest
	}
	return nil, nil, rest
}

// skipMailbox skips the comma or semicolon after an address. Only a comment can
// come before it, and may contain one.
func skipMailbox(b []byte) []byte {
	b = text.TrimSpace(b)
	if len(b) > 0 && b[0] == '(' {
		return b
	}
	if len(b) > 0 && (b[0] == ',' || b[0] == ';') {
		return b[1:]
	}
	return b
}

// quotesEnd reports whether all quoted-strings, comments and domain-literals in
// b (RFC 5322 section 3.2) are terminated.
func quotesEnd(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if c := b[i]; c == '"' || c == '(' || c == '[' {
			n := quotedLen(b[i:])
			if n == 0 {
				return false
			}
			i += n - 1
		}
	}
	return true
}

// quotedLen returns the length of the quoted-string, comment or domain-literal
// at the start of b, 0 if unterminated. Comments nest.
func quotedLen(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\\':
			i++
		case b[0] == '(' && c == '(':
			depth++
		case b[0] == '(' && c == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case b[0] == '"' && c == '"' && i > 0, b[0] == '[' && c == ']':
			return i + 1
		}
	}
	return 0
}

func trimDisplay(b []byte) []byte {
	if b = text.TrimSpace(b); len(b) > 0 {
		return b
	}
	return nil
}

// cutRoute removes a source route (RFC 5322 section 4.4): @a,@b:user@host.
func cutRoute(addr []byte) []byte {
	if len(addr) > 0 && addr[0] == '@' {
		if i := bytes.IndexByte(addr, ':'); i >= 0 {
			return addr[i+1:]
		}
	}
	return addr
}
