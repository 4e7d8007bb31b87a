package stream

import (
	"slices"
	"sort"
	"time"

	"github.com/sightline-go/sightline/layers"
)

// What a connection and a waiting segment count for beyond the bytes they
// hold. Both are a little more than what they take.
const (
	connectionCost = 512
	segmentCost    = 128
)

// A connection is a TCP connection with its two directions.
type connection struct {
	Conn
	key    key
	client int // the side that is the client
	side   [2]half
	stage  framer
	closed bool
	cut    bool      // the directions that end now have not come to their end
	seen   time.Time // of the last packet

	prev, next *connection // in Assembler.idle
}

// A half is one direction of a connection. Sequence numbers are compared by
// their difference, as they wrap (RFC 9293 section 3.4).
type half struct {
	next    uint32 // sequence number of the next byte to deliver
	isn     uint32 // of the SYN
	fin     uint32 // sequence number of the FIN
	known   bool   // next is valid
	syn     bool   // isn is valid
	final   bool   // fin is valid
	started bool   // something was delivered
	ended   bool   // everything was delivered

	waiting []*segment // behind a gap: in order, disjoint
	held    int        // what waiting counts for
	missing int        // bytes lost since the last delivery
}

// A segment is data that waits for earlier data.
type segment struct {
	seq  uint32
	data []byte
	ref  Ref
}

// segment takes one TCP segment. lost is how many of its bytes were not
// captured.
func (a *Assembler) segment(f layers.Flow, tcp layers.TCP, lost int, ref Ref) {
	k, from := makeKey(f)
	flags, seq, data := tcp.Flags(), tcp.Seq(), tcp.Payload()
	c := a.table[k]
	if c != nil && flags&(layers.TCPSyn|layers.TCPAck) == layers.TCPSyn && c.reopens(from, seq) {
		a.drop(c)
		c = nil
	}
	if c == nil {
		if !flags.Has(layers.TCPSyn) && len(data) == 0 {
			return
		}
		c = a.open(k, from, f, flags, ref)
	}
	a.touch(c, ref.Time)
	if c.closed {
		a.stats.Retransmitted += int64(len(data))
		return
	}
	c.synchronise(from, tcp)
	if flags.Has(layers.TCPSyn) {
		seq++
	}
	a.accept(c, from, segment{seq, data, ref}, lost)
	h := &c.side[from]
	if flags.Has(layers.TCPFin) {
		h.fin, h.final = seq+uint32(len(data)+lost), true
	}
	a.end(c, flags.Has(layers.TCPRst) && seq == h.next)
	a.limit()
}

// reopens reports whether a SYN with sequence number seq begins another
// connection between the same endpoints.
func (c *connection) reopens(from int, seq uint32) bool {
	h := &c.side[from]
	switch {
	case c.closed:
		return true
	case h.syn && h.isn == seq:
		return false // sent again
	case !c.side[0].started && !c.side[1].started:
		return false // sent again with another number
	case !h.syn && h.known && h.next-seq-1 < 1<<20:
		return false // captured late
	}
	return true
}

// open adds a connection whose first packet is f's.
func (a *Assembler) open(k key, from int, f layers.Flow, flags layers.TCPFlags, ref Ref) *connection {
	c := &connection{key: k, client: from, Conn: Conn{Flow: f, Start: ref}, stage: &probe{via: TCP, inner: a.transferOf(f)}}
	syn, ack := flags.Has(layers.TCPSyn), flags.Has(layers.TCPAck)
	if syn && ack || !syn && f.Src.Port() < f.Dst.Port() {
		c.setClient(1 - from)
	}
	a.table[k] = c
	a.idle.append(c)
	a.hold(connectionCost)
	a.stats.Conns++
	return c
}

// setClient turns c.Flow so that it leads from side to the other.
func (c *connection) setClient(side int) {
	if side != c.client {
		c.client = side
		c.Flow = c.Flow.Reverse()
	}
}

func (a *Assembler) touch(c *connection, t time.Time) {
	if t.IsZero() {
		t = a.clock
	}
	c.seen = t
	a.idle.remove(c)
	a.idle.append(c)
}

// synchronise learns where each direction begins: from a SYN, from what the
// other side acknowledges, or from the first segment that is there.
func (c *connection) synchronise(from int, tcp layers.TCP) {
	h, o := &c.side[from], &c.side[1-from]
	flags := tcp.Flags()
	syn := flags.Has(layers.TCPSyn)
	switch {
	case syn && !h.started:
		h.isn, h.next, h.syn, h.known = tcp.Seq(), tcp.Seq()+1, true, true
	case !h.known:
		h.next, h.known = tcp.Seq(), true
	}
	// The SYN that a SYN-ACK acknowledges is the one that counts.
	if flags.Has(layers.TCPAck) && !o.started && (syn || !o.known) {
		o.next, o.known = tcp.Ack(), true
	}
}

// accept delivers s and what waited for it, or makes it wait. The lost bytes
// behind it were never captured, so nothing waits for them.
func (a *Assembler) accept(c *connection, from int, s segment, lost int) {
	h := &c.side[from]
	if len(s.data) == 0 {
		return
	}
	if ahead := int32(s.seq - h.next); ahead > 0 {
		a.wait(h, s)
		for h.held > withDefault(a.MaxConn, defaultMaxConn) {
			a.skip(c, from)
		}
		return
	}
	if a.deliver(c, from, s) && lost > 0 {
		h.next += uint32(lost)
		h.missing += lost
		a.stats.Missing += int64(lost)
	}
	a.drain(c, from)
}

// deliver passes on the part of s that was not delivered before, and reports
// whether there was one.
func (a *Assembler) deliver(c *connection, from int, s segment) bool {
	h := &c.side[from]
	old := int(h.next - s.seq)
	if old >= len(s.data) {
		a.stats.Retransmitted += int64(len(s.data))
		return false
	}
	a.stats.Retransmitted += int64(old)
	p := piece{side: from, data: s.data[old:], ref: s.ref, gap: h.missing}
	h.next += uint32(len(p.data))
	h.missing, h.started = 0, true
	c.stage.push(sink{a, c, TCP}, p)
	return true
}

// drain delivers what waited and need not wait any more.
func (a *Assembler) drain(c *connection, from int) {
	h := &c.side[from]
	for len(h.waiting) > 0 && int32(h.waiting[0].seq-h.next) <= 0 {
		s := h.waiting[0]
		h.waiting[0] = nil
		h.waiting = h.waiting[1:]
		a.holdWaiting(h, -segmentCost-len(s.data))
		a.deliver(c, from, *s)
	}
	if len(h.waiting) == 0 {
		h.waiting = nil
	}
}

// skip gives up the bytes that the first waiting segment waits for.
func (a *Assembler) skip(c *connection, from int) {
	h := &c.side[from]
	gap := int(h.waiting[0].seq - h.next)
	h.missing += gap
	h.next += uint32(gap)
	a.stats.Missing += int64(gap)
	a.drain(c, from)
}

// wait keeps a copy of what s adds to the waiting segments. Bytes that are
// there already stay as they came first.
func (a *Assembler) wait(h *half, s segment) {
	i := sort.Search(len(h.waiting), func(i int) bool {
		w := h.waiting[i]
		return int32(w.seq+uint32(len(w.data))-s.seq) > 0
	})
	for len(s.data) > 0 {
		free := len(s.data)
		if i < len(h.waiting) {
			w := h.waiting[i]
			if ahead := int(int32(w.seq - s.seq)); ahead <= 0 {
				old := min(len(w.data)+ahead, len(s.data))
				a.stats.Retransmitted += int64(old)
				s.seq, s.data = s.seq+uint32(old), s.data[old:]
				i++
				continue
			} else {
				free = min(free, ahead)
			}
		}
		part := &segment{s.seq, slices.Clone(s.data[:free]), s.ref}
		h.waiting = slices.Insert(h.waiting, i, part)
		a.holdWaiting(h, segmentCost+free)
		s.seq, s.data = s.seq+uint32(free), s.data[free:]
		i++
	}
}

func (a *Assembler) holdWaiting(h *half, n int) {
	h.held += n
	a.hold(n)
}

// end closes the directions that are complete, both when reset is set.
func (a *Assembler) end(c *connection, reset bool) {
	if reset {
		a.finish(c)
		return
	}
	for side := range c.side {
		h := &c.side[side]
		if h.final && !h.ended && h.next == h.fin {
			h.ended = true
			c.stage.end(sink{a, c, TCP}, side)
		}
	}
	if c.side[0].ended && c.side[1].ended {
		a.finish(c)
	}
}

// finish delivers what still waits, with its gaps, and closes the connection.
// A closed connection stays in the table, so that segments sent again do not
// open it anew.
func (a *Assembler) finish(c *connection) {
	if c.closed {
		return
	}
	c.closed, c.cut = true, true
	for side := range c.side {
		h := &c.side[side]
		for len(h.waiting) > 0 {
			a.skip(c, side)
		}
		if !h.ended {
			h.ended = true
			c.stage.end(sink{a, c, TCP}, side)
		}
	}
	c.stage.free(sink{a, c, TCP})
	c.stage = nil
}
