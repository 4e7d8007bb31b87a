package stream

import (
	"math"

	"github.com/sightline-go/sightline/layers"
)

// accept delivers what is new in s, or makes it wait. The lost bytes behind it
// were never captured, so nothing waits for them.
func (a *Assembler) accept(t *tcb, from int, f layers.Flow, s segment, lost int) {
	h := &t.half[from]
	if h.ended {
		a.stats.Stray += int64(len(s.data))
		return
	}
	c := a.conversation(t, from, f)
	end := s.end()
	a.overlay(t, from, s)
	if n := int32(end + uint32(lost) - h.next); lost > 0 && n > 0 && int(n) <= lost {
		if w := c.waiting[from].first(); w != nil {
			n = min(n, int32(w.seq-h.next))
		}
		a.lose(t, from, int(n))
		a.drain(t, from)
	}
	for c.waiting[from].cost > withDefault(a.MaxConn, defaultMaxConn) {
		a.skip(t, from)
	}
	a.giveUp(t, from)
}

// overlay puts s where it belongs. Its old bytes do not count where they were
// delivered, and by the policy where they wait.
func (a *Assembler) overlay(t *tcb, from int, s segment) {
	h, q := &t.half[from], &t.conn.waiting[from]
	begin, end := s.seq, s.end()
	for {
		a.repeated(s.skipTo(h.next))
		w := q.after(s.seq)
		if len(s.data) == 0 || w == nil || int32(w.seq-end) >= 0 {
			break
		}
		a.compare(w, &s)
		if a.Overlap.prefersNew(int32(begin-w.seq), int32(end-w.end())) {
			size, cost := q.size, q.cost
			q.cut(w, s.seq, end)
			a.repeated(size - q.size)
			a.hold(q.cost - cost)
			continue
		}
		head, tail := s, s
		head.data = s.data[:max(int32(w.seq-s.seq), 0)]
		a.repeated(tail.skipTo(w.end()) - len(head.data))
		a.place(t, from, head)
		s = tail
	}
	a.place(t, from, s)
}

// skipTo takes off what lies before seq, and returns how much that is.
func (s *segment) skipTo(seq uint32) int {
	n := len(s.data)
	if int32(s.end()-seq) > 0 {
		n = int(max(int32(seq-s.seq), 0))
	}
	s.seq, s.data = s.seq+uint32(n), s.data[n:]
	return n
}

// repeated counts bytes that came before.
func (a *Assembler) repeated(n int) { a.stats.Retransmitted += int64(n) }

// compare notes whether two segments differ where they overlap.
func (a *Assembler) compare(old, s *segment) {
	if old.differs(s) {
		a.stats.Conflicts++
	}
}

// place delivers s and what waited for it, or makes it wait. It must not overlap
// what waits.
func (a *Assembler) place(t *tcb, from int, s segment) {
	switch {
	case len(s.data) == 0:
	case s.seq == t.half[from].next:
		a.deliver(t, from, &s)
		a.drain(t, from)
	default:
		w := a.waiting(&s)
		t.conn.waiting[from].insert(w)
		a.hold(w.cost)
	}
}

// waiting returns a copy of s that can wait.
func (a *Assembler) waiting(s *segment) *segment {
	data := append(a.room(len(s.data)), s.data...)
	return &segment{seq: s.seq, data: data, ref: s.ref, origin: s.origin, cost: segmentCost + cap(data)}
}

// room returns memory for n bytes that wait.
func (a *Assembler) room(n int) []byte {
	if n <= waitSize/2 || n > waitSize {
		return make([]byte, 0, n)
	}
	last := len(a.spareWaits) - 1
	if last < 0 {
		return make([]byte, 0, waitSize)
	}
	b := a.spareWaits[last]
	a.spareWaits = a.spareWaits[:last]
	return b
}

// waited gives the memory of a segment back, which messages of this call may be
// in. A segment that was cut has another capacity, and keeps it.
func (a *Assembler) waited(w *segment) {
	if cap(w.data) == waitSize && len(a.lentWaits) < maxSpare {
		a.lentWaits = append(a.lentWaits, w.data[:0])
	}
}

// waitSize is the memory of a waiting segment that is used again: as much as one
// in an Ethernet frame needs. Smaller and larger ones have just what they need.
const waitSize = 1536

// deliver passes on s, which begins with the next byte of its direction.
func (a *Assembler) deliver(t *tcb, from int, s *segment) {
	h, c := &t.half[from], t.conn
	p := piece{side: from, data: s.data, ref: s.ref, origin: s.origin, gap: c.missing[from]}
	h.next, h.started = s.end(), true
	c.missing[from] = 0
	to := sink{a: a, c: c, via: pathOf(TCP)}
	if p.gap > 0 {
		c.stage.lost(to, from, p.gap)
	}
	c.stage.push(to, p)
}

// drain delivers what need not wait any more, and ends the direction where its
// FIN is.
func (a *Assembler) drain(t *tcb, from int) {
	h, q := &t.half[from], &t.conn.waiting[from]
	for w := q.first(); w != nil && w.seq == h.next; w = q.first() {
		q.remove(w)
		a.hold(-w.cost)
		a.deliver(t, from, w)
		a.waited(w)
	}
}

// skip gives up the bytes that the first waiting segment waits for.
func (a *Assembler) skip(t *tcb, from int) {
	a.lose(t, from, int(t.conn.waiting[from].first().seq-t.half[from].next))
	a.drain(t, from)
}

// lose passes over n bytes that are missing.
func (a *Assembler) lose(t *tcb, from, n int) {
	t.half[from].next += uint32(n)
	t.conn.missing[from] = int(min(int64(t.conn.missing[from])+int64(n), math.MaxInt32))
	a.stats.Missing += int64(n)
}

// acknowledge notes that the receiver of a direction has all before ack.
func (a *Assembler) acknowledge(t *tcb, side int, ack uint32) {
	h := &t.half[side]
	if int32(ack-h.acked) > 0 {
		h.acked = ack
	}
	if t.conn != nil {
		a.giveUp(t, side)
	}
}

// giveUp passes over gaps that the receiver has bytes for: they were lost to the
// capture alone and will not come. It ends the direction where its FIN is.
func (a *Assembler) giveUp(t *tcb, side int) {
	h, c := &t.half[side], t.conn
	q := &c.waiting[side]
	w := q.first()
	for ; w != nil && int32(h.acked-w.seq) >= 0; w = q.first() {
		a.skip(t, side)
	}
	if !c.hasFin[side] || h.ended {
		return
	}
	fin := c.fin[side]
	ahead := int32(fin - h.next)
	if ahead > 0 && int32(h.acked-fin) > 0 && (w == nil || int32(w.seq-fin) >= 0) {
		a.lose(t, side, int(ahead))
		ahead = 0
	}
	switch {
	case ahead == 0:
		a.end(t, side)
	case ahead < 0:
		c.hasFin[side] = false // data went on behind it
	}
}
