package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/mail"
)

// An httpFramer cuts a conversation into HTTP/1 heads and the bodies between
// them, by the rules of RFC 9112 section 6.3.
type httpFramer struct {
	side    [2]httpSide
	pending []httpPending // requests without response yet, oldest first
	held    int           // bytes in pending
	last    Ref           // where the last request began
	piped   bool          // requests came in one packet: the client does not wait for responses
	unsure  bool          // some in pending may have been answered unseen
	crowded bool          // pending overflowed: responses are not paired any more
	inner   framer        // speaks through the tunnel, once there is one
	depth   int           // tunnels that this conversation is in
}

// An httpMode says what the next bytes of a side are.
type httpMode uint8

const (
	httpInHead  httpMode = iota // a head, or the empty lines before it
	httpInBody                  // a body of known length, or a chunk
	httpInChunk                 // a chunk's size
	httpInEnd                   // the line end behind a chunk
	httpTrailer                 // the fields behind the last chunk
	httpClose                   // a body up to the end of the connection
	httpLost                    // behind a gap, or no HTTP: a piece may begin a head
)

type httpSide struct {
	mode    httpMode
	chunked bool
	left    int64     // of the body or the chunk
	file    *httpBody // nil while there is no body, or nobody wants it
	buf     buffer
	scanned int  // how far buf was searched for the end of the head
	open    bool // its bytes go through the tunnel
}

func newHTTP(_ Path, depth int) framer { return &httpFramer{depth: depth} }

func (f *httpFramer) lost(s sink, side, n int) {
	h := &f.side[side]
	if h.open {
		f.inner.lost(s, side, n)
		return
	}
	h.lose(s, n)
	f.doubt(s, side)
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
			h.chunkSize(s, &p)
		case httpInEnd:
			if line, ok := h.line(s, &p); ok {
				h.done(s, &p, len(line))
				h.mode = httpInChunk
			}
		case httpTrailer:
			h.trailer(s, &p)
		case httpClose:
			h.content(s, p.data, p.ref)
			return
		case httpLost:
			if _, v := recogniseHTTP(p.data, s.c.Flow); v != decided {
				f.doubt(s, p.side)
				return
			}
			h.mode = httpInHead
		}
	}
}

// lose deals with n missing bytes. Within a body of known length, and in one that
// lasts to the end of the connection, nothing is lost but bytes.
func (h *httpSide) lose(s sink, n int) {
	h.buf.abandon(s)
	if h.file != nil {
		h.file.lose(s)
	}
	switch {
	case h.mode == httpClose:
	case h.mode == httpInBody && int64(n) <= h.left:
		h.left -= int64(n)
		if h.left == 0 {
			h.bodyDone(s)
		}
	default:
		h.give(s)
	}
}

// give gives up the message that the side is in: what follows must look like a
// head to be taken for one.
func (h *httpSide) give(s sink) {
	h.mode = httpLost
	h.endFile(s, Holed)
}

// endFile ends the body, if there is one.
func (h *httpSide) endFile(s sink, state Completeness) {
	if h.file != nil {
		h.file.end(s, state)
		h.file = nil
	}
}

// head takes a head from p when its end is there.
func (f *httpFramer) head(s sink, h *httpSide, p *piece) {
	if len(h.buf.b) == 0 {
		if n := emptyLines(p.data); n > 0 {
			p.data = p.data[n:]
			return
		}
		if _, v := recogniseHTTP(p.data, s.c.Flow); v == refused && !http1.LooksLikeRequest(p.data) {
			h.mode = httpLost
			p.data = nil
			return
		}
	}
	b, ok := h.until(s, p, http1.HeadLen)
	if !ok {
		return
	}
	m := Message{Proto: HTTP1, First: h.buf.first, Last: p.ref, Gap: h.buf.gap, Data: b}
	if bytes.HasPrefix(b, []byte("HTTP/")) { // no method has a slash
		f.responseHead(s, h, p.side, m)
	} else {
		f.requestHead(s, h, p.side, m)
	}
	h.done(s, p, len(b))
}

// requestHead takes the head of a request, which shows who is the client.
func (f *httpFramer) requestHead(s sink, h *httpSide, side int, m Message) {
	req, err := http1.ParseRequest(m.Data)
	if err != nil {
		h.mode = httpLost
		return
	}
	s.c.setClient(side)
	m.Kind, m.FromClient = HTTPRequest, true
	s.emit(m)
	f.request(s, h, m.First, req)
}

// responseHead takes the head of a response.
func (f *httpFramer) responseHead(s sink, h *httpSide, side int, m Message) {
	res, err := http1.ParseResponse(m.Data)
	if err != nil {
		h.mode = httpLost
		return
	}
	m.Kind, m.FromClient = HTTPResponse, side == s.c.client
	f.response(s, h, m, res)
}

// request chooses the mode behind a request's head.
func (f *httpFramer) request(s sink, h *httpSide, first Ref, req http1.Request) {
	kind := httpOther
	switch string(req.Method()) {
	case "HEAD":
		kind = httpHead
	case "CONNECT":
		kind = httpConnect
	}
	f.wait(s, kind, first, req)
	// A length that contradicts itself is no length (RFC 9112 section 6.3): what
	// follows must look like a head to be taken for one.
	n, err := req.ContentLength()
	switch {
	case req.Chunked():
		h.startChunked()
	case err != nil:
		h.mode = httpLost
	case n > 0:
		h.startBody(n)
	}
	if !s.a.NoFiles && (h.mode == httpInBody || h.mode == httpInChunk) {
		h.file = newHTTPBody(s, Message{Proto: HTTP1, FromClient: true}, req, req.Target())
		if h.file.state != Encoded {
			h.file.form = newForm(s, mail.ParseParams(req.Get("Content-Type")))
		}
	}
}

// response emits a response's head and chooses the mode behind it.
func (f *httpFramer) response(s sink, h *httpSide, m Message, res http1.Response) {
	status := res.Status()
	if status >= 100 && status < 200 && status != 101 {
		if f.settle(s); len(f.pending) > 0 {
			m.Request = f.pending[0].head
		}
		s.emit(m)
		return
	}
	asked := f.answered(s)
	m.Request = asked.head
	s.emit(m)
	n, err := res.ContentLength()
	switch {
	case status == 101:
		f.tunnel(s, Upgrade)
	case asked.kind == httpConnect && status >= 200 && status < 300:
		f.tunnel(s, Connect)
	case asked.kind == httpHead, status == 204, status == 304:
	case res.Chunked():
		h.startChunked()
	case err == nil && n >= 0:
		h.startBody(n)
	default:
		h.mode = httpClose
	}
	if !s.a.NoFiles && h.mode != httpInHead {
		from := Message{Proto: HTTP1, FromClient: m.FromClient, Request: asked.head}
		h.file = newHTTPBody(s, from, res, asked.target)
		if status == 206 && !rangeIsWhole(res.Get("Content-Range"), n) {
			h.file.state = Partial
		}
	}
}

func (h *httpSide) startBody(n int64) {
	if n > 0 {
		h.mode, h.left, h.chunked = httpInBody, n, false
	}
}

func (h *httpSide) startChunked() { h.mode, h.chunked = httpInChunk, true }

// body passes on what p has of a body.
func (h *httpSide) body(s sink, p *piece) {
	n := min(h.left, int64(len(p.data)))
	h.content(s, p.data[:n:n], p.ref)
	p.data = p.data[n:]
	p.gap = 0
	if h.left -= n; h.left == 0 {
		h.bodyDone(s)
	}
}

// content passes on the next bytes of a body.
func (h *httpSide) content(s sink, data []byte, at Ref) {
	if h.file != nil {
		h.file.write(s, data, at)
	}
}

// bodyDone ends a body of known length, or a chunk.
func (h *httpSide) bodyDone(s sink) {
	if h.chunked {
		h.mode = httpInEnd
		return
	}
	h.mode = httpInHead
	h.endFile(s, Complete)
}

func (f *httpFramer) end(s sink, side int) {
	if f.inner != nil {
		f.inner.end(s, side)
	}
	h := &f.side[side]
	h.buf.abandon(s)
	state := Unfinished
	if h.mode == httpClose && s.clean {
		state = Complete // the end of the connection is the body's (RFC 9112 section 6.3)
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
	f.forget(s)
	if f.inner != nil {
		f.inner.free(s)
		s.a.hold(-tunnelCost)
	}
}
