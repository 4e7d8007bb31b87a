package stream

import "github.com/sightline-go/sightline/layers"

// segment takes a TCP segment of f, with its data s as they came. lost is how
// many of its bytes were not captured.
func (a *Assembler) segment(f layers.Flow, tcp layers.TCP, s segment, lost int) {
	k, from := makeKey(f)
	flags, size := tcp.Flags(), len(s.data)+lost
	t := a.table.find(&k)
	if t == nil {
		if flags.Has(layers.TCPRst) || !flags.Has(layers.TCPSyn) && size == 0 {
			return
		}
		t = a.open(&k, guessClient(from, f, flags), s.ref)
	}
	switch o, sense := t.judge(from, tcp); sense {
	case another:
		if o == nil {
			o = &opening{guessClient(from, f, flags), tcp.Seq(), s.ref}
		}
		a.drop(t)
		t = a.open(&k, o.side, o.ref)
	case doubtful:
		a.touch(t)
		a.conversation(t, from, f).rival = &opening{from, tcp.Seq(), s.ref}
		return
	}
	if t.state == closed {
		a.stats.Retransmitted += int64(len(s.data))
		return
	}
	a.touch(t)
	if flags.Has(layers.TCPRst) {
		if t.resets(from, tcp) {
			a.finish(t)
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
