package stream

import "github.com/sightline-go/sightline/layers"

// segment processes a TCP segment of f. lost is how many of its bytes were not
// captured, wire the length of its packet.
func (a *Assembler) segment(f layers.Flow, tcp layers.TCP, s segment, lost, wire int) {
	k, from := makeKey(f)
	size := len(s.data) + lost
	t := a.find(&k, from, f, tcp.Flags(), s.ref, size)
	if t == nil {
		return
	}
	if t.signs.foreign(from, tcp.HeaderLen() > tcpMinLen && isSigned(tcp)) && t.state != closed {
		a.ignore(t, from, tcp, wire, size, s.ref)
		return
	}
	o, sense := t.judge(from, tcp)
	if sense == another {
		t = a.replace(t, &k, from, f, tcp, o, s.ref)
	}
	if t.life != nil {
		t.life.count(from, tcp.Flags(), wire, size, s.ref)
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

// find returns the connection of a packet, opening one if the packet begins one
// with a SYN or with data. Other packets of unknown connections are ignored, or
// open a bare connection if Config.Connections is set.
func (a *Assembler) find(k *key, from int, f layers.Flow, flags layers.TCPFlags, ref Ref, size int) *tcb {
	t := a.table.find(k)
	begins := !flags.Has(layers.TCPRst) && (flags.Has(layers.TCPSyn) || size > 0)
	switch {
	case t == nil && (begins || a.Connections):
		t = a.open(k, from, guessClient(from, f, flags), ref)
		t.bare = !begins
	case t != nil && t.bare && begins:
		t.bare, t.start, t.client = false, ref, uint8(guessClient(from, f, flags))
	}
	return t
}

// replace ends t, whose ports another connection reuses: the one that the
// earlier SYN o opened, or if o is nil, this packet.
func (a *Assembler) replace(t *tcb, k *key, from int, f layers.Flow, tcp layers.TCP, o *opening, ref Ref) *tcb {
	if o == nil {
		a.drop(t, EndReplaced)
		return a.open(k, from, guessClient(from, f, tcp.Flags()), ref)
	}
	if t.life != nil {
		t.life.uncount(o)
	}
	a.drop(t, EndReplaced)
	t = a.open(k, o.side, o.side, o.ref)
	if t.life != nil {
		t.life.count(o.side, layers.TCPSyn, o.wire, 0, o.ref)
	}
	return t
}

// obey processes the flags, acknowledgement and data of a segment.
func (a *Assembler) obey(t *tcb, from int, f layers.Flow, tcp layers.TCP, s segment, lost int) {
	flags, size := tcp.Flags(), len(s.data)+lost
	if flags.Has(layers.TCPRst) {
		if t.resets(from, tcp) {
			a.reset(t, from)
		}
		return
	}
	if t.wasReset && int(t.resetter) == from && t.continues(from, tcp, size) {
		a.resume(t)
	}
	a.synchronise(t, from, tcp)
	if flags.Has(layers.TCPAck) {
		s.ack, s.acks = tcp.Ack(), true
		a.acknowledge(t, 1-from, s.ack)
	}
	if flags.Has(layers.TCPSyn) {
		s.seq++
	}
	if flags.Has(layers.TCPUrg) && !a.InlineUrgent {
		a.urge(t, from, f, tcp, size)
	}
	if size > 0 {
		a.accept(t, from, f, s, lost)
	} else {
		a.passed(t, from, s.seq)
	}
	if flags.Has(layers.TCPFin) {
		a.fin(t, from, f, s.seq+uint32(size))
	}
}

// ignore counts a segment that its receiver must drop.
func (a *Assembler) ignore(t *tcb, from int, tcp layers.TCP, wire, size int, ref Ref) {
	if t.life != nil {
		t.life.count(from, tcp.Flags()&^layers.TCPSyn, wire, size, ref)
	}
	a.stats.Stray += int64(size)
	a.touch(t)
}

// touch records that a packet of t arrived.
func (a *Assembler) touch(t *tcb) {
	t.seen = a.clock.Now()
	a.table.move(t, t.state)
}
