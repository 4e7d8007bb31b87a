package stream

import (
	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/tls"
)

// A dialogue is what the framers of line protocols have in common: both sides'
// lines, and the stage above once STARTTLS has opened it.
type dialogue struct {
	proto  Proto
	lines  [2]lines
	begins func(client bool, b []byte) bool // whether b, behind a gap, may begin a line of that side
	resync [2]bool                          // bytes of the side were lost: ask begins
	asked  bool                             // for TLS
	open   [2]bool                          // the side's bytes go to inner
	inner  framer
}

// lose deals with n missing bytes. It reports whether a line was broken off, and
// not the inside of a tunnel.
func (d *dialogue) lose(s sink, side, n int) bool {
	if d.open[side] {
		d.inner.lost(s, side, n)
		return false
	}
	d.lines[side].buf.abandon(s)
	return true
}

// more reports whether p has bytes for the protocol. Those of a side that speaks
// through a tunnel go there.
func (d *dialogue) more(s sink, p *piece) bool {
	if len(p.data) == 0 {
		return false
	}
	if d.open[p.side] {
		d.inner.push(s, *p)
		return false
	}
	if d.resync[p.side] {
		d.resync[p.side] = false
		d.lines[p.side].skip = !d.begins(p.side == s.c.client, p.data)
	}
	return true
}

// clientLine returns the client's next lines, up to one that last says is the
// last, when they are there. The caller must call message or lines.done.
func (d *dialogue) clientLine(s sink, p *piece, last func(message, line []byte) bool) ([]byte, bool) {
	if d.startsTLS(s, p) {
		return nil, false
	}
	return d.lines[p.side].until(s, p, last)
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
		d.inner = &probe{via: s.via.with(StartTLS)}
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
	client, kind := p.side == s.c.client, Reply
	if client {
		kind = Command
	}
	s.emit(Message{
		Proto: d.proto, Kind: kind, FromClient: client,
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
