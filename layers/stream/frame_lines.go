package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/mail"
)

// A lines splits one side of a line protocol, such as SMTP, into commands and
// replies. No byte is searched twice, however the bytes are split.
type lines struct {
	buf   buffer
	start int  // in buf, of the current line
	skip  bool // inside a line that is too long
}

// until returns the lines up to the one that last accepts, once it has arrived.
// last is passed all lines so far as message, and the last of them as line. The
// caller must call done.
func (l *lines) until(s sink, p *piece, last func(message, line []byte) bool) ([]byte, bool) {
	if l.skip {
		i := bytes.IndexByte(p.data, '\n')
		if i < 0 {
			p.data = nil
			return nil, false
		}
		p.data, l.skip = p.data[i+1:], false
	}
	if len(l.buf.b) == 0 {
		l.buf.begin(p)
		l.start = 0
		if n := firstMessage(p.data, last); n > 0 {
			return p.data[:n:n], true
		}
	}
	limit := withDefault(s.a.MaxMessage, defaultMaxMessage)
	for len(p.data) > 0 {
		n := endOfLine(p.data, 0)
		whole := n > 0
		if !whole {
			n = len(p.data)
		}
		if len(l.buf.b)+n > limit {
			s.a.stats.TooLong++
			l.buf.drop(s)
			p.data, l.skip = p.data[n:], !whole
			return nil, false
		}
		l.buf.add(s, p, n)
		if whole && last(l.buf.b, l.buf.b[l.start:]) {
			return l.buf.b[:len(l.buf.b):len(l.buf.b)], true
		}
		if whole {
			l.start = len(l.buf.b)
		}
	}
	return nil, false
}

// firstMessage returns the length of the message at the beginning of b, or 0 if
// it is incomplete.
func firstMessage(b []byte, last func(message, line []byte) bool) int {
	for off := 0; ; {
		n := endOfLine(b[off:], 0)
		if n == 0 {
			return 0
		}
		if last(b[:off+n], b[off:off+n]) {
			return off + n
		}
		off += n
	}
}

// done drops the message of n bytes that until returned.
func (l *lines) done(s sink, p *piece, n int) {
	l.buf.done(s, p, n)
	l.start = 0
}

// oneLine is for messages of one line.
func oneLine(_, _ []byte) bool { return true }

// endOfReply is for replies of SMTP and FTP. Every line of a reply but the last
// has a hyphen after the code (RFC 5321 section 4.2.1), or, in FTP, may be any
// text that does not begin with the code and a space (RFC 959 section 4.2).
func endOfReply(message, line []byte) bool {
	if len(message) < 4 || message[3] != '-' || !isCode(message) {
		return true
	}
	return len(line) >= 4 && line[3] != '-' && isCode(line) && bytes.Equal(line[:3], message[:3])
}

// isCode reports whether b begins with a reply code.
func isCode(b []byte) bool {
	_, err := mail.ParseReply(b)
	return err == nil
}

// endOfLine returns the length of the first line in b, with its line end, or 0
// if there is no line end. b[:from] is known to have none.
func endOfLine(b []byte, from int) int {
	i := bytes.IndexByte(b[from:], '\n')
	if i < 0 {
		return 0
	}
	return from + i + 1
}

// equalFold reports whether b equals s, which is in upper case, ignoring case.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if c&^0x20 != s[i] {
			return false
		}
	}
	return true
}
