package stream

import "github.com/sightline-go/sightline/layers"

// A connection is what is kept of a TCP connection that carries data.
type connection struct {
	Conn
	client  int // the side that is the client
	stage   probe
	waiting [2]segments // behind a gap
	missing [2]int      // bytes lost since the last delivery
	fin     [2]uint32   // sequence number of a FIN that waits for earlier data
	hasFin  [2]bool
	rival   *opening
	life    *life // of the TCP connection; nil unless Config.Connections asks for it
}

// connectionCost is what a connection and its framer take, beyond the bytes of
// incomplete messages.
const connectionCost = 1024

// setClient notes that the content shows who is the client.
func (c *connection) setClient(side int) {
	c.turn(side)
	if c.life != nil {
		c.life.contentSays(side)
	}
}

// turn turns c.Flow so that it leads from side to the other.
func (c *connection) turn(side int) {
	if side != c.client {
		c.client = side
		c.Flow = c.Flow.Reverse()
	}
}

// conversation returns t's connection, and makes it for the first data. f leads
// away from side from.
func (a *Assembler) conversation(t *tcb, from int, f layers.Flow) *connection {
	if t.conn != nil {
		return t.conn
	}
	c := &connection{client: from, Conn: Conn{Flow: f, Start: t.start}, stage: probe{via: pathOf(TCP)}, life: t.life}
	if data := a.transferOf(f); data != nil {
		c.stage.inner = [2]framer{data, data}
		if c.life != nil {
			c.life.speaks(FTPData)
		}
	}
	c.turn(int(t.client))
	t.conn = c
	a.hold(connectionCost)
	a.table.move(t, talking)
	return c
}

// fin takes a FIN behind the byte before seq.
func (a *Assembler) fin(t *tcb, from int, f layers.Flow, seq uint32) {
	h := &t.half[from]
	switch ahead := int32(seq - h.next); {
	case h.ended || ahead < 0:
	case ahead == 0:
		a.end(t, from)
	default:
		c := a.conversation(t, from, f)
		c.fin[from], c.hasFin[from] = seq, true
		a.giveUp(t, from)
	}
}

// end ends a direction, and the connection with the second one.
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

// reset ends a connection that a side has reset.
func (a *Assembler) reset(t *tcb, from int) {
	if t.life != nil {
		t.life.reset(from)
	}
	a.finish(t)
}

// endSide ends a direction, clean if the sender said itself that it was the end.
// What waits there lies behind it.
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

// finish delivers what still waits, with its gaps, and closes the connection.
func (a *Assembler) finish(t *tcb) {
	if c := t.conn; c != nil {
		for side := range t.half {
			for c.waiting[side].root != nil {
				a.skip(t, side)
			}
			if !t.half[side].ended {
				a.endSide(t, side, false)
			}
		}
		c.stage.free(sink{a: a, c: c, via: pathOf(TCP)})
		t.conn = nil
		a.hold(-connectionCost)
	}
	a.table.move(t, closed)
}

// discard drops what waits in a direction.
func (a *Assembler) discard(t *tcb, side int) {
	if t.conn != nil {
		q := &t.conn.waiting[side]
		a.hold(-q.cost)
		a.stats.Stray += int64(q.size)
		*q = segments{}
	}
}
