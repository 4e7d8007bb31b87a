package stream

import (
	"bytes"
	"strconv"

	"github.com/sightline-go/sightline/layers"
)

// An httpFramer cuts HTTP/1 heads out of a conversation, and passes over the
// bodies between them by the rules of RFC 9112 section 6.3.
type httpFramer struct {
	side    [2]httpSide
	pending []httpKind // requests without response yet, oldest first
	many    bool       // pending overflowed: responses are not paired any more
	inner   framer     // speaks through the tunnel, once there is one
}

// An httpKind is what the response to a request depends on.
type httpKind uint8

const (
	httpOther httpKind = iota
	httpHead
	httpConnect
)

// maxPending bounds the pipelined requests that a framer pairs with responses.
const maxPending = 1024

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
	left    int64 // of the body or the chunk
	buf     buffer
	scanned int // how far buf was searched for the end of the head
}

func (f *httpFramer) push(s sink, p piece) {
	h := &f.side[p.side]
	if p.gap > 0 && f.inner == nil {
		h.lose(s, &p)
	}
	for len(p.data) > 0 {
		if f.inner != nil {
			f.inner.push(s, p)
			return
		}
		switch h.mode {
		case httpInHead:
			f.head(s, h, &p)
		case httpInBody:
			h.body(&p)
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
			return
		case httpLost:
			if _, v := recogniseHTTP(p.data); v != decided {
				return
			}
			h.mode = httpInHead
		}
	}
}

// lose deals with a gap before p. Within a body of known length, and in one
// that lasts to the end of the connection, nothing is lost but bytes.
func (h *httpSide) lose(s sink, p *piece) {
	h.buf.abandon(s)
	switch {
	case h.mode == httpClose:
	case h.mode == httpInBody && int64(p.gap) <= h.left:
		h.left -= int64(p.gap)
		if h.left == 0 {
			h.bodyDone()
		}
	default:
		h.mode = httpLost
	}
}

// head takes a head from p when its end is there.
func (f *httpFramer) head(s sink, h *httpSide, p *piece) {
	if len(h.buf.b) == 0 {
		if n := emptyLines(p.data); n > 0 {
			p.data = p.data[n:]
			return
		}
		if _, v := recogniseHTTP(p.data); v == refused && !layers.LooksLikeHTTPRequest(p.data) {
			h.mode = httpLost
			p.data = nil
			return
		}
	}
	b, ok := h.until(s, p, layers.HTTPHeadLen)
	if !ok {
		return
	}
	m := Message{Proto: HTTP1, First: h.buf.first, Last: p.ref, Gap: h.buf.gap, Data: b}
	if req, err := layers.ParseHTTPRequest(b); err == nil {
		s.c.setClient(p.side)
		m.FromClient = true
		s.emit(m)
		f.request(h, req)
	} else if res, err := layers.ParseHTTPResponse(b); err == nil {
		m.FromClient = p.side == s.c.client
		s.emit(m)
		f.response(h, res)
	} else {
		h.mode = httpLost
	}
	h.done(s, p, len(b))
}

// request chooses the mode behind a request's head.
func (f *httpFramer) request(h *httpSide, req layers.HTTPRequest) {
	kind := httpOther
	switch string(req.Method()) {
	case "HEAD":
		kind = httpHead
	case "CONNECT":
		kind = httpConnect
	}
	if len(f.pending) >= maxPending {
		f.many, f.pending = true, nil
	}
	if !f.many {
		f.pending = append(f.pending, kind)
	}
	// A length that contradicts itself is no length (RFC 9112 section 6.3): what
	// follows must look like a head to be taken for one.
	switch n, err := req.ContentLength(); {
	case req.Chunked():
		h.startChunked()
	case err != nil:
		h.mode = httpLost
	case n > 0:
		h.startBody(n)
	}
}

// response chooses the mode behind a response's head.
func (f *httpFramer) response(h *httpSide, res layers.HTTPResponse) {
	status := res.Status()
	if status >= 100 && status < 200 && status != 101 {
		return
	}
	kind := httpOther
	if len(f.pending) > 0 {
		kind = f.pending[0]
		f.pending = f.pending[1:]
	}
	n, err := res.ContentLength()
	switch {
	case status == 101:
		f.inner = &probe{via: Upgrade}
	case kind == httpConnect && status >= 200 && status < 300:
		f.inner = &probe{via: Connect}
	case kind == httpHead, status == 204, status == 304:
	case res.Chunked():
		h.startChunked()
	case err == nil && n >= 0:
		h.startBody(n)
	default:
		h.mode = httpClose
	}
}

func (h *httpSide) startBody(n int64) {
	if n > 0 {
		h.mode, h.left, h.chunked = httpInBody, n, false
	}
}

func (h *httpSide) startChunked() { h.mode, h.chunked = httpInChunk, true }

// body passes over a body.
func (h *httpSide) body(p *piece) {
	n := min(h.left, int64(len(p.data)))
	p.data = p.data[n:]
	p.gap = 0
	if h.left -= n; h.left == 0 {
		h.bodyDone()
	}
}

func (h *httpSide) bodyDone() {
	h.mode = httpInHead
	if h.chunked {
		h.mode = httpInEnd
	}
}

// chunkSize takes the line before a chunk (RFC 9112 section 7.1).
func (h *httpSide) chunkSize(s sink, p *piece) {
	line, ok := h.line(s, p)
	if !ok {
		return
	}
	text, _, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte{';'})
	n, err := strconv.ParseInt(string(bytes.Trim(text, " \t")), 16, 64)
	h.done(s, p, len(line))
	switch {
	case err != nil || n < 0:
		h.mode = httpLost
		p.data = nil
	case n == 0:
		h.mode = httpTrailer
	default:
		h.mode, h.left = httpInBody, n
	}
}

// trailer passes over the fields behind the last chunk, up to an empty line.
func (h *httpSide) trailer(s sink, p *piece) {
	line, ok := h.line(s, p)
	if !ok {
		return
	}
	if len(bytes.TrimRight(line, "\r\n")) == 0 {
		h.mode, h.chunked = httpInHead, false
	}
	h.done(s, p, len(line))
}

// line returns the next line with its end when it is there.
func (h *httpSide) line(s sink, p *piece) ([]byte, bool) { return h.until(s, p, endOfLine) }

// until returns the bytes up to the end that find finds, when they are there.
// Bytes are searched once, however they are cut.
func (h *httpSide) until(s sink, p *piece, find func(b []byte, from int) int) ([]byte, bool) {
	if len(h.buf.b) == 0 {
		h.buf.first, h.buf.gap = p.first(), p.gap
		if n := find(p.data, 0); n > 0 {
			return p.data[:n:n], true
		}
		h.scanned = 0
	}
	limit := withDefault(s.a.MaxMessage, defaultMaxMessage)
	kept := len(h.buf.b)
	data := p.data
	h.buf.add(s, p, min(len(data), limit-kept))
	if n := find(h.buf.b, h.scanned); n > 0 {
		p.data = data[n-kept:]
		s.a.hold(n - len(h.buf.b))
		h.buf.b = h.buf.b[:n]
		return h.buf.b[:n:n], true
	}
	h.scanned = len(h.buf.b)
	if h.scanned >= limit {
		s.a.stats.TooLong++
		h.buf.drop(s)
		h.mode = httpLost
		p.data = nil
	}
	return nil, false
}

// done drops the n bytes that until returned.
func (h *httpSide) done(s sink, p *piece, n int) { h.buf.done(s, p, n) }

// endOfLine returns the length of the first line in b, its end included, 0
// when it has no end. b[:from] has none.
func endOfLine(b []byte, from int) int {
	i := bytes.IndexByte(b[from:], '\n')
	if i < 0 {
		return 0
	}
	return from + i + 1
}

// emptyLines returns the length of the empty lines that b begins with, which
// may stand before a head (RFC 9112 section 2.2).
func emptyLines(b []byte) int { return len(b) - len(bytes.TrimLeft(b, "\r\n")) }

func (f *httpFramer) end(s sink, side int) {
	if f.inner != nil {
		f.inner.end(s, side)
	}
	f.side[side].buf.abandon(s)
}

func (f *httpFramer) free(s sink) {
	f.side[0].buf.drop(s)
	f.side[1].buf.drop(s)
	if f.inner != nil {
		f.inner.free(s)
	}
}
