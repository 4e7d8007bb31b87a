package stream

import (
	"bytes"
	"strconv"
)

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
		h.endFile(s, Undecodable)
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
		h.endFile(s, Complete)
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
		h.buf.b = h.buf.b[:n]
		return h.buf.b[:n:n], true
	}
	h.scanned = len(h.buf.b)
	if h.scanned >= limit {
		s.a.stats.TooLong++
		h.buf.drop(s)
		h.give(s)
		p.data = nil
	}
	return nil, false
}

// done drops the n bytes that until returned.
func (h *httpSide) done(s sink, p *piece, n int) { h.buf.done(s, p, n) }

// emptyLines returns the length of the empty lines that b begins with, which
// may stand before a head (RFC 9112 section 2.2).
func emptyLines(b []byte) int { return len(b) - len(bytes.TrimLeft(b, "\r\n")) }
