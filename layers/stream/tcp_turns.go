package stream

// A segment was sent after its sender had received what it acknowledges. So it
// waits until those bytes of the other side are delivered, even if the capture
// has them later: framers see both sides in an order that can have happened.

// maxSkew is how many bytes a segment may acknowledge that the capture does not
// have yet. If there are more, the segment does not wait for them.
const maxSkew = captureSkew

// maxAlone limits the segments of one side that wait while no packet of the
// other side was captured: perhaps there is none.
const maxAlone = 64 << 10

// early reports whether s acknowledges bytes that were not delivered yet.
func (t *tcb) early(from int, s *segment) bool {
	o := &t.half[1-from]
	return s.acks && o.known && s.ack-o.next-1 < maxSkew && !o.ended && !t.conn.loose
}

// overfull reports whether too much of a direction waits.
func (a *Assembler) overfull(t *tcb, from int) bool {
	q := &t.conn.waiting[from]
	if q.root == nil {
		return false
	}
	most := withDefault(a.MaxConn, defaultMaxConn)
	if q.cost > maxAlone && !t.half[1-from].seen && q.first().seq == t.half[from].next {
		most = min(most, maxAlone)
	}
	return q.cost > most
}

// passed records that side from has sent all bytes before seq. If the other
// side has acknowledged them, they are lost: only the capture lacks them, so
// the segments that were sent in reply no longer wait.
func (a *Assembler) passed(t *tcb, from int, seq uint32) {
	if t.conn == nil || t.conn.loose || t.conn.waiting[1-from].root == nil {
		return
	}
	h := &t.half[from]
	n := int32(seq - h.next)
	if w := t.conn.waiting[from].first(); w != nil {
		n = min(n, int32(w.seq-h.next))
	}
	if n > 0 && int32(h.acked-seq) >= 0 && !h.ended {
		a.lose(t, from, int(n))
		a.drain(t, from)
		a.skipAcknowledged(t, 1-from)
	}
}

// stuck returns a side that has waiting segments, if the bytes that they wait
// for will not come. That is preferably one whose first segment follows a gap
// and otherwise need not wait.
func (t *tcb) stuck() (side int, ok bool) {
	best := 0
	for i := range t.half {
		w := t.conn.waiting[i].first()
		if w == nil {
			continue
		}
		rank := 1
		if w.seq != t.half[i].next {
			rank = 2
		}
		if !t.early(i, w) {
			rank += 2
		}
		if rank > best {
			best, side = rank, i
		}
	}
	return side, best > 0
}

// maxPlaced is how far an acknowledgement may be from the bytes delivered.
// Programs that write captures of their own may leave it 0, or at the first
// byte.
const maxPlaced = 1 << 24

// placed reports whether the acknowledgement of s says what its sender had
// received.
func (t *tcb) placed(from int, s *segment) bool {
	o := &t.half[1-from]
	first := o.isn + 1
	if !o.syn {
		first++
	}
	return s.acks && o.known && int32(s.ack-first) >= 0 && s.ack-o.next+maxPlaced <= 2*maxPlaced
}
