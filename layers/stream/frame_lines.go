package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/mail"
)

// A lines cuts one side of a conversation of lines, such as SMTP's, into
// commands and replies. Bytes are looked at once, however they are cut.
type lines struct {
	buf   buffer
	start int  // of the line in progress, in buf
	skip  bool // the rest of a line that is too long
}

// until returns the lines up to one that last says is the last of its message,
// when it is there. message is all lines up to then, line the last of them. The
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
		l.buf.first, l.buf.gap, l.start = p.first(), p.gap, 0
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

// firstMessage returns the length of the message that b begins with, 0 when b
// does not hold all of it.
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

// endOfReply is for replies of SMTP and FTP. All lines of a reply but the last
// have a hyphen behind the code (RFC 5321 section 4.2.1), or, in FTP, may be any
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

// endOfLine returns the length of the first line in b, its end included, 0
// when it has no end. b[:from] has none.
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
