package stream

import "github.com/sightline-go/sightline/layers/http2"

// An http2Block is a field block (RFC 9113 section 4.3).
type http2Block struct {
	open    bool   // CONTINUATION follows
	carrier uint32 // the stream of its frames
	stream  uint32 // the stream of its message: for PUSH_PROMISE, the one that it reserves
	promise bool   // of PUSH_PROMISE
	ends    bool   // the stream of this side, after it
	frags   []byte // of the frames so far, counted as held
	first   Ref
	last    Ref
	gap     int
}

// dropBlock drops the field block that CONTINUATION would continue. Without it the
// dynamic table is unknown.
func (t *http2Side) dropBlock(s sink) {
	if t.block.open {
		s.a.stats.Incomplete++
		t.table.Forget()
	}
	s.a.hold(-cap(t.block.frags))
	t.block = http2Block{}
}

// fields reads a frame with fields, of need bytes. It reports false if that needs more
// of them.
func (f *http2Framer) fields(s sink, t *http2Side, p *piece, need int) bool {
	b, ok := t.buf.fill(s, p, need)
	if !ok {
		return false
	}
	frame, err := http2.ParseFrame(b)
	switch {
	case err != nil:
		s.a.stats.Invalid++
		t.dropBlock(s)
		t.table.Forget()
	case frame.Type() != http2.FrameContinuation:
		t.block = http2Block{open: true, carrier: frame.StreamID(), stream: frame.StreamID(), first: t.buf.first, gap: t.buf.gap}
		t.block.ends = frame.Type() == http2.FrameHeaders && frame.Flags().Has(http2.FlagEndStream)
		if id, ok := frame.PromisedStreamID(); ok {
			t.block.promise, t.block.stream = true, id
		}
		f.fragment(s, t, p, frame)
	case t.block.open:
		f.fragment(s, t, p, frame)
	default:
		t.table.Forget() // of a block that began before the capture, or was dropped
	}
	t.buf.done(s, p, need)
	return true
}

// fragment processes the fragment of a frame, and after the last one the block.
func (f *http2Framer) fragment(s sink, t *http2Side, p *piece, frame http2.Frame) {
	b, whole := &t.block, frame.Content()
	last := frame.Flags().Has(http2.FlagEndHeaders)
	if len(b.frags) > 0 || !last {
		if len(b.frags)+len(whole) > withDefault(s.a.MaxMessage, defaultMaxMessage) {
			s.a.stats.TooLong++
			t.dropBlock(s)
			return
		}
		before := cap(b.frags)
		b.frags = append(b.frags, whole...)
		s.a.hold(cap(b.frags) - before)
		whole = b.frags
	}
	if last {
		b.open, b.last = false, p.ref
		f.section(s, t, p.side, b, whole)
		t.dropBlock(s)
	}
}

// section processes a whole field block: the head of a request or response, or the
// fields after a body.
func (f *http2Framer) section(s sink, t *http2Side, side int, b *http2Block, block []byte) {
	st := f.find(b.stream)
	trailer := !b.promise && st != nil && st.half[side].headed
	h := s.a.beginHead()
	if trailer {
		h = s.a.beginTrailer()
	}
	if err := t.table.Decode(block, func(x http2.Field) { h.add(s, x.Name, x.Value) }); err != nil {
		s.a.stats.Invalid++
		h.over = true
	}
	size := t.table.Size()
	s.a.hold(size - t.held)
	t.held = size
	if !f.settled && !trailer {
		f.settle(s, side, b.promise, h)
	}
	m := Message{Proto: HTTP2, Stream: uint64(b.stream), FromClient: side == s.c.client, First: b.first, Last: b.last, Gap: b.gap}
	switch {
	case trailer:
	case b.promise && side != s.c.client:
		f.request(s, side, true, m, h.request(s, http2Version))
	case b.promise: // a client does not push (RFC 9113 section 8.4)
		s.a.stats.Invalid++
	case side == s.c.client:
		f.request(s, side, b.ends, m, h.request(s, http2Version))
	default:
		f.response(s, side, b.ends, m, h.response(s, http2Version))
	}
	if b.ends {
		f.endStream(s, side, b.stream)
	}
}

// settle finds out who the client is, from the first fields of a conversation whose
// beginning was not captured.
func (f *http2Framer) settle(s sink, side int, promise bool, h *headWriter) {
	switch {
	case h.has(pseudoStatus), promise:
		s.c.setClient(1 - side)
	case h.has(pseudoMethod):
		s.c.setClient(side)
	default:
		return
	}
	f.settled = true
}

// request processes the head of a request, nil if it has no usable one. last means that
// it has no body.
func (f *http2Framer) request(s sink, side int, last bool, m Message, head []byte) {
	st := f.open(s, uint32(m.Stream))
	if st.request != nil {
		return // promised twice
	}
	if client := s.c.client; side != client { // it is promised: the client sends nothing
		st.ended[client] = true
	}
	st.requestHead(s, side, last, m, head)
}

// response processes the head of a response, nil if it has no usable one.
func (f *http2Framer) response(s sink, side int, last bool, m Message, head []byte) {
	f.open(s, uint32(m.Stream)).responseHead(s, side, last, m, head)
}
