package stream

import (
	"slices"

	"github.com/sightline-go/sightline/layers/http3"
)

const (
	http3Version = "HTTP/3"

	// http3MaxBlocked limits the field sections of a connection that wait for
	// instructions of QPACK's encoder, and with what follows them on their streams
	// Config.MaxConn bytes. Beyond that, they are decoded without the entries that
	// have not arrived.
	http3MaxBlocked = 256

	// http3MaxSettings limits a SETTINGS frame, in bytes.
	http3MaxSettings = 4 << 10
)

// An http3Conn is HTTP/3 over a connection (RFC 9114).
type http3Conn struct {
	side    [2]http3Encoder
	pushes  map[uint64]http3Push // promised, by push ID
	blocked []*http3Flow         // whose field sections wait, of both sides
	waiting int                  // bytes that they hold
}

// An http3Encoder is what the encoder of a side has sent (RFC 9204 section 4.2).
type http3Encoder struct {
	decoder http3.Decoder
	held    int // of decoder
	rest    []byte
}

func newHTTP3() *http3Conn { return &http3Conn{} }

func (f *http3Conn) open(id uint64) quicFramer {
	switch {
	case id&2 != 0:
		return &http3Uni{conn: f, id: id}
	case id&1 != 0: // of no use in HTTP/3 (RFC 9114 section 6.1)
		return nil
	}
	return newHTTP3Stream(f, id)
}

func (f *http3Conn) free(s sink) {
	for i := range f.side {
		e := &f.side[i]
		s.a.hold(-e.held - cap(e.rest))
	}
	for id := range f.pushes {
		f.pushed(s, id)
	}
	*f = http3Conn{}
}

// instructions processes bytes of a side's encoder stream.
func (f *http3Conn) instructions(s sink, side int, data []byte) {
	e := &f.side[side]
	before := cap(e.rest)
	if len(e.rest) > 0 {
		e.rest = append(e.rest, data...)
		data = e.rest
	}
	n, err := e.decoder.Insert(data)
	if err != nil {
		s.a.stats.Invalid++
	}
	switch {
	case n == len(data):
		e.rest = nil
	case n > 0 || len(e.rest) == 0:
		e.rest = append(e.rest[:0], data[n:]...)
	}
	s.a.hold(cap(e.rest) - before)
	f.settle(s, side)
	if n > 0 {
		f.unblock(s, side, false)
	}
}

// forget records that bytes of a side's encoder stream are missing.
func (f *http3Conn) forget(s sink, side int) {
	e := &f.side[side]
	s.a.hold(-cap(e.rest))
	e.rest = nil
	e.decoder.Forget()
	f.settle(s, side)
	f.unblock(s, side, true)
}

// settle counts what a decoder holds.
func (f *http3Conn) settle(s sink, side int) {
	e := &f.side[side]
	size := e.decoder.Size()
	s.a.hold(size - e.held)
	e.held = size
}

// unblock continues the streams of a side whose field sections no longer wait, or all
// of them.
func (f *http3Conn) unblock(s sink, side int, all bool) {
	for i := 0; i < len(f.blocked); {
		w := f.blocked[i]
		if w.side != side || !all && f.side[side].decoder.Blocked(w.section) {
			i++
			continue
		}
		f.blocked = slices.Delete(f.blocked, i, i+1)
		w.resume(s)
	}
}

// An http3Uni is a unidirectional stream (RFC 9114 section 6.2).
type http3Uni struct {
	conn   *http3Conn
	id     uint64
	mode   http3UniMode
	buf    buffer
	answer *http3Stream // of a push stream, after the push ID
}

type http3UniMode uint8

const (
	http3UniType     http3UniMode = iota // the type of the stream
	http3UniSettings                     // the first frame of a control stream
	http3UniEncoder
	http3UniPushID // of a push stream
	http3UniPush   // what follows
	http3UniSkip
)

func (f *http3Uni) push(s sink, p piece) {
	for len(p.data) > 0 {
		switch f.mode {
		case http3UniType:
			b, ok := http3Number(s, &f.buf, &p)
			if !ok {
				return
			}
			typ, n := http3.Number(b)
			f.buf.done(s, &p, n)
			f.begin(s, p.side, http3.StreamType(typ))
		case http3UniSettings:
			if !f.settings(s, &p) {
				return
			}
		case http3UniEncoder:
			f.conn.instructions(s, p.side, p.data)
			return
		case http3UniPushID:
			b, ok := http3Number(s, &f.buf, &p)
			if !ok {
				return
			}
			id, n := http3.Number(b)
			f.buf.done(s, &p, n)
			f.beginPush(s, id)
		case http3UniPush:
			f.answer.push(s, p)
			return
		default:
			return
		}
	}
}

func (f *http3Uni) begin(s sink, side int, t http3.StreamType) {
	switch {
	case t == http3.StreamPush && side != s.c.client:
		f.mode = http3UniPushID
	case t == http3.StreamPush:
		s.a.stats.Invalid++
		f.mode = http3UniSkip
	case t == http3.StreamControl:
		f.mode = http3UniSettings
	case t == http3.StreamQPACKEncoder:
		f.mode = http3UniEncoder
	default:
		f.mode = http3UniSkip
	}
}

// settings reads SETTINGS, which a control stream begins with (RFC 9114 section
// 6.2.1). They limit what the other side's encoder does. It reports false if it needs
// more bytes.
func (f *http3Uni) settings(s sink, p *piece) bool {
	h, _, ok := http3Header(s, &f.buf, p)
	if !ok {
		return false
	}
	if h.Type != http3.FrameSettings || h.Length > http3MaxSettings {
		s.a.stats.Invalid++
		f.buf.drop(s)
		f.mode = http3UniSkip
		return true
	}
	size := h.Size + int(h.Length)
	b, ok := f.buf.fill(s, p, size)
	if !ok {
		return false
	}
	for id, value := range http3.Settings(b[h.Size:size]) {
		if id == http3.SettingQPACKMaxTableCapacity {
			f.conn.side[1-p.side].decoder.SetMaxCapacity(value)
		}
	}
	f.buf.done(s, p, size)
	f.mode = http3UniSkip
	return true
}

func (f *http3Uni) lost(s sink, side, n int) {
	if f.mode == http3UniPush {
		f.answer.lost(s, side, n)
		return
	}
	f.buf.abandon(s)
	if f.mode == http3UniEncoder {
		f.conn.forget(s, side)
	}
	f.mode = http3UniSkip
}

func (f *http3Uni) end(s sink, side int) {
	if f.mode == http3UniPush {
		f.answer.end(s, side)
		return
	}
	f.lost(s, side, 0)
}

func (f *http3Uni) free(s sink) {
	f.buf.drop(s)
	if f.answer != nil {
		f.answer.free(s)
	}
}

func (f *http3Uni) busy() bool { return f.answer != nil && f.answer.busy() }

// http3Number returns the bytes of a number once they have arrived.
func http3Number(s sink, buf *buffer, p *piece) ([]byte, bool) {
	b, ok := buf.fill(s, p, 1)
	if !ok {
		return nil, false
	}
	return buf.fill(s, p, 1<<(b[0]>>6))
}

// http3Header returns the header of a frame, and its bytes, once they have arrived.
func http3Header(s sink, buf *buffer, p *piece) (h http3.FrameHeader, b []byte, ok bool) {
	if b, ok = http3Number(s, buf, p); !ok {
		return h, nil, false
	}
	typ := 1 << (b[0] >> 6)
	if b, ok = buf.fill(s, p, typ+1); !ok {
		return h, nil, false
	}
	if b, ok = buf.fill(s, p, typ+1<<(b[typ]>>6)); !ok {
		return h, nil, false
	}
	h, err := http3.ParseFrameHeader(b)
	return h, b, err == nil
}
