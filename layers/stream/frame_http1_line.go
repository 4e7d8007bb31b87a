package stream

import "bytes"

// chunkSize reads the line with the size of a chunk. If the first one is not,
// the body is not chunked, whatever its head says.
func (f *httpFramer) chunkSize(s sink, h *httpSide, p *piece) {
	line, ok := h.until(s, p, endOfChunkLine)
	if !ok {
		return
	}
	c := parseChunkLine(line)
	bad := c.verdict != decided || h.first && h.frame.disputed && !c.strict
	rest := piece{side: p.side, data: line, ref: p.ref, origin: p.origin}
	h.done(s, p, len(line))
	switch {
	case bad && h.first && p.side != s.c.client:
		h.notChunked()
		f.push(s, rest)
		return
	case bad:
		h.mode = httpLost
		h.endFile(s, Undecodable)
		p.data = nil
	case c.size == 0:
		h.mode = httpTrailer
	default:
		h.mode, h.left = httpInBody, c.size
	}
	if h.first = false; h.frame.disputed && h.file != nil {
		h.file.spoil(Disputed)
	}
}

// trailer skips the fields after the last chunk, up to an empty line.
func (h *httpSide) trailer(s sink, p *piece) {
	line, ok := h.line(s, p)
	if !ok {
		return
	}
	if len(bytes.TrimRight(line, "\r\n")) == 0 {
		h.mode, h.chunked = httpInHead, false
		h.endFile(s, Complete)
	}
	h.done(s, p, len(line))
}

// line returns the next line with its line end, once it has arrived.
func (h *httpSide) line(s sink, p *piece) ([]byte, bool) { return h.until(s, p, endOfLine) }

// until returns the bytes up to the end that find returns, once they have
// arrived. No byte is searched twice, however the bytes are split.
func (h *httpSide) until(s sink, p *piece, find func(b []byte, from int) int) ([]byte, bool) {
	if len(h.buf.b) == 0 {
		h.buf.begin(p)
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
		h.buf.b = h.buf.b[:n]
		return h.buf.b[:n:n], true
	}
	h.scanned, h.last = len(h.buf.b), p.ref
	if h.scanned >= limit {
		s.a.stats.TooLong++
		h.buf.drop(s)
		h.abandon(s)
		p.data = nil
	}
	return nil, false
}

// done drops the n bytes that until returned.
func (h *httpSide) done(s sink, p *piece, n int) { h.buf.done(s, p, n) }

// emptyLines returns the length of the empty lines at the beginning of b, which
// may precede a head (RFC 9112 section 2.2).
func emptyLines(b []byte) int { return len(b) - len(bytes.TrimLeft(b, "\r\n")) }
