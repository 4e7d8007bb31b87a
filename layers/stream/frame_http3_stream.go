package stream

import "github.com/sightline-go/sightline/layers/http3"

// An http3Stream is a request and its response (RFC 9114 section 4.1).
type http3Stream struct {
	httpStream
	conn *http3Conn
	flow [2]http3Flow
}

// An http3Flow is one direction of a stream.
type http3Flow struct {
	stream *http3Stream
	side   int
	mode   http3Mode
	left   uint64 // of the current frame
	push   bool   // the field section is that of PUSH_PROMISE
	buf    buffer

	// While blocked.
	section []byte
	from    Message // First, Last and Gap of the section
	waiting []http3Waiting
	held    int
	ended   bool // the direction has ended
}

// An http3Mode says what the next bytes of a flow are.
type http3Mode uint8

const (
	http3Frame   http3Mode = iota // a frame
	http3Data                     // the payload of DATA
	http3Headers                  // the payload of HEADERS
	http3Skip                     // the payload of any other frame
	http3Blocked                  // what follows a field section that waits
	http3Lost                     // after a gap, or an invalid frame: all is skipped
)

func newHTTP3Stream(conn *http3Conn, id uint64) *http3Stream {
	f := &http3Stream{httpStream: newHTTPStream(HTTP3, id, 0), conn: conn}
	for i := range f.flow {
		f.flow[i] = http3Flow{stream: f, side: i}
	}
	return f
}

func (f *http3Stream) push(s sink, p piece) {
	w := &f.flow[p.side]
	for len(p.data) > 0 {
		switch w.mode {
		case http3Frame:
			if !w.frame(s, &p) {
				return
			}
		case http3Data, http3Skip:
			n := int(min(w.left, uint64(len(p.data))))
			if w.mode == http3Data {
				part := p
				part.data = p.data[:n:n]
				f.content(s, part)
			}
			p.data, p.gap = p.data[n:], 0
			w.advance(uint64(n))
		case http3Headers:
			b, ok := w.buf.fill(s, &p, int(w.left))
			if !ok {
				return
			}
			m := Message{First: w.buf.first, Last: p.ref, Gap: w.buf.gap}
			w.mode = http3Frame
			if n := int(w.left); w.push {
				w.promise(s, b[:n:n], m)
			} else if !w.block(s, b[:n:n], m) {
				w.fields(s, b[:n:n], m)
			}
			w.buf.done(s, &p, int(w.left))
		case http3Blocked:
			w.wait(s, http3Waiting{p: p})
			return
		default:
			return
		}
	}
}

// frame reads the header of a frame. It reports false if it needs more bytes.
func (w *http3Flow) frame(s sink, p *piece) bool {
	h, _, ok := http3Header(s, &w.buf, p)
	if !ok {
		return false
	}
	w.buf.done(s, p, h.Size)
	w.mode, w.left = http3Skip, h.Length
	switch h.Type {
	case http3.FrameData:
		if w.mode = http3Data; !w.stream.half[w.side].headed {
			s.a.stats.Invalid++ // RFC 9114 section 4.1
			w.mode = http3Skip
		}
	case http3.FrameHeaders, http3.FramePushPromise:
		if w.push = h.Type == http3.FramePushPromise; w.push && (w.side == s.c.client || w.stream.id&2 != 0) {
			s.a.stats.Invalid++ // RFC 9114 section 7.2.5
			break
		}
		if w.mode = http3Headers; h.Length > uint64(withDefault(s.a.MaxMessage, defaultMaxMessage)) {
			s.a.stats.TooLong++
			w.mode = http3Skip
		}
	}
	w.advance(0)
	return true
}

// advance records that n bytes of the current frame have been read.
func (w *http3Flow) advance(n uint64) {
	if w.left -= n; w.left == 0 {
		w.mode = http3Frame
	}
}

// fields processes a field section: a head, or the fields after a body.
func (w *http3Flow) fields(s sink, section []byte, m Message) {
	f, e := w.stream, &w.stream.conn.side[w.side]
	trailer := f.half[w.side].headed
	h := s.a.beginHead()
	if trailer {
		h = s.a.beginTrailer()
	}
	if err := e.decoder.Decode(section, func(x http3.Field) { h.add(s, x.Name, x.Value) }); err != nil {
		s.a.stats.Invalid++
		h.over = true
	}
	f.conn.settle(s, w.side)
	m.Proto, m.Stream, m.FromClient = HTTP3, f.id, w.side == s.c.client
	switch {
	case trailer:
	case m.FromClient:
		f.requestHead(s, w.side, false, m, h.request(s, http3Version))
	default:
		f.responseHead(s, w.side, false, m, h.response(s, http3Version))
	}
}

// lost processes a gap. A frame that reaches beyond it continues after it.
func (f *http3Stream) lost(s sink, side, n int) {
	w := &f.flow[side]
	if w.mode == http3Blocked {
		w.wait(s, http3Waiting{lost: n})
		return
	}
	w.buf.abandon(s)
	switch {
	case (w.mode == http3Data || w.mode == http3Skip) && uint64(n) <= w.left:
		if w.mode == http3Data {
			f.half[side].size += int64(n)
			f.lose(s, side, n)
		}
		w.advance(uint64(n))
	default:
		w.mode = http3Lost
		f.lose(s, side, 0)
	}
}

func (f *http3Stream) end(s sink, side int) {
	w := &f.flow[side]
	if w.mode == http3Blocked && s.clean {
		w.ended = true
		return
	}
	if w.mode == http3Blocked {
		f.conn.unwait(w)
		w.resume(s)
	}
	w.finish(s, s.clean)
}

// finish ends the direction.
func (w *http3Flow) finish(s sink, clean bool) {
	h := &w.stream.half[w.side]
	if h.over {
		return
	}
	w.buf.abandon(s)
	state := Unfinished
	switch {
	case clean && w.mode != http3Frame:
		state = EndedEarly
	case clean:
		state = h.whole()
	}
	s.clean = clean
	w.stream.endHalf(s, w.side, state)
}

func (f *http3Stream) free(s sink) {
	for i := range f.flow {
		w := &f.flow[i]
		if w.mode == http3Blocked {
			f.conn.unwait(w)
			w.release(s)
		}
		w.buf.drop(s)
	}
	f.httpStream.free(s)
}
