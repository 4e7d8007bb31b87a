package stream

import "slices"

// An http3Waiting is a piece, or a gap, that waits for a field section before it.
type http3Waiting struct {
	p    piece
	lost int
}

// busy reports whether a direction waits for the encoder of its side.
func (f *http3Stream) busy() bool {
	return f.flow[0].mode == http3Blocked || f.flow[1].mode == http3Blocked
}

// block makes a flow wait if its field section does (RFC 9204 section 2.1.2).
func (w *http3Flow) block(s sink, section []byte, m Message) bool {
	conn := w.stream.conn
	if !conn.side[w.side].decoder.Blocked(section) || len(conn.blocked) == http3MaxBlocked || conn.full(s, len(section)) {
		return false
	}
	w.mode, w.from, w.section = http3Blocked, m, slices.Clone(section)
	conn.blocked = append(conn.blocked, w)
	w.hold(s, len(section))
	return true
}

// unwait removes a flow from those that wait.
func (f *http3Conn) unwait(w *http3Flow) {
	f.blocked = slices.DeleteFunc(f.blocked, func(o *http3Flow) bool { return o == w })
}

func (f *http3Conn) full(s sink, n int) bool {
	return f.waiting+n > withDefault(s.a.MaxConn, defaultMaxConn)
}

func (w *http3Flow) hold(s sink, n int) {
	w.held += n
	w.stream.conn.waiting += n
	s.a.hold(n)
}

// wait keeps a piece, or a gap, until the field section before it is decoded.
func (w *http3Flow) wait(s sink, e http3Waiting) {
	conn := w.stream.conn
	if conn.full(s, len(e.p.data)+segmentCost) {
		conn.unwait(w)
		w.resume(s)
		if e.lost > 0 {
			w.stream.lost(s, w.side, e.lost)
		} else {
			w.stream.push(s, e.p)
		}
		return
	}
	e.p.data = slices.Clone(e.p.data)
	w.waiting = append(w.waiting, e)
	w.hold(s, len(e.p.data)+segmentCost)
}

// resume decodes the field section, and processes what waited for it. The flow must not
// be in conn.blocked.
func (w *http3Flow) resume(s sink) {
	section, waiting := w.section, w.waiting
	w.mode = http3Frame
	w.release(s)
	w.fields(s, section, w.from)
	for _, e := range waiting {
		if e.lost > 0 {
			w.stream.lost(s, w.side, e.lost)
		} else {
			w.stream.push(s, e.p)
		}
	}
	if w.ended && w.mode != http3Blocked {
		w.finish(s, true)
	}
}

// release forgets what waits.
func (w *http3Flow) release(s sink) {
	w.hold(s, -w.held)
	w.section, w.waiting = nil, nil
}
