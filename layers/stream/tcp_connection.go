package stream

import "github.com/sightline-go/sightline/layers"

// A connection is the state of a TCP connection that carries data.
type connection struct {
	Conn
	client  int // the client's side
	stage   probe
	waiting [2]segments // after a gap
	missing [2]int      // bytes lost since the last delivery
	kept    int         // the order of the last mark
	rival   *opening
	work    int64 // units of decompression that its bytes pay for
	urgent  [2]urgent
	life    *life // of the TCP connection; nil unless Config.Connections is set
	loose   bool  // what the other side has not sent yet is no longer waited for, see early
	begun   bool  // the SYNs of both sides were captured
}

// connectionCost is what a connection and its framer count as held, beyond
// incomplete messages.
const connectionCost = 1024

// setClient records the client as the content shows it.
func (c *connection) setClient(side int) {
	c.turn(side)
	if c.life != nil {
		c.life.contentSays(side)
	}
}

// turn makes c.Flow lead from side to the other.
func (c *connection) turn(side int) {
	if side != c.client {
		c.client = side
		c.Flow = c.Flow.Reverse()
	}
}

// conversation returns t's connection, creating it for the first data. f leads
// away from side from.
func (a *Assembler) conversation(t *tcb, from int, f layers.Flow) *connection {
	if t.conn != nil {
		return t.conn
	}
	c := &connection{client: from, Conn: Conn{Flow: f, Start: t.start}, life: t.life, begun: t.half[0].syn && t.half[1].syn}
	c.stage = probe{via: pathOf(TCP), middle: !t.half[0].syn && !t.half[1].syn}
	if data := a.transferOf(f); data != nil {
		c.stage.inner = [2]framer{data, data}
		if c.life != nil {
			c.life.protos.add(FTPData)
		}
	}
	c.turn(int(t.client))
	t.conn = c
	a.hold(connectionCost)
	if t.state == silent {
		a.table.move(t, talking)
	}
	return c
}

// fin processes a FIN after the byte before seq. It ends the direction when the
// receiver acknowledges it: until then it may be forged, and data may continue
// in its place.
func (a *Assembler) fin(t *tcb, from int, f layers.Flow, seq uint32) {
	h, ahead := &t.half[from], int32(seq-t.half[from].next)
	if h.ended || ahead < 0 {
		return
	}
	if ahead > 0 {
		a.conversation(t, from, f)
	}
	h.fin, h.hasFin = seq, true
	a.skipAcknowledged(t, from)
	if t.state != closed && h.over() && t.half[1-from].over() {
		a.table.move(t, ending)
	}
}

// end ends a direction, and after both the connection.
func (a *Assembler) end(t *tcb, side int) {
	a.endSide(t, side, true)
	if !t.half[1-side].ended {
		return
	}
	if t.life != nil {
		t.life.end = EndClosed
	}
	a.finish(t)
}

// reset processes a reset that the other side must accept. It ends the
// connection unless packets that follow show that nobody obeyed.
func (a *Assembler) reset(t *tcb, from int) {
	if t.wasReset {
		return
	}
	t.wasReset, t.resetter = true, uint8(from)
	if t.life != nil && !(t.half[0].over() && t.half[1].over()) {
		t.life.reset(from)
	}
	a.table.move(t, ending)
}

// continues reports whether a segment shows that its sender did not reset the
// connection: it has new data, or acknowledges more than before.
func (t *tcb) continues(from int, tcp layers.TCP, size int) bool {
	h, o := &t.half[from], &t.half[1-from]
	if !h.known || size > 0 && int32(tcp.Seq()+uint32(size)-h.next) > 0 {
		return true
	}
	return tcp.Flags().Has(layers.TCPAck) && o.known && int32(tcp.Ack()-o.acked) > 0
}

// resume continues a connection whose end nobody obeyed.
func (a *Assembler) resume(t *tcb) {
	t.wasReset = false
	if t.life != nil {
		t.life.end = 0
	}
	if t.conn != nil {
		a.table.move(t, talking)
		return
	}
	a.roomForSilent(&t.key)
	a.table.move(t, silent)
}

// endSide ends a direction. clean means that the sender ended it. Waiting
// segments are after the end, so they are dropped.
func (a *Assembler) endSide(t *tcb, side int, clean bool) {
	t.half[side].ended = true
	a.discard(t, side)
	if c := t.conn; c != nil {
		s := sink{a: a, c: c, via: pathOf(TCP), clean: clean}
		if n := c.missing[side]; n > 0 {
			c.stage.lost(s, side, n)
		}
		c.stage.end(s, side)
	}
}

// finish delivers the waiting segments, with their gaps, and closes the
// connection.
func (a *Assembler) finish(t *tcb) {
	if c := t.conn; c != nil {
		for side, ok := t.stuck(); ok; side, ok = t.stuck() {
			a.skip(t, side)
		}
		for side := range t.half {
			if !t.half[side].ended {
				a.endSide(t, side, t.half[side].over())
			}
		}
		c.stage.free(sink{a: a, c: c, via: pathOf(TCP)})
		t.conn = nil
		a.hold(-connectionCost)
	}
	a.table.move(t, closed)
}

// discard drops the waiting segments of a direction.
func (a *Assembler) discard(t *tcb, side int) {
	if t.conn != nil {
		q := &t.conn.waiting[side]
		a.hold(-q.cost)
		a.stats.Stray += int64(q.size)
		*q = segments{}
	}
}
