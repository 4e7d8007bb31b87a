package stream

// A kept buffer holds the bytes of a side until its protocol is detected.
type kept struct {
	buffer
	marks []mark
}

// A mark is the beginning of a kept piece, after a piece of the other side. With marks, the kept bytes of both sides reach the framer in the
// order in which they arrived.
type mark struct {
	off   int // in the buffer
	order int // among the marks of both sides
	ref   Ref
	turn  turn
}

// markCost is what a mark counts as held.
const markCost = 128

// keep adds p to the kept bytes.
func (b *kept) keep(s sink, p *piece) {
	if len(b.b) == 0 {
		b.begin(p)
	}
	if n := len(b.marks); n == 0 || b.marks[n-1].order != s.c.kept {
		s.c.kept++
		at := turn{at: p.end - uint32(len(p.data)), seen: p.seen, known: p.placed}
		b.marks = append(b.marks, mark{len(b.b), s.c.kept, p.first(), at})
		s.a.hold(markCost)
	}
	b.add(s, p, len(p.data))
}

// piece removes and returns the piece at the first mark.
func (b *kept) piece(s sink, side int) piece {
	m, end := b.marks[0], len(b.b)
	b.marks = b.marks[1:]
	s.a.hold(-markCost)
	if len(b.marks) > 0 {
		end = b.marks[0].off
	}
	data := b.b[m.off:end:end]
	return piece{side: side, data: data, ref: m.ref, end: m.turn.at + uint32(len(data)), seen: m.turn.seen, placed: m.turn.known}
}

// cut removes the first n bytes, and leaves some.
func (b *kept) cut(s sink, n int) {
	b.b = b.b[:copy(b.b, b.b[n:])]
	for i := range b.marks {
		m := &b.marks[i]
		m.turn.at += uint32(max(n-m.off, 0))
		m.off = max(m.off-n, 0)
	}
	for len(b.marks) > 1 && b.marks[1].off == 0 {
		b.marks = b.marks[1:]
		s.a.hold(-markCost)
	}
}

func (b *kept) drop(s sink) {
	s.a.hold(-markCost * len(b.marks))
	b.marks = nil
	b.buffer.drop(s)
}

// keep keeps p for a later decision.
func (f *probe) keep(s sink, p *piece) {
	if f.buf == nil {
		f.buf = new([2]kept)
	}
	f.buf[p.side].keep(s, p)
}

// kept returns the kept bytes of a side.
func (f *probe) kept(side int) []byte {
	if f.buf == nil {
		return nil
	}
	return f.buf[side].b
}

// forget drops the kept bytes of a side.
func (f *probe) forget(s sink, side int) {
	if f.buf != nil {
		f.buf[side].drop(s)
	}
}

// passKept passes the kept bytes of a side to its framer.
func (f *probe) passKept(s sink, side int) {
	for f.buf != nil && len(f.buf[side].marks) > 0 {
		f.pass(s, side)
	}
	f.forget(s, side)
}

// passAll passes the kept bytes of both sides to their framers.
func (f *probe) passAll(s sink) {
	for f.buf != nil && len(f.buf[0].marks)+len(f.buf[1].marks) > 0 {
		side := 0
		if a, b := f.buf[0].marks, f.buf[1].marks; len(a) == 0 || len(b) > 0 && b[0].order < a[0].order {
			side = 1
		}
		f.pass(s, side)
	}
	f.forget(s, 0)
	f.forget(s, 1)
}

// pass passes the first kept piece of a side to its framer.
func (f *probe) pass(s sink, side int) {
	s.via, f.heard[side] = f.via, true
	f.inner[side].push(s, f.buf[side].piece(s, side))
}
