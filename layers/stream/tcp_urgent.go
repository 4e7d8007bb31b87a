package stream

import "github.com/sightline-go/sightline/layers"

// An urgent is the place of a byte that a program does not receive with the rest
// of its data. As in Linux, there is one in a direction at a time, and a later one
// replaces it.
type urgent struct {
	seq     uint32
	pending bool
}

// urge processes the urgent pointer of a segment with data of size bytes. It points
// to the byte after the urgent one (RFC 6093 section 3.1). In Linux, 0 stands for the
// first byte.
func (a *Assembler) urge(t *tcb, from int, f layers.Flow, tcp layers.TCP, size int) {
	seq := tcp.Seq()
	if p := tcp.UrgentPointer(); p > 0 {
		seq += uint32(p) - 1
	}
	if h := &t.half[from]; int32(seq-h.next) < 0 || h.ended || size == 0 && t.conn == nil {
		return
	}
	a.conversation(t, from, f).urgent[from] = urgent{seq, true}
}

// pushWithout pushes p, which begins at seq, without the urgent byte.
func (u *urgent) pushWithout(c *connection, s sink, p piece, seq uint32) {
	at := int(int32(u.seq - seq))
	if at >= len(p.data) {
		c.stage.push(s, p)
		return
	}
	u.pending = false
	if at < 0 { // its bytes are missing
		c.stage.push(s, p)
		return
	}
	rest := p
	p.data, rest.data, rest.gap = p.data[:at], p.data[at+1:], 0
	if len(p.data) > 0 {
		c.stage.push(s, p)
	} else {
		rest.gap = p.gap
	}
	if len(rest.data) > 0 {
		c.stage.push(s, rest)
	}
}
