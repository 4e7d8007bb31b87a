package stream

import "github.com/sightline-go/sightline/layers"

// captureSkew is how many bytes of a direction may have been captured before
// its SYN, when packets were captured out of order.
const captureSkew = 1 << 20

// An opening is a SYN that may begin another connection of the same ports, and
// may as well be forged, or meant for nobody: a receiver answers it by repeating
// what it has acknowledged, and goes on (RFC 9293 section 3.10.7.4, RFC 5961
// section 4). So it counts only when what follows confirms it.
type opening struct {
	side int // whose SYN it is
	isn  uint32
	ref  Ref
	wire int // length of its packet
}

// A sense says what a segment is to a connection.
type sense uint8

const (
	usual    sense = iota // a part of it
	another               // a part of another between the same endpoints
	doubtful              // a SYN that may begin another
)

// judge says what a segment is to t. Of another connection it returns the
// opening, when that came before.
func (t *tcb) judge(from int, tcp layers.TCP) (*opening, sense) {
	flags, seq := tcp.Flags(), tcp.Seq()
	h, o := &t.half[from], &t.half[1-from]
	if c := t.conn; c != nil && c.rival != nil && c.rival.confirmed(from, tcp, h.next) {
		return c.rival, another
	}
	syn, ack := flags.Has(layers.TCPSyn), flags.Has(layers.TCPAck)
	switch {
	case !syn || flags.Has(layers.TCPRst):
		return nil, usual
	case t.state == closed:
		if ack && h.syn && h.isn == seq {
			return nil, usual // sent again
		}
		return nil, another
	case h.syn && h.isn == seq, !h.known:
		return nil, usual
	case !h.syn && h.next-seq-1 < captureSkew:
		return nil, usual // captured late
	case !h.started && (ack || !o.seen):
		return nil, usual // sent again with another number
	}
	return nil, doubtful
}

// confirmed reports whether a segment shows that the opening counts: the other
// side acknowledges it, or, as that may have escaped the capture, its own side
// goes on from it. next is where the connection itself goes on.
func (o *opening) confirmed(from int, tcp layers.TCP, next uint32) bool {
	flags := tcp.Flags()
	if from != o.side {
		return flags.Has(layers.TCPSyn|layers.TCPAck) && tcp.Ack() == o.isn+1
	}
	return flags&(layers.TCPSyn|layers.TCPRst) == 0 && tcp.Seq() == o.isn+1 && tcp.Seq() != next
}

// synchronise learns where each direction begins: from a SYN, from what the
// other side acknowledges, or from the first segment that is there.
func (a *Assembler) synchronise(t *tcb, from int, tcp layers.TCP) {
	h, o := &t.half[from], &t.half[1-from]
	flags, seq := tcp.Flags(), tcp.Seq()
	syn := flags.Has(layers.TCPSyn)
	h.seen = true
	switch {
	case syn && !h.started:
		h.isn, h.syn = seq, true
		a.rebase(t, from, seq+1)
	case syn && !h.syn:
		h.isn, h.syn = seq, true
	case !h.known:
		h.begins(seq)
	}
	// The SYN that a SYN-ACK acknowledges is the one that counts.
	if flags.Has(layers.TCPAck) && !o.started && (syn || !o.known) {
		a.rebase(t, 1-from, tcp.Ack())
	}
}

// rebase makes next the first byte of a direction of which nothing was
// delivered. What waits there belongs to other numbers.
func (a *Assembler) rebase(t *tcb, side int, next uint32) {
	h := &t.half[side]
	if h.known && h.next == next {
		return
	}
	acked := h.acked
	near := h.known && acked-next < captureSkew
	h.begins(next)
	if near {
		h.acked = acked
	}
	a.discard(t, side)
}

// resets reports whether a reset ends the connection: it must answer the SYN, or
// be exactly where the receiver is (RFC 9293 section 3.10.7.3, RFC 5961 section
// 3). The receiver is behind what was delivered, or, when the capture alone lacks
// bytes, behind what waits or farther on where it says itself.
func (t *tcb) resets(from int, tcp layers.TCP) bool {
	h, o, seq := &t.half[from], &t.half[1-from], tcp.Seq()
	if !h.known {
		ack := tcp.Ack() // data in the SYN may have been refused
		return !tcp.Flags().Has(layers.TCPAck) || !o.known || ack == o.next || o.syn && ack == o.isn+1
	}
	if seq == h.next || seq == h.acked && int32(h.acked-h.next) > 0 || h.ended && seq == h.next+1 {
		return true
	}
	if t.conn != nil {
		if s := t.conn.waiting[from].last(); s != nil {
			return seq == s.end()
		}
	}
	return false
}
