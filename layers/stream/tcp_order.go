package stream

import (
	"math"

	"github.com/sightline-go/sightline/layers"
)

// accept delivers the new bytes of s, or lets them wait. The lost bytes after
// them were never captured, so nothing waits for them.
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
	for a.overfull(t, from) {
		a.skip(t, from)
	}
	a.skipAcknowledged(t, from)
	if t.half[1-from].hasFin {
		a.skipAcknowledged(t, 1-from)
	}
}

// overlay inserts s. Its bytes that were already delivered are dropped; where
// they overlap a waiting segment, Overlap decides.
func (a *Assembler) overlay(t *tcb, from int, s segment) {
	h, q := &t.half[from], &t.conn.waiting[from]
	begin, end := s.seq, s.end()
	for {
		a.repeated(s.skipTo(h.next))
		w := q.after(s.seq)
		if len(s.data) == 0 || w == nil || int32(w.seq-end) >= 0 {
			break
		}
		a.stats.Work += workOfOverlap
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

// skipTo drops the bytes before seq, and returns how many.
func (s *segment) skipTo(seq uint32) int {
	n := len(s.data)
	if int32(s.end()-seq) > 0 {
		n = int(max(int32(seq-s.seq), 0))
	}
	s.seq, s.data = s.seq+uint32(n), s.data[n:]
	return n
}

// repeated counts bytes received again.
func (a *Assembler) repeated(n int) { a.stats.Retransmitted += int64(n) }

// compare counts a conflict if two segments differ where they overlap.
func (a *Assembler) compare(old, s *segment) {
	if old.differs(s) {
		a.stats.Conflicts++
	}
}

// place delivers s and the segments that waited for it, or lets it wait. It
// must not overlap a waiting segment.
func (a *Assembler) place(t *tcb, from int, s segment) {
	switch {
	case len(s.data) == 0:
	case s.seq == t.half[from].next && !t.early(from, &s):
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
	w := *s
	w.data, w.cost = data, segmentCost+cap(data)
	return &w
}

// room returns memory for n waiting bytes.
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

// waited returns a segment's memory for reuse after this call, whose messages
// may point into it. A segment that was cut has another capacity, and is not
// reused.
func (a *Assembler) waited(w *segment) {
	if cap(w.data) == waitSize && len(a.lentWaits) < maxSpare {
		a.lentWaits = append(a.lentWaits, w.data[:0])
	}
}

// waitSize is the memory of a waiting segment that is reused: enough for an
// Ethernet frame. Smaller and larger segments are allocated exactly.
const waitSize = 1536

// deliver passes on s, which begins with the next byte of its direction.
func (a *Assembler) deliver(t *tcb, from int, s *segment) {
	h, c := &t.half[from], t.conn
	p := piece{side: from, data: s.data, ref: s.ref, origin: s.origin, gap: c.missing[from], end: s.end(), seen: s.ack, placed: t.placed(from, s)}
	h.next, h.started = s.end(), true
	c.missing[from] = 0
	c.work += workPerByte * int64(len(s.data))
	to := sink{a: a, c: c, via: pathOf(TCP)}
	if p.gap > 0 {
		c.stage.lost(to, from, p.gap)
	}
	if u := &c.urgent[from]; u.pending {
		u.pushWithout(c, to, p, s.seq)
		return
	}
	c.stage.push(to, p)
}

// drain delivers the segments of both sides that need not wait any longer.
func (a *Assembler) drain(t *tcb, from int) {
	for t.waits() && (a.drainSide(t, from) || a.drainSide(t, 1-from)) {
	}
}

// waits reports whether a segment waits.
func (t *tcb) waits() bool { return t.conn.waiting[0].root != nil || t.conn.waiting[1].root != nil }

// drainSide reports whether it delivered a segment.
func (a *Assembler) drainSide(t *tcb, from int) (progress bool) {
	h, q := &t.half[from], &t.conn.waiting[from]
	for w := q.first(); w != nil && w.seq == h.next && !t.early(from, w); w = q.first() {
		q.remove(w)
		a.hold(-w.cost)
		a.deliver(t, from, w)
		a.waited(w)
		progress = true
	}
	return progress
}

// skip treats the bytes before the first waiting segment as lost, or if there
// are none, no longer waits for the other side.
func (a *Assembler) skip(t *tcb, from int) {
	n := t.conn.waiting[from].first().seq - t.half[from].next
	t.conn.loose = t.conn.loose || n == 0
	a.lose(t, from, int(n))
	a.drain(t, from)
}

// lose skips n missing bytes.
func (a *Assembler) lose(t *tcb, from, n int) {
	t.half[from].next += uint32(n)
	t.conn.missing[from] = int(min(int64(t.conn.missing[from])+int64(n), math.MaxInt32))
	a.stats.Missing += int64(n)
}

// acknowledge records that the receiver of a direction has all bytes before
// ack.
func (a *Assembler) acknowledge(t *tcb, side int, ack uint32) {
	h := &t.half[side]
	if int32(ack-h.acked) > 0 {
		h.acked = ack
	}
	if t.conn != nil || h.hasFin {
		a.skipAcknowledged(t, side)
	}
}

// skipAcknowledged skips gaps that the receiver has acknowledged: only the capture lacks
// those bytes, so they will not come. It ends the direction at its FIN, if that was
// acknowledged too.
func (a *Assembler) skipAcknowledged(t *tcb, side int) {
	h := &t.half[side]
	var w *segment
	if c := t.conn; c != nil {
		q := &c.waiting[side]
		for w = q.first(); w != nil && w.seq != h.next && int32(h.acked-w.seq) >= 0; w = q.first() {
			a.skip(t, side)
		}
	}
	if !h.hasFin || h.ended {
		return
	}
	ahead := int32(h.fin - h.next)
	switch {
	case ahead < 0:
		a.unfinished(t, side)
	case h.acked != h.fin+1 || w != nil && int32(w.seq-h.fin) < 0:
	default:
		if ahead > 0 {
			a.lose(t, side, int(ahead))
		}
		a.end(t, side)
	}
}

// unfinished forgets the FIN of a direction, after which data continued.
func (a *Assembler) unfinished(t *tcb, side int) {
	t.half[side].hasFin = false
	if t.state == ending && !t.wasReset {
		a.resume(t)
	}
}
