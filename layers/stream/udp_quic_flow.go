package stream

// A quicFlow is one direction of a stream.
type quicFlow struct {
	data  sequence
	final uint64 // the size of the stream, if sized
	sized bool
	ended bool
}

// push passes a run to the framer, with those that waited for it.
func (w *quicFlow) push(s sink, q *quicStream, side int, r run) {
	for r.off > w.data.next && w.full(s, len(r.data)) {
		to := r.off
		if len(w.data.waiting) > 0 {
			to = min(to, w.data.waiting[0].off)
		}
		w.skip(s, q, side, to)
	}
	for r, ok := w.data.push(s.a, r); ok; r, ok = w.data.pop(s.a) {
		w.deliver(s, q, side, r, 0)
	}
}

// full reports whether n more bytes may not wait.
func (w *quicFlow) full(s sink, n int) bool {
	return len(w.data.waiting) >= quicMaxRuns || w.data.size+n > withDefault(s.a.MaxConn, defaultMaxConn)
}

// skip treats the bytes before the offset to as lost.
func (w *quicFlow) skip(s sink, q *quicStream, side int, to uint64) {
	n := int(min(to-w.data.next, 1<<31-1))
	s.a.stats.Missing += int64(n)
	q.framer.lost(s, side, n)
	w.data.next = to
	for r, ok := w.data.pop(s.a); ok; r, ok = w.data.pop(s.a) {
		w.deliver(s, q, side, r, n)
		n = 0
	}
}

func (w *quicFlow) deliver(s sink, q *quicStream, side int, r run, gap int) {
	s.c.work += workPerByte * int64(len(r.data))
	q.framer.push(s, piece{side: side, data: r.data, ref: r.ref, gap: gap})
}

// stop ends a direction of which bytes are missing, or that its sender cut short.
func (w *quicFlow) stop(s sink, q *quicStream, side int) {
	for len(w.data.waiting) > 0 {
		w.skip(s, q, side, w.data.waiting[0].off)
	}
	s.clean = w.sized && w.data.next >= w.final
	w.end(s, q, side)
}

func (w *quicFlow) end(s sink, q *quicStream, side int) {
	w.ended = true
	w.data.drop(s.a)
	q.framer.end(s, side)
}
