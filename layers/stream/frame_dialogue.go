package stream

import (
	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/tls"
)

// A dialogue is the common part of the framers of line protocols: the lines of
// both sides, and the TLS after STARTTLS.
type dialogue struct {
	proto  Proto
	kind   Kind // of all messages; 0: commands and replies
	lines  [2]lines
	begins func(client bool, b []byte) bool // whether b, after a gap, may begin a line of that side
	resync [2]bool                          // bytes of the side were lost: call begins
	asked  bool                             // the client asked for TLS
	agreed [2]bool                          // so did the server: the side's next byte shows whether it speaks TLS
	open   [2]bool                          // bytes of the side go to inner
	inner  framer
}

// lose processes n missing bytes. It reports whether they are missing from the
// protocol itself, not from a tunnel.
func (d *dialogue) lose(s sink, side, n int) bool {
	if d.agreed[side] && (d.agreed[1-side] || d.open[1-side]) {
		d.upgrade(s, side)
	}
	d.agreed[side] = false
	if d.open[side] {
		d.inner.lost(s, side, n)
		return false
	}
	d.lines[side].buf.abandon(s)
	return true
}

// more reports whether p has bytes for the protocol. If the side speaks through
// a tunnel, more passes them on.
func (d *dialogue) more(s sink, p *piece) bool {
	if len(p.data) == 0 {
		return false
	}
	if d.agreed[p.side] {
		d.agreed[p.side] = false
		if mayBeTLS(p.data[0]) {
			d.upgrade(s, p.side)
		}
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

// clientLine returns the client's next lines, up to the one that last accepts,
// once they have arrived. The caller must call message or lines.done.
func (d *dialogue) clientLine(s sink, p *piece, last func(message, line []byte) bool) ([]byte, bool) {
	if d.startsTLS(s, p) {
		return nil, false
	}
	return d.lines[p.side].until(s, p, last)
}

// startTLS expects TLS from both sides. A side that sends something else
// continues in cleartext, as in a capture that was decrypted in place.
func (d *dialogue) startTLS() {
	d.asked = false
	for side := range d.agreed {
		d.agreed[side] = !d.open[side]
	}
}

// mayBeTLS reports whether TLS may begin with c, the type of a record or the
// length of a hello of SSL 2. No line does.
func mayBeTLS(c byte) bool {
	return byte(tls.ContentChangeCipherSpec) <= c && c <= byte(tls.ContentApplicationData) || c == 0x80
}

// startsTLS reports whether p begins the TLS that the client has asked for, and
// if so passes its side on. The server's reply may be missing, or come later.
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

// serverReply emits and returns the server's next reply in SMTP or FTP, and its
// place. Invalid lines are skipped.
func (d *dialogue) serverReply(s sink, p *piece) (r mail.Reply, at turn, ok bool) {
	b, ok := d.lines[p.side].until(s, p, endOfReply)
	if !ok {
		return r, at, false
	}
	r, err := mail.ParseReply(b)
	if err != nil {
		d.lines[p.side].done(s, p, len(b))
		return r, at, false
	}
	at = d.turn(p, b)
	d.message(s, p, b)
	return r, at, true
}

// turn returns the place of b, which until returned, before it is dropped.
func (d *dialogue) turn(p *piece, b []byte) turn { return d.lines[p.side].buf.turnOf(len(b)) }

// message emits and drops b, which until returned.
func (d *dialogue) message(s sink, p *piece, b []byte) {
	kind := d.kind
	if kind == 0 {
		kind = Reply
		if p.side == s.c.client {
			kind = Command
		}
	}
	d.messageOf(s, p, kind, b)
}

func (d *dialogue) messageOf(s sink, p *piece, kind Kind, b []byte) {
	l := &d.lines[p.side]
	s.emit(Message{
		Proto: d.proto, Kind: kind, FromClient: p.side == s.c.client,
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
