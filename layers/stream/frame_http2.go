package stream

import "github.com/sightline-go/sightline/layers/http2"

// An http2Framer splits a conversation into frames, and turns the streams in them into
// heads and bodies (RFC 9113).
type http2Framer struct {
	side    [2]http2Side
	streams []*http2Stream // that are not closed, by ID
	depth   int            // HTTP tunnels around this conversation
	settled bool           // it is known who is the client
}

// An http2Mode says what the next bytes of a side are.
type http2Mode uint8

const (
	http2Begin   http2Mode = iota // the preface, or a frame
	http2Frame                    // a frame
	http2Padded                   // the length of the padding of DATA
	http2Payload                  // the payload of a frame
	http2Lost                     // after a gap or invalid frame: a piece may begin a frame
)

type http2Side struct {
	mode  http2Mode
	buf   buffer // the header of a frame, or a whole frame with fields
	block http2Block
	table http2.Decoder
	held  int // of table

	// The current frame.
	id   uint32
	ends bool // the stream of this side, after this frame
	left int  // of the payload
	data int  // of left: before the padding
}

const http2Version = "HTTP/2"

func newHTTP2(_ Path, depth int) framer { return &http2Framer{depth: depth} }

func (f *http2Framer) push(s sink, p piece) {
	t := &f.side[p.side]
	for len(p.data) > 0 {
		switch t.mode {
		case http2Begin, http2Frame:
			if !f.frame(s, t, &p) {
				return
			}
		case http2Padded:
			t.left--
			if t.data = t.left - int(p.data[0]); t.data < 0 {
				s.a.stats.Invalid++
				t.data = 0
			}
			t.mode = http2Payload
			p.data = p.data[1:]
			f.payloadDone(s, t, p.side)
		case http2Payload:
			n := min(t.left, len(p.data))
			content := p.data[:min(t.data, n)]
			p.data = p.data[n:]
			t.left, t.data = t.left-n, t.data-len(content)
			if len(content) > 0 {
				f.content(s, &p, content)
			}
			p.gap = 0
			f.payloadDone(s, t, p.side)
		case http2Lost:
			if !f.resumes(p.data) {
				return
			}
			t.mode = http2Frame
		}
	}
}

// frame reads the header of a frame, and all of it if it has fields. It reports false if
// that needs more bytes.
func (f *http2Framer) frame(s sink, t *http2Side, p *piece) bool {
	if t.mode == http2Begin {
		if done, ok := f.preface(s, t, p); !done {
			return ok
		}
	}
	b, ok := t.buf.fill(s, p, http2.FrameHeaderLen)
	if !ok {
		return false
	}
	h, err := http2.ParseFrameHeader(b)
	if err != nil || h.Validate() != nil || t.mode == http2Begin && !t.begin(h) {
		p.data = nil
		f.lose(s, p.side)
		return false
	}
	t.mode = http2Frame
	if t.block.open && (h.Type() != http2.FrameContinuation || h.StreamID() != t.block.carrier) {
		s.a.stats.Invalid++ // RFC 9113 section 6.10
		t.dropBlock(s)
	}
	switch h.Type() {
	case http2.FrameHeaders, http2.FramePushPromise, http2.FrameContinuation:
		if http2.FrameHeaderLen+h.Length() <= withDefault(s.a.MaxMessage, defaultMaxMessage) {
			return f.fields(s, t, p, http2.FrameHeaderLen+h.Length())
		}
		s.a.stats.TooLong++
		t.dropBlock(s)
		t.table.Forget()
	case http2.FrameRSTStream:
		f.reset(s, p.side, h.StreamID())
	}
	t.skip(s, p, h)
	f.payloadDone(s, t, p.side)
	return true
}

// preface reads the preface of a client. It reports whether it is done, or else whether
// the side can continue.
func (f *http2Framer) preface(s sink, t *http2Side, p *piece) (done, ok bool) {
	first := p.data[0]
	if len(t.buf.b) > 0 {
		first = t.buf.b[0]
	}
	if first != http2.Preface[0] {
		return true, true
	}
	b, ok := t.buf.fill(s, p, len(http2.Preface))
	if !ok {
		return false, false
	}
	if string(b) != http2.Preface {
		p.data = nil
		f.lose(s, p.side)
		return false, false
	}
	t.buf.done(s, p, len(b))
	s.c.setClient(p.side)
	t.mode, f.settled = http2Frame, true
	return false, true
}

// begin processes the first header of a side that is not a preface. Unless it is of the
// SETTINGS that a server begins with (RFC 9113 section 3.4), frames precede it. It
// reports false if it is not plausible.
func (t *http2Side) begin(h http2.FrameHeader) bool {
	if h.Type() == http2.FrameSettings && !h.Flags().Has(http2.FlagAck) {
		return true
	}
	t.table.Forget()
	return http2Plausible(h)
}

// skip begins the payload of a frame whose header is in the buffer.
func (t *http2Side) skip(s sink, p *piece, h http2.FrameHeader) {
	t.mode, t.left, t.data, t.ends = http2Payload, h.Length(), 0, false
	if h.Type() == http2.FrameData {
		t.id, t.data, t.ends = h.StreamID(), t.left, h.Flags().Has(http2.FlagEndStream)
		if h.Flags().Has(http2.FlagPadded) {
			t.mode = http2Padded
		}
	}
	t.buf.done(s, p, http2.FrameHeaderLen)
}

// payloadDone ends the frame if its payload is read.
func (f *http2Framer) payloadDone(s sink, t *http2Side, side int) {
	if t.mode != http2Payload || t.left > 0 {
		return
	}
	t.mode = http2Frame
	if t.ends {
		f.endStream(s, side, t.id)
	}
}

func (f *http2Framer) lost(s sink, side, n int) {
	t := &f.side[side]
	if t.mode != http2Payload || n > t.left {
		f.lose(s, side)
		return
	}
	if content := min(n, t.data); content > 0 {
		f.loseContent(s, side, t.id, content)
	}
	t.left, t.data = t.left-n, max(t.data-n, 0)
	f.payloadDone(s, t, side)
}

// lose records that frames of a side are missing: which ones is unknown.
func (f *http2Framer) lose(s sink, side int) {
	t := &f.side[side]
	t.buf.abandon(s)
	t.dropBlock(s)
	t.table.Forget()
	t.mode = http2Lost
	for _, st := range f.streams {
		st.lose(s, side, 0)
	}
}

// resumes reports whether data begins a frame, and all frames that begin in it are
// plausible.
func (f *http2Framer) resumes(data []byte) bool {
	for first := true; ; first = false {
		h, err := http2.ParseFrameHeader(data)
		if err != nil {
			return !first
		}
		if !http2Plausible(h) || h.Type() == http2.FrameData && f.find(h.StreamID()) == nil {
			return false
		}
		n := http2.FrameHeaderLen + h.Length()
		if n >= len(data) {
			return true
		}
		data = data[n:]
	}
}

// http2Plausible reports whether a header is one of a frame that most senders would
// send: of a known type, without unknown flags, and not longer than RFC 9113 section
// 4.2 allows without asking.
func http2Plausible(h http2.FrameHeader) bool {
	var flags http2.Flags
	switch h.Type() {
	case http2.FrameData:
		flags = http2.FlagEndStream | http2.FlagPadded
	case http2.FrameHeaders:
		flags = http2.FlagEndStream | http2.FlagEndHeaders | http2.FlagPadded | http2.FlagPriority
	case http2.FramePushPromise:
		flags = http2.FlagEndHeaders | http2.FlagPadded
	case http2.FrameContinuation:
		flags = http2.FlagEndHeaders
	case http2.FrameSettings, http2.FramePing:
		flags = http2.FlagAck
	}
	return h.Validate() == nil && h.Type() <= http2.FrameContinuation && h.Flags()&^flags == 0 &&
		h.Length() <= 1<<14 && h.Bytes()[5] < 1<<7
}

func (f *http2Framer) end(s sink, side int) {
	f.side[side].buf.abandon(s)
	f.side[side].dropBlock(s)
	state := Unfinished
	if s.clean {
		state = EndedEarly
	}
	for _, st := range f.streams {
		st.endHalf(s, side, state)
	}
}

func (f *http2Framer) free(s sink) {
	for i := range f.side {
		t := &f.side[i]
		t.buf.drop(s)
		t.dropBlock(s)
		s.a.hold(-t.held)
		t.held = 0
	}
	for _, st := range f.streams {
		st.free(s)
	}
	f.streams = nil
}
