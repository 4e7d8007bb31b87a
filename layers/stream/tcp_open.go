package stream

import "github.com/sightline-go/sightline/layers"

// captureSkew is how many bytes of a direction may have been captured before
// its SYN, if the capture is out of order.
const captureSkew = 1 << 20

// An opening is a SYN that may begin another connection between the same ports,
// but may also be forged or stray: a receiver answers it by repeating its last
// acknowledgement, and continues (RFC 9293 section 3.10.7.4, RFC 5961 section
// 4). So it counts only if later packets confirm it.
type opening struct {
	side int // the side that sent it
	isn  uint32
	ref  Ref
	wire int // length of its packet
}

// A sense is the relation of a segment to a connection.
type sense uint8

const (
	usual    sense = iota // part of it
	another               // part of another connection between the same endpoints
	doubtful              // a SYN that may begin another connection
)

// judge returns the relation of a segment to t. For another connection it
// returns the opening too, if that came earlier.
func (t *tcb) judge(from int, tcp layers.TCP) (*opening, sense) {
	flags, seq := tcp.Flags(), tcp.Seq()
	h, o := &t.half[from], &t.half[1-from]
	if c := t.conn; c != nil && c.rival != nil && c.rival.confirmed(from, tcp, h.next, t.state == ending) {
		return c.rival, another
	}
	syn, ack := flags.Has(layers.TCPSyn), flags.Has(layers.TCPAck)
	switch {
	case !syn || flags.Has(layers.TCPRst):
		return nil, usual
	case t.state <= ending:
		if ack && (h.syn && h.isn == seq || !h.syn && o.syn && o.isn+1 == tcp.Ack()) {
			return nil, usual // sent again, or after a forged reset
		}
		if t.conn != nil {
			return nil, doubtful
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

// confirmed reports whether a segment confirms the opening: the other side
// acknowledges it, or, as that packet may be missing from the capture, its own
// side continues after it. next is where the known connection continues. If that
// has ended, the other side may also refuse the opening.
func (o *opening) confirmed(from int, tcp layers.TCP, next uint32, ended bool) bool {
	flags := tcp.Flags()
	if from != o.side {
		answers := flags.Has(layers.TCPSyn|layers.TCPAck) || ended && flags.Has(layers.TCPRst|layers.TCPAck)
		return answers && tcp.Ack() == o.isn+1
	}
	return flags&(layers.TCPSyn|layers.TCPRst) == 0 && tcp.Seq() == o.isn+1 && tcp.Seq() != next
}

// synchronise learns where each direction begins: from a SYN, from the other
// side's acknowledgement, or from the first captured segment.
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
	// The SYN that counts is the one that a SYN-ACK acknowledges.
	if flags.Has(layers.TCPAck) && !o.started && (syn || !o.known) {
		a.rebase(t, 1-from, tcp.Ack())
	}
}

// rebase makes next the first byte of a direction that has delivered nothing.
// Waiting segments belong to other sequence numbers, so they are dropped.
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

// resets reports whether a reset ends the connection: it must answer the SYN,
// or be exactly at the receiver's next byte (RFC 9293 section 3.10.7.3, RFC
// 5961 section 3). That is after the delivered data, or, if only the capture
// lacks bytes, after the waiting segments, or where the receiver's
// acknowledgements say.
func (t *tcb) resets(from int, tcp layers.TCP) bool {
	h, o, seq := &t.half[from], &t.half[1-from], tcp.Seq()
	if !h.known {
		ack := tcp.Ack() // data in the SYN may have been refused
		return !tcp.Flags().Has(layers.TCPAck) || !o.known || ack == o.next || o.syn && ack == o.isn+1
	}
	if seq == h.next || seq == h.acked && int32(h.acked-h.next) > 0 || h.hasFin && seq == h.fin+1 {
		return true
	}
	if t.conn != nil {
		if s := t.conn.waiting[from].last(); s != nil {
			return seq == s.end()
		}
	}
	return false
}
