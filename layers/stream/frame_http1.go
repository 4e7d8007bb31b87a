package stream

import (
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/mail"
)

// An httpFramer splits a conversation into HTTP/1 heads and bodies, by the
// rules of RFC 9112 section 6.3.
type httpFramer struct {
	side    [2]httpSide
	pending queue[httpPending] // requests without a response
	at      turn               // of the current head
	inner   framer             // reads the tunnel, if there is one
	depth   int                // HTTP tunnels around this conversation
}

// An httpMode says what the next bytes of a side are.
type httpMode uint8

const (
	httpInHead  httpMode = iota // a head, or the empty lines before it
	httpInBody                  // a body of known length, or a chunk
	httpInChunk                 // a chunk's size
	httpInEnd                   // the line end after a chunk
	httpTrailer                 // the fields after the last chunk
	httpClose                   // a body up to the end of the connection
	httpJunk                    // bytes that are not a head, which may precede one
	httpLost                    // after a gap or invalid HTTP: a piece may begin a head
)

type httpSide struct {
	mode    httpMode
	chunked bool
	open    bool      // its bytes go through the tunnel
	began   bool      // a head has been read
	first   bool      // the next chunk is the first one of its body
	left    int64     // of the body or the chunk
	file    *httpBody // nil outside a body, or if files are not wanted
	buf     buffer
	last    Ref     // of the latest piece in buf
	scanned int     // bytes of buf searched for the end of the head
	frame   framing // of the current body
	extra   int64   // length that a response without body states
}

func newHTTP(_ Path, depth int) framer { return &httpFramer{depth: depth} }

func (f *httpFramer) lost(s sink, side, n int) {
	h := &f.side[side]
	if h.open {
		f.inner.lost(s, side, n)
		return
	}
	heads := 0
	if h.mode == httpInHead && !f.cutHead(s, side) {
		heads = 1
	}
	h.lose(s, n)
	f.doubt(s, side, heads)
}

func (f *httpFramer) push(s sink, p piece) {
	h := &f.side[p.side]
	for len(p.data) > 0 {
		if h.open || f.tunnelled(s, h, &p) {
			f.inner.push(s, p)
			return
		}
		switch h.mode {
		case httpInHead:
			f.head(s, h, &p)
		case httpInBody:
			h.body(s, &p)
		case httpInChunk:
			f.chunkSize(s, h, &p)
		case httpInEnd:
			if line, ok := h.line(s, &p); ok {
				h.done(s, &p, len(line))
				h.mode = httpInChunk
			}
		case httpTrailer:
			h.trailer(s, &p)
		case httpClose:
			if f.answers(s, h, &p) {
				h.endFile(s, Complete)
				h.mode = httpInHead
				continue
			}
			h.content(s, p.data, p.ref)
			return
		case httpJunk:
			f.junk(s, h, &p)
		case httpLost:
			if _, v := recogniseHTTP(p.data, s.c.Flow); v != decided {
				f.doubt(s, p.side, 0)
				return
			}
			h.mode = httpInHead
		}
	}
}

// lose processes n missing bytes. A body of known length, or one that lasts to
// the end of the connection, continues after them.
func (h *httpSide) lose(s sink, n int) {
	h.buf.abandon(s)
	if h.file != nil && (h.mode == httpClose || h.mode == httpInBody && int64(n) <= h.left) {
		h.file.lose(s, n)
	} else if h.file != nil {
		h.file.lose(s, 0)
	}
	switch {
	case h.mode == httpClose:
	case h.mode == httpInBody && int64(n) <= h.left:
		h.left -= int64(n)
		if h.left == 0 {
			h.bodyDone(s)
		}
	default:
		h.abandon(s)
	}
}

// abandon drops the current message: the next bytes must look like a head to be
// treated as one.
func (h *httpSide) abandon(s sink) {
	h.mode = httpLost
	h.endFile(s, Holed)
}

func (h *httpSide) endFile(s sink, state Completeness) {
	if h.file != nil {
		h.file.end(s, state)
		h.file = nil
	}
}

// head reads a head.
func (f *httpFramer) head(s sink, h *httpSide, p *piece) {
	if len(h.buf.b) == 0 && !f.beginsHead(s, h, p) {
		return
	}
	b, ok := h.until(s, p, http1.HeadLen)
	if !ok {
		return
	}
	f.at = h.buf.turnOf(len(b))
	m := Message{Proto: HTTP1, First: h.buf.first, Last: p.ref, Gap: h.buf.gap, Data: b}
	if statusPrefix(b) == decided {
		f.responseHead(s, h, p.side, m)
	} else {
		f.requestHead(s, h, p.side, m)
	}
	h.done(s, p, len(b))
}

// requestHead processes the head of a request, which shows who is the client.
func (f *httpFramer) requestHead(s sink, h *httpSide, side int, m Message) {
	req, err := http1.ParseRequest(m.Data)
	if err != nil {
		h.mode = httpLost
		return
	}
	s.c.setClient(side)
	m.Kind, m.FromClient = HTTPRequest, true
	s.emit(m)
	s.dnsQuery(m, req)
	h.began = true
	f.request(s, h, req)
}

func (f *httpFramer) responseHead(s sink, h *httpSide, side int, m Message) {
	res, err := http1.ParseResponse(m.Data)
	if err != nil {
		h.mode = httpLost
		return
	}
	m.Kind, m.FromClient = HTTPResponse, side == s.c.client
	if f.oldest() == nil {
		at := f.at
		f.cutHead(s, 1-side) // the server has it all
		f.at = at
	}
	h.began = true
	f.response(s, h, m, res)
}

// request chooses the mode after a request's head.
func (f *httpFramer) request(s sink, h *httpSide, req http1.Request) {
	kind := httpOther
	switch string(req.Method()) {
	case "HEAD":
		kind = httpHead
	case "CONNECT":
		kind = httpConnect
	case "GET":
		if isSimple(req) {
			kind = httpSimple
		}
	}
	head := f.wait(s, kind, req)
	// Conflicting lengths are invalid (RFC 9112 section 6.3): the next bytes
	// must look like a head to be treated as one.
	n, err := req.ContentLength()
	switch {
	case req.Chunked():
		h.startChunked()
	case err != nil:
		h.mode = httpLost
	case n > 0:
		h.startBody(n)
	}
	if (h.mode == httpInBody || h.mode == httpInChunk) && s.wantsBody(req) {
		h.file = newHTTPBody(s, Message{Proto: HTTP1, FromClient: true, Request: head}, req, nil)
		if h.file.state != Encoded {
			h.file.form = newForm(s, mail.ParseParams(req.Get("Content-Type")))
		}
	}
}

// response emits a response's head and chooses the mode after it.
func (f *httpFramer) response(s sink, h *httpSide, m Message, res http1.Response) {
	status := res.Status()
	if status >= 100 && status < 200 && (status != 101 || f.noUpgrade()) {
		if asked := f.asked(s); asked != nil {
			m.Request = asked.head
		}
		s.emit(m)
		return
	}
	asked := f.answered(s)
	m.Request = asked.head
	s.emit(m)
	h.frame = framingOf(res)
	n := h.frame.length
	switch {
	case status == 101:
		f.openWebSocket(s, asked.head, res)
		f.tunnel(s, Upgrade)
		f.upgrade(s, asked.head, res)
	case asked.kind == httpConnect && status >= 200 && status < 300:
		f.tunnel(s, Connect)
	case asked.kind == httpHead, status == 204, status == 304:
		h.extra = max(n, 0)
	case h.frame.chunked:
		h.startChunked()
	case n >= 0:
		h.startBody(n)
	default:
		h.mode = httpClose
	}
	if h.mode != httpInHead && s.wantsBody(res) {
		from := Message{Proto: HTTP1, FromClient: m.FromClient, Request: asked.head}
		h.file = newHTTPBody(s, from, res, asked.target)
		if status == 206 && !rangeIsWhole(res.Get("Content-Range"), n) {
			h.file.state = Partial
		} else if h.frame.disputed && !h.frame.chunked {
			h.file.state = Disputed
		}
	}
}

func (f *httpFramer) end(s sink, side int) {
	if f.inner != nil {
		f.inner.end(s, side)
	}
	h := &f.side[side]
	f.cutHead(s, side)
	if h.mode == httpJunk {
		f.noHead(s, h, side)
	}
	h.buf.abandon(s)
	state := Unfinished
	switch {
	case h.mode == httpTrailer, h.mode == httpClose && s.clean:
		state = Complete // the end of the connection ends the body (RFC 9112 section 6.3)
	case s.clean:
		state = EndedEarly
	}
	h.endFile(s, state)
}

func (f *httpFramer) free(s sink) {
	for i := range f.side {
		f.side[i].buf.drop(s)
		if b := f.side[i].file; b != nil {
			b.free(s)
		}
	}
	f.pending.free(s)
	if f.inner != nil {
		f.inner.free(s)
		s.a.hold(-tunnelCost)
	}
}
