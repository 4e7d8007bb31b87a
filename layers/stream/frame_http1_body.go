package stream

import (
	"bytes"
	"math"
	"strconv"

	"github.com/sightline-go/sightline/layers/http1"
)

// A framing says how the end of a response's body is found (RFC 9112 section
// 6.3).
type framing struct {
	chunked  bool
	length   int64 // -1: up to the end of the connection
	disputed bool  // receivers differ on it
}

// framingOf decides as most of the receivers do that accept the response: they
// accept fields that RFC 9112 forbids, and differ on some. Whether such a body
// is chunked is decided by its first bytes.
func framingOf(res http1.Response) framing {
	major, minor := res.Version()
	f := framing{length: -1}
	var lengths lengthField
	for name, value := range res.Fields() {
		line, rest := cutReturn(value)
		f.field(&lengths, name, line)
		for len(rest) > 0 {
			if name, line, rest = cutReturnField(rest); name != nil {
				f.field(&lengths, name, line)
			}
		}
	}
	f.length, f.disputed = lengths.value()
	if f.chunked {
		f.disputed = !res.Chunked() || major == 1 && minor == 0 || major == 0
	}
	return f
}

func (f *framing) field(lengths *lengthField, name, value []byte) {
	switch {
	case bytes.EqualFold(name, []byte("Content-Length")):
		lengths.add(value)
	case bytes.EqualFold(name, []byte("Transfer-Encoding")) && mentionsChunked(value):
		f.chunked = true
	}
}

func mentionsChunked(value []byte) bool {
	const name = "CHUNKED"
	for len(value) >= len(name) {
		if equalFold(value[:len(name)], name) {
			return true
		}
		value = value[1:]
	}
	return false
}

// cutReturn returns b up to a CR without LF, which ends a line for Chromium, and
// what follows it.
func cutReturn(b []byte) (line, rest []byte) {
	for off := 0; ; off++ {
		i := bytes.IndexByte(b[off:], '\r')
		if i < 0 || off+i+1 == len(b) {
			return b, nil
		}
		if off += i; b[off+1] != '\n' {
			return b[:off], b[off+1:]
		}
	}
}

// cutReturnField returns the field at the start of b, which follows such a CR,
// and the rest. The name is nil if the line is not a field.
func cutReturnField(b []byte) (name, value, rest []byte) {
	line, rest := cutReturn(b)
	if name, value, ok := bytes.Cut(line, []byte{':'}); ok {
		return bytes.Trim(name, " \t"), value, rest
	}
	return nil, nil, rest
}

// A lengthField collects the values of Content-Length.
type lengthField struct {
	most, least int64
	valid, bad  bool
}

func (l *lengthField) add(list []byte) {
	if len(bytes.Trim(list, " \t\r\n")) == 0 {
		l.bad = true
	}
	for item := range bytes.SplitSeq(list, []byte{','}) {
		item = bytes.Trim(item, " \t\r\n")
		n, ok := lenientLength(item)
		switch {
		case len(item) == 0:
		case !ok:
			l.bad = true
		case !l.valid:
			l.most, l.least, l.valid = n, n, true
		default:
			l.most, l.least = max(l.most, n), min(l.least, n)
		}
	}
}

// value returns the largest value, or -1 if there is none, and whether receivers
// differ on it.
func (l *lengthField) value() (n int64, disputed bool) {
	if !l.valid {
		return -1, l.bad
	}
	return l.most, l.bad || l.most != l.least
}

// lenientLength reads a number as C's atoi does. A hexadecimal number, or one of
// two numbers, is not valid.
func lenientLength(b []byte) (int64, bool) {
	b = bytes.TrimPrefix(b, []byte{'+'})
	rest := bytes.TrimLeft(b, "0123456789")
	number := b[:len(b)-len(rest)]
	if rest = bytes.TrimLeft(rest, " \t\r\n"); len(rest) > 0 && (string(number) == "0" && rest[0]|0x20 == 'x' || '0' <= rest[0] && rest[0] <= '9') {
		return 0, false
	}
	n, err := strconv.ParseInt(string(number), 10, 64)
	return n, err == nil
}

// A chunkLine is the line with the size of a chunk (RFC 9112 section 7.1).
type chunkLine struct {
	size    int64
	verdict verdict // undecided: it needs more bytes
	strict  bool    // it is to the letter, so far
}

// maxChunkPadding limits the white space and empty lines before a chunk's size.
const maxChunkPadding = 64

// parseChunkLine reads a chunk's size as receivers do: after white space, with a
// plus sign or 0x before it, and whatever after it.
func parseChunkLine(b []byte) (c chunkLine) {
	rest := bytes.TrimLeft(b, " \t\r\n")
	c.strict = len(rest) == len(b)
	if len(b)-len(rest) >= maxChunkPadding {
		return c
	}
	if len(rest) == 0 {
		c.verdict = undecided
		return c
	}
	plain := len(rest)
	rest = bytes.TrimPrefix(rest, []byte{'+'})
	if len(rest) > 1 && rest[0] == '0' && rest[1]|0x20 == 'x' {
		rest = rest[2:]
	}
	c.strict = c.strict && len(rest) == plain
	digits := 0
	for ; digits < len(rest) && isHex(rest[digits]); digits++ {
		if c.size > math.MaxInt64>>4 {
			c.size = math.MaxInt64
			continue
		}
		c.size = c.size<<4 | int64(unhex(rest[digits]))
	}
	rest = rest[digits:]
	if len(rest) == 0 {
		c.verdict = undecided
		return c
	}
	after := bytes.IndexByte([]byte(" \t;\r\n"), rest[0]) >= 0
	c.strict = c.strict && after
	if digits > 0 && (c.size > 0 || after) {
		c.verdict = decided
	}
	return c
}

// endOfChunkLine returns the length of the line, with the empty lines before it,
// or of all bytes if they cannot begin one.
func endOfChunkLine(b []byte, from int) int {
	head := b[:min(len(b), maxChunkPadding)]
	blank := len(head) - len(bytes.TrimLeft(head, " \t\r\n"))
	if n := endOfLine(b, max(blank, from)); n > 0 {
		return n
	}
	if from < maxChunkPadding && parseChunkLine(b).verdict == refused {
		return len(b)
	}
	return 0
}

func (h *httpSide) startBody(n int64) {
	if n > 0 {
		h.mode, h.left, h.chunked = httpInBody, n, false
	}
}

func (h *httpSide) startChunked() { h.mode, h.chunked, h.first = httpInChunk, true, true }

func (h *httpSide) body(s sink, p *piece) {
	n := min(h.left, int64(len(p.data)))
	h.content(s, p.data[:n:n], p.ref)
	p.data = p.data[n:]
	p.gap = 0
	if h.left -= n; h.left == 0 {
		h.bodyDone(s)
	}
}

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
