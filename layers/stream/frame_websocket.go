package stream

import "github.com/sightline-go/sightline/layers/websocket"

// A webSocketFramer joins the frames of WebSocket (RFC 6455) into messages. Control
// frames are skipped. What binary messages carry is passed to a tunnel.
type webSocketFramer struct {
	via     Path
	depth   int
	request []byte // head of the request that opened it, nil if unknown
	deflate bool   // messages may be compressed
	cost    int    // counted as held
	side    [2]webSocketSide
	inner   framer // nil before the first binary message
}

type webSocketSide struct {
	state   webSocketState
	head    buffer // of a frame
	key     [4]byte
	left    uint64 // of the frame's payload
	pos     uint64 // in it
	fin     bool
	control websocket.Opcode // of a control frame, or 0

	message buffer           // its payload so far, without mask
	opcode  websocket.Opcode // of its first frame, or 0 if there is no message
	packed  bool
	skip    bool // the rest of it is not reported
	long    bool // it exceeds the limit
	hole    int  // bytes of skipped messages, which the tunnel lacks
	window  deflateWindow
}

// A webSocketState says what the next bytes of a side are.
type webSocketState uint8

const (
	webSocketHead    webSocketState = iota // the header of a frame
	webSocketPayload                       // the rest of a payload
	webSocketLost                          // after a gap or an invalid frame: a piece may begin a frame
	webSocketClosed                        // after a close frame: nothing
)

// webSocketCost is what a webSocketFramer counts as held, beyond what it refers to.
const webSocketCost = 512

func (f *webSocketFramer) lost(s sink, side, n int) {
	h := &f.side[side]
	switch {
	case h.state == webSocketClosed:
	case h.state == webSocketPayload && uint64(n) <= h.left:
		h.left -= uint64(n)
		h.pos += uint64(n)
		if h.control == 0 {
			h.spoil(s, &s.a.stats.Incomplete)
			h.hole += n
		}
		if h.left == 0 {
			f.frameDone(s, h, &piece{side: side})
		}
	default:
		h.lose(s)
		h.hole += n
	}
}

// lose drops the current frame and message: the next bytes must look like a frame to
// be treated as one.
func (h *webSocketSide) lose(s sink) {
	h.head.abandon(s)
	if h.opcode != 0 {
		h.spoil(s, &s.a.stats.Incomplete)
	}
	h.state, h.control, h.opcode, h.skip = webSocketLost, 0, 0, false
	h.window.tear(s)
}

// spoil drops the current message, and counts it, once.
func (h *webSocketSide) spoil(s sink, count *int) {
	if h.skip {
		return
	}
	*count++
	h.skip = true
	h.hole += len(h.message.b)
	h.message.drop(s)
	if h.packed {
		h.window.tear(s)
	}
}

func (f *webSocketFramer) push(s sink, p piece) {
	s.via = f.via
	h := &f.side[p.side]
	if h.state == webSocketLost {
		if !f.beginsFrame(p.data, p.side == s.c.client) {
			h.hole += len(p.data)
			return
		}
		h.state = webSocketHead
	}
	for len(p.data) > 0 {
		switch h.state {
		case webSocketHead:
			f.frame(s, h, &p)
		case webSocketPayload:
			f.payload(s, h, &p)
		default:
			return
		}
	}
}

// frame reads the header of a frame.
func (f *webSocketFramer) frame(s sink, h *webSocketSide, p *piece) {
	b, ok := h.head.fill(s, p, 2)
	if !ok {
		return
	}
	n := websocket.HeaderLen(b)
	if b, ok = h.head.fill(s, p, n); !ok {
		return
	}
	head, err := websocket.ParseHeader(b[:n])
	if err != nil {
		s.a.stats.Malformed++
		h.head.drop(s)
		h.lose(s)
		return
	}
	h.state, h.key, h.left, h.pos, h.fin, h.control = webSocketPayload, head.MaskingKey(), head.PayloadLength(), 0, head.Fin(), 0
	if head.Opcode().IsControl() {
		h.control = head.Opcode()
	} else {
		f.fragment(s, h, head)
	}
	h.head.done(s, p, n)
	if h.left == 0 {
		f.frameDone(s, h, p)
	}
}

// fragment begins a message, or continues it.
func (f *webSocketFramer) fragment(s sink, h *webSocketSide, head websocket.Header) {
	if head.Opcode() != websocket.OpContinuation {
		if h.opcode != 0 {
			h.spoil(s, &s.a.stats.Incomplete)
		}
		h.opcode, h.packed, h.skip, h.long = head.Opcode(), head.RSV1(), false, false
		h.message.first, h.message.gap = h.head.first, h.head.gap
		if head.RSV1() && !f.deflate || head.RSV2() || head.RSV3() {
			h.spoil(s, &s.a.stats.Malformed) // an unknown extension changes it
		}
	} else if h.opcode == 0 { // its first frame is missing
		h.opcode, h.skip = websocket.OpBinary, true
		s.a.stats.Incomplete++
	}
	limit := uint64(withDefault(s.a.MaxMessage, defaultMaxMessage))
	if !h.skip && !h.long && h.left > limit-uint64(len(h.message.b)) {
		h.long = true
		s.a.stats.TooLong++
	}
}

func (f *webSocketFramer) payload(s sink, h *webSocketSide, p *piece) {
	n := int(min(h.left, uint64(len(p.data))))
	limit := withDefault(s.a.MaxMessage, defaultMaxMessage)
	whole := h.fin && uint64(n) == h.left && n <= limit && len(h.message.b) == 0 && h.key == [4]byte{}
	switch {
	case h.control != 0:
		p.data = p.data[n:]
	case h.skip:
		h.hole += n
		p.data = p.data[n:]
	case whole: // not copied
		data := p.data[:n:n]
		p.data = p.data[n:]
		f.message(s, h, p, data)
		h.opcode, h.skip = 0, true
	default:
		at := len(h.message.b)
		fits := min(n, limit-at)
		h.message.add(s, p, fits)
		websocket.Unmask(h.message.b[at:], h.key, h.pos)
		if fits < n {
			f.message(s, h, p, h.message.b[:limit:limit])
			h.message.drop(s)
			h.skip = true
			h.hole += n - fits
			p.data = p.data[n-fits:]
		}
	}
	h.left -= uint64(n)
	h.pos += uint64(n)
	if h.left == 0 {
		f.frameDone(s, h, p)
	}
}

// frameDone ends a frame, and the message whose last one it is.
func (f *webSocketFramer) frameDone(s sink, h *webSocketSide, p *piece) {
	h.state = webSocketHead
	switch {
	case h.control == websocket.OpClose:
		h.lose(s)
		h.state = webSocketClosed
	case h.control != 0:
		h.control = 0
	case h.fin:
		if !h.skip {
			f.message(s, h, p, h.message.b[:len(h.message.b):len(h.message.b)])
		}
		h.message.drop(s)
		h.opcode, h.skip = 0, false
	}
}

// message emits a message, whose last byte is in p, or what is before the limit.
func (f *webSocketFramer) message(s sink, h *webSocketSide, p *piece, data []byte) {
	state := Complete
	if h.long {
		state = Oversized
	}
	if h.packed {
		var ok bool
		if data, state, ok = h.window.inflate(s, data, h.long); !ok {
			h.hole++
			return
		}
	}
	m := Message{
		Proto: WebSocket, Kind: WebSocketText, FromClient: p.side == s.c.client,
		First: h.message.first, Last: p.ref, Gap: h.message.gap, Data: data, State: state, Request: f.request,
	}
	if h.opcode == websocket.OpText {
		s.emit(m)
		return
	}
	m.Kind = WebSocketBinary
	s.emit(m)
	if s.a.WebSocketFiles {
		s.messageFile(m)
	}
	if len(data) > 0 {
		f.carry(s, h, p.side, m)
	}
}

// carry passes a binary message to the tunnel, without sequence numbers: those of the
// connection count other bytes.
func (f *webSocketFramer) carry(s sink, h *webSocketSide, side int, m Message) {
	if f.inner == nil {
		f.inner = newTunnel(s, f.via.with(WebSocket), f.depth)
	}
	if h.hole > 0 {
		f.inner.lost(s, side, h.hole)
	}
	p := piece{side: side, data: m.Data, ref: m.Last, gap: h.hole}
	if m.First != m.Last {
		p.origin = &m.First
	}
	h.hole = 0
	if h.packed && m.State == Oversized {
		h.hole = 1 // it is not known how many bytes are missing
	}
	f.inner.push(s, p)
}

func (f *webSocketFramer) end(s sink, side int) {
	s.via = f.via
	h := &f.side[side]
	h.head.abandon(s)
	if h.opcode != 0 {
		h.spoil(s, &s.a.stats.Incomplete)
	}
	if f.inner != nil {
		f.inner.end(s, side)
	}
}

func (f *webSocketFramer) free(s sink) {
	for i := range f.side {
		h := &f.side[i]
		h.head.drop(s)
		h.message.drop(s)
		h.window.drop(s)
	}
	s.a.hold(-f.cost)
	if f.inner != nil {
		f.inner.free(s)
		s.a.hold(-tunnelCost)
	}
}
