package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/tls"
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

// A dialogue is what the framers of line protocols have in common: both sides'
// lines, and the stage above once STARTTLS has opened it.
type dialogue struct {
	proto Proto
	lines [2]lines
	asked bool    // for TLS
	open  [2]bool // the side's bytes go to inner
	inner framer
}

// startTLS makes the bytes of both sides go to the stage above.
func (d *dialogue) startTLS(s sink) {
	d.upgrade(s, 0)
	d.upgrade(s, 1)
}

// startsTLS reports whether p is the beginning of TLS, which the client has asked
// for, and upgrades its side. The server's answer may be missing, or come later.
func (d *dialogue) startsTLS(s sink, p *piece) bool {
	if !d.asked || len(d.lines[p.side].buf.b) > 0 || p.data[0] != byte(tls.ContentHandshake) {
		return false
	}
	d.upgrade(s, p.side)
	return true
}

func (d *dialogue) upgrade(s sink, side int) {
	if d.inner == nil {
		d.inner = &probe{via: StartTLS}
	}
	d.lines[side].buf.drop(s)
	d.open[side] = true
}

// serverReply emits the server's next reply of SMTP or FTP, and returns it. Lines
// that are none are passed over.
func (d *dialogue) serverReply(s sink, p *piece) (r mail.Reply, ok bool) {
	b, ok := d.lines[p.side].until(s, p, endOfReply)
	if !ok {
		return r, false
	}
	r, err := mail.ParseReply(b)
	if err != nil {
		d.lines[p.side].done(s, p, len(b))
		return r, false
	}
	d.message(s, p, b)
	return r, true
}

// message emits b, the message that until returned, and drops it.
func (d *dialogue) message(s sink, p *piece, b []byte) {
	l := &d.lines[p.side]
	s.emit(Message{
		Proto: d.proto, FromClient: p.side == s.c.client,
		First: l.buf.first, Last: p.ref, Gap: l.buf.gap, Data: b,
	})
	l.done(s, p, len(b))
}

func (d *dialogue) end(s sink, side int) {
	d.lines[side].buf.abandon(s)
	if d.inner != nil {
		d.inner.end(s, side)
	}
}

func (d *dialogue) free(s sink) {
	d.lines[0].buf.drop(s)
	d.lines[1].buf.drop(s)
	if d.inner != nil {
		d.inner.free(s)
	}
}

// A queue holds what the commands that have no reply yet were, oldest first.
// Behind maxUnanswered of them replies are not paired any more.
type queue[K comparable] struct {
	kinds []K
	many  bool
}

// maxUnanswered bounds the commands of SMTP and POP3 that wait for their replies.
const maxUnanswered = 512

func (q *queue[K]) push(k K) {
	if len(q.kinds) >= maxUnanswered {
		q.many, q.kinds = true, nil
	}
	if !q.many {
		q.kinds = append(q.kinds, k)
	}
}

// front returns the oldest, the zero K when there is none.
func (q *queue[K]) front() (k K) {
	if len(q.kinds) > 0 {
		k = q.kinds[0]
	}
	return k
}

func (q *queue[K]) pop() {
	if len(q.kinds) > 0 {
		q.kinds = q.kinds[1:]
	}
}

// A dotReader undoes the transparency of SMTP's DATA (RFC 5321 section 4.5.2) and
// of POP3's replies (RFC 1939 section 3): a dot before a line that begins with
// one, and a line of a dot alone at the end.
type dotReader struct {
	bare  bool // lines may end in LF alone
	state dotState
}

// A dotState is what the last bytes were.
type dotState uint8

const (
	dotStart  dotState = iota // the beginning of a line
	dotInLine                 // any others
	dotCR                     // CR
	dotDot                    // a dot at the beginning of a line
	dotDotCR                  // that and CR
)

// next returns content from the beginning of data, and what follows it; over when
// the line that ends it has come. Content may be empty.
func (d *dotReader) next(data []byte) (content, rest []byte, over bool) {
	switch d.state {
	case dotDotCR:
		if data[0] == '\n' {
			return nil, data[1:], true
		}
		d.state = dotCR
		return []byte{'\r'}, data, false
	case dotDot:
		switch {
		case data[0] == '\r':
			d.state = dotDotCR
			return nil, data[1:], false
		case data[0] == '\n' && d.bare:
			return nil, data[1:], true
		}
		d.state = dotInLine
	case dotStart:
		if data[0] == '.' {
			d.state = dotDot
			return nil, data[1:], false
		}
		d.state = dotInLine
	}
	n := d.plain(data)
	return data[:n], data[n:], false
}

// plain returns the length of what is content as it is: up to a line that begins
// with a dot.
func (d *dotReader) plain(data []byte) int {
	for off := 0; ; {
		i := bytes.IndexByte(data[off:], '\n')
		if i < 0 {
			if len(data) > off {
				d.state = dotInLine
			}
			if data[len(data)-1] == '\r' {
				d.state = dotCR
			}
			return len(data)
		}
		off += i + 1
		ended := d.bare || off == 1 && d.state == dotCR || off > 1 && data[off-2] == '\r'
		d.state = dotInLine
		if ended && off == len(data) || ended && data[off] == '.' {
			d.state = dotStart
			return off
		}
		if off == len(data) {
			return off
		}
	}
}
