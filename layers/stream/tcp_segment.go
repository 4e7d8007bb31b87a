package stream

import "github.com/sightline-go/sightline/layers"

// segment takes a TCP segment of f, with its data s as they came. lost is how
// many of its bytes were not captured, wire the length of its packet.
func (a *Assembler) segment(f layers.Flow, tcp layers.TCP, s segment, lost, wire int) {
	k, from := makeKey(f)
	size := len(s.data) + lost
	t := a.find(&k, from, f, tcp.Flags(), s.ref, size)
	if t == nil {
		return
	}
	o, sense := t.judge(from, tcp)
	if sense == another {
		t = a.replace(t, &k, from, f, tcp, o, s.ref)
	}
	if t.life != nil {
		t.life.count(from, tcp.Flags(), wire, s.ref)
	}
	switch {
	case sense == doubtful:
		a.touch(t)
		a.conversation(t, from, f).rival = &opening{from, tcp.Seq(), s.ref, wire}
	case t.bare:
		a.touch(t)
	case t.state == closed:
		a.stats.Retransmitted += int64(len(s.data))
	default:
		a.touch(t)
		a.obey(t, from, f, tcp, s, lost)
	}
}

// find returns the connection of a packet, and opens one if it begins one: by a
// SYN, or by data. What neither has nor belongs to a connection is nobody's,
// unless all connections are asked for: then it opens a bare one.
func (a *Assembler) find(k *key, from int, f layers.Flow, flags layers.TCPFlags, ref Ref, size int) *tcb {
	t := a.table.find(k)
	begins := !flags.Has(layers.TCPRst) && (flags.Has(layers.TCPSyn) || size > 0)
	switch {
	case t == nil && (begins || a.Connections):
		t = a.open(k, from, f, guessClient(from, f, flags), ref)
		t.bare = !begins
	case t != nil && t.bare && begins:
		t.bare, t.start, t.client = false, ref, uint8(guessClient(from, f, flags))
	}
	return t
}

// replace ends t, whose ports another connection uses now: the one that o, a SYN
// that came before, opened, or, when that is nil, this packet.
func (a *Assembler) replace(t *tcb, k *key, from int, f layers.Flow, tcp layers.TCP, o *opening, ref Ref) *tcb {
	if o == nil {
		a.drop(t, EndReplaced)
		return a.open(k, from, f, guessClient(from, f, tcp.Flags()), ref)
	}
	if t.life != nil {
		t.life.uncount(o)
	}
	a.drop(t, EndReplaced)
	if o.side != from {
		f = f.Reverse()
	}
	t = a.open(k, o.side, f, o.side, o.ref)
	if t.life != nil {
		t.life.count(o.side, layers.TCPSyn, o.wire, o.ref)
	}
	return t
}

// obey does what a segment asks for.
func (a *Assembler) obey(t *tcb, from int, f layers.Flow, tcp layers.TCP, s segment, lost int) {
	flags, size := tcp.Flags(), len(s.data)+lost
	if flags.Has(layers.TCPRst) {
		if t.resets(from, tcp) {
			a.reset(t, from)
		}
		return
	}
	a.synchronise(t, from, tcp)
	if flags.Has(layers.TCPAck) {
		a.acknowledge(t, 1-from, tcp.Ack())
	}
	if flags.Has(layers.TCPSyn) {
		s.seq++
	}
	if size > 0 {
		a.accept(t, from, f, s, lost)
	}
	if flags.Has(layers.TCPFin) {
		a.fin(t, from, f, s.seq+uint32(size))
	}
}

// touch notes that a packet of t came.
func (a *Assembler) touch(t *tcb) {
	t.seen = a.clock.Now()
	a.table.move(t, t.state)
}
