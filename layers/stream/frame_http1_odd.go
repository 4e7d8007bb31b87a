package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/http1"
)

const (
	// maxJunk limits the bytes before a status-line that are skipped.
	maxJunk = 256

	// maxJunkInLine limits those in its line: Chromium accepts four.
	maxJunkInLine = 4
)

// httpSimple is the kind of a request of HTTP/0.9 (RFC 1945 section 4.1), whose
// response has no head.
const httpSimple = httpConnect + 1

func isSimple(req http1.Request) bool {
	major, minor := req.Version()
	return major == 0 && minor == 9 && req.Get("Host") == nil
}

// beginsHead reports whether p begins a head. It skips empty lines, and what is
// not a head.
func (f *httpFramer) beginsHead(s sink, h *httpSide, p *piece) bool {
	if h.extra > 0 && p.side != s.c.client {
		h.mode = httpJunk
		return false
	}
	if n := emptyLines(p.data); n > 0 && !f.waitsForBody(s, p.side) {
		p.data = p.data[n:]
		return false
	}
	if p.side != s.c.client && f.oldest() != nil {
		if http1.LooksLikeResponse(p.data) || statusPrefix(p.data) != refused && !f.waitsForBody(s, p.side) {
			return true
		}
		h.mode = httpJunk
		return false
	}
	if _, v := recogniseHTTP(p.data, s.c.Flow); v == refused && !http1.LooksLikeRequest(p.data) {
		h.mode = httpLost
		p.data = nil
		return false
	}
	return true
}

// waitsForBody reports whether the server answers a request of HTTP/0.9.
func (f *httpFramer) waitsForBody(s sink, side int) bool {
	asked := f.oldest()
	return side != s.c.client && asked != nil && asked.kind == httpSimple
}

// waitsAlone reports whether a single request waits, one whose response has a body.
func (f *httpFramer) waitsAlone() bool {
	asked := f.oldest()
	return asked != nil && asked.kind == httpOther && len(f.pending.waiting) == 1
}

// junk keeps bytes of the server that are not a head, until one begins after
// them, or there are too many.
func (f *httpFramer) junk(s sink, h *httpSide, p *piece) {
	if len(h.buf.b) == 0 {
		h.buf.begin(p)
	}
	h.last = p.ref
	h.buf.add(s, p, min(len(p.data), maxJunk-len(h.buf.b)))
	b := h.buf.b
	body := h.extra > 0 || f.waitsForBody(s, p.side)
	switch at := statusAfter(b); {
	case at == 0, at > 0 && !body:
		h.pass(s, f, p.side, at)
	case body && statusPrefix(b) == refused, len(b) == maxJunk:
		f.noHead(s, h, p.side)
	}
}

// noHead processes the junk as what it is without a head after it: the body of a
// response that must not have one, a response of HTTP/0.9, or unknown.
func (f *httpFramer) noHead(s sink, h *httpSide, side int) {
	switch {
	case h.extra > 0:
		h.mode, h.left, h.chunked, h.extra = httpInBody, h.extra, false, 0
	case f.waitsForBody(s, side), s.c.begun && !h.began && f.waitsAlone():
		f.at = h.buf.turnOf(len(h.buf.b))
		asked := f.answered(s)
		h.mode, h.began, h.frame = httpClose, true, framing{}
		if !s.a.NoFiles {
			h.file = newHTTPBody(s, Message{Proto: HTTP1, Request: asked.head}, http1.Response{}, asked.target)
			if asked.kind != httpSimple {
				h.file.state = Disputed // as curl and wget take it, but not browsers
			}
		}
	default:
		h.mode = httpLost
	}
	h.pass(s, f, side, 0)
}

// pass drops the first n bytes of the junk, and passes on the rest.
func (h *httpSide) pass(s sink, f *httpFramer, side, n int) {
	b := h.buf.b
	at := h.buf.turnOf(len(b))
	rest := piece{side: side, data: b[n:], ref: h.last, end: at.end, seen: at.seen, placed: at.known}
	if len(b) == n {
		return
	}
	if first := h.buf.first; first != h.last {
		rest.origin = &first
	}
	h.buf.drop(s)
	if h.mode == httpJunk {
		h.mode, h.extra = httpInHead, 0
	}
	if h.mode == httpLost {
		f.doubt(s, side, 0)
		return
	}
	f.push(s, rest)
}

// statusAfter returns the offset of the status-line after junk, or -1.
func statusAfter(b []byte) int {
	for i := 0; i+len("HTTP/1") <= len(b); i++ {
		if (i <= maxJunkInLine || b[i-1] == '\n') && statusPrefix(b[i:]) == decided && http1.LooksLikeResponse(b[i:]) {
			return i
		}
	}
	return -1
}

// answers reports whether p begins the next response, where the current one has
// no certain end.
func (f *httpFramer) answers(s sink, h *httpSide, p *piece) bool {
	if !h.frame.disputed || f.oldest() == nil {
		return false
	}
	_, v := recogniseHTTP(p.data, s.c.Flow)
	return v == decided && http1.LooksLikeResponse(p.data)
}

// notChunked continues a body as one that is not chunked.
func (h *httpSide) notChunked() {
	h.chunked, h.first = false, false
	if h.file != nil && !h.frame.disputed {
		h.file.spoil(Mislabelled)
	}
	if h.mode = httpClose; h.frame.length >= 0 {
		h.mode, h.left = httpInBody, h.frame.length
	}
	h.frame.disputed = true
}

// noUpgrade reports whether the client has not asked to switch protocols: then
// receivers treat 101 like 100.
func (f *httpFramer) noUpgrade() bool {
	asked := f.oldest()
	if asked == nil {
		return false
	}
	req, err := http1.ParseRequest(asked.head)
	return err == nil && req.Get("Upgrade") == nil
}

// cutHead emits the head in the buffer up to its last whole line, with an empty
// line added: the rest is missing. That of a request must name its host. It reports whether
// there is such a head.
func (f *httpFramer) cutHead(s sink, side int) bool {
	h := &f.side[side]
	end := bytes.LastIndexByte(h.buf.b, '\n') + 1
	if h.mode != httpInHead || end == 0 {
		return false
	}
	b := append(bytes.Clone(h.buf.b[:end]), "\r\n"...)
	m := Message{Proto: HTTP1, First: h.buf.first, Last: h.last, Gap: h.buf.gap, Data: b}
	request := statusPrefix(b) != decided
	if req, err := http1.ParseRequest(b); request && (err != nil || len(req.Host()) == 0) {
		return false
	}
	f.at = h.buf.turnOf(end)
	h.buf.abandon(s)
	if request {
		f.requestHead(s, h, side, m)
	} else {
		f.responseHead(s, h, side, m)
	}
	h.abandon(s)
	return true
}
