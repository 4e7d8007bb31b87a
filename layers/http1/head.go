package http1

import (
	"bytes"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// httpMaxEmptyLines is how many bytes of empty lines may precede a start-line.
// RFC 9112 section 2.2 asks to skip one empty line; without a limit somebody
// could have us skip the same lines again with every segment.
const maxEmptyLines = 16

// httpVersionLen is the length of an HTTP-version (RFC 9112 section 2.3).
const versionLen = len("HTTP/1.1")

// HeadLen returns the length of the head of an HTTP/1 message (RFC 9112
// section 2.1) that b begins with, empty lines before it and the one at its end
// included; 0 when b does not reach to its end. Lines end in CRLF or LF alone.
// The first from bytes have been searched before: a caller that gathers bytes
// passes the length that b had the last time, so each byte is looked at once.
func HeadLen(b []byte, from int) int {
	off := max(skipEmptyLines(b), from-len("\n\r"))
	for off < len(b) {
		i := bytes.IndexByte(b[off:], '\n')
		if i < 0 {
			break
		}
		off += i + 1
		if n := text.EmptyLine(b[off:]); n > 0 {
			return off + n
		}
	}
	return 0
}

// skipEmptyLines returns the length of the empty lines before a start-line.
func skipEmptyLines(b []byte) int {
	off := 0
	for off < min(len(b), maxEmptyLines) && (b[off] == '\r' || b[off] == '\n') {
		off++
	}
	return off
}

// AppendValue appends a field's value to dst, with a space for each line
// end and the white space around it (obs-fold, RFC 9112 section 5.2).
func AppendValue(dst, value []byte) []byte {
	line, rest, more := text.CutLine(value)
	dst = append(dst, text.TrimSpace(line)...)
	for more {
		line, rest, more = text.CutLine(rest)
		dst = append(dst, ' ')
		dst = append(dst, text.TrimSpace(line)...)
	}
	return dst
}

// httpHead is what requests and responses share: a head up to and including
// the empty line that ends it.
type head struct {
	b            []byte
	fields       int // offset of the first field line
	major, minor uint8
}

// startLine returns the start-line that b begins with, and a head that has only
// its place yet; complete is false when b ends inside the line.
func startLine(b []byte) (h head, line []byte, complete bool) {
	line, rest, complete := text.CutLine(b[skipEmptyLines(b):])
	h.fields = len(b) - len(rest)
	return h, line, complete
}

// take makes h the head that b begins with. It reports false when b ends before
// the head does.
func (h *head) take(b []byte) bool {
	n := HeadLen(b, h.fields)
	h.b = b[:n:n]
	return n > 0
}

// parseVersion parses an HTTP-version.
func (h *head) parseVersion(b []byte) bool {
	if len(b) != versionLen || !isVersion(b) {
		return false
	}
	h.major, h.minor = b[5]-'0', b[7]-'0'
	return true
}

// isVersion reports whether b is the beginning of an HTTP-version, or all of it.
func isVersion(b []byte) bool {
	for i, c := range b {
		if want := "HTTP/0.0"[i]; c != want && (want != '0' || !text.IsDigit(c)) {
			return false
		}
	}
	return true
}

// Version returns the sender's HTTP version (RFC 9112 section 2.3).
func (h head) Version() (major, minor int) { return int(h.major), int(h.minor) }

func (h head) appendVersion(dst []byte) []byte {
	return append(dst, "HTTP/"+string([]byte{'0' + h.major, '.', '0' + h.minor})...)
}

// Fields returns the header fields in their order (RFC 9112 section 5): name
// and value without the white space around them, both as they were sent. A
// value that goes on over several lines (obs-fold, section 5.2) has the line
// ends in it: see AppendValue. Lines that are no field are left out: those
// without a colon or without a name, and lines that go on with the start-line.
func (h head) Fields() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for b := h.b[h.fields:]; len(b) > 0; {
			var line []byte
			line, b = text.CutField(b)
			if name, value, ok := text.SplitField(line); ok && !yield(name, value) {
				return
			}
		}
	}
}

// Get returns the value of the first field of that name, in any case; nil when
// there is none. An empty value is not nil.
func (h head) Get(name string) []byte {
	for n, value := range h.Fields() {
		if text.EqualFold(n, name) {
			return value
		}
	}
	return nil
}

// ContentLength returns the length of the body that Content-Length states, in
// bytes, -1 when there is no such field. Fields and lists that repeat a value
// are that value; values that differ or are no number are Malformed (RFC 9112
// section 6.3). In a message that is Chunked the field has no meaning.
func (h head) ContentLength() (int64, error) {
	n := int64(-1)
	for name, list := range h.Fields() {
		for more := text.EqualFold(name, "Content-Length"); more; {
			var item []byte
			item, list, more = bytes.Cut(list, []byte{','})
			v, ok := text.ParseLength(text.TrimSpace(item))
			if !ok || n >= 0 && v != n {
				return -1, wire.Malformed
			}
			n = v
		}
	}
	return n, nil
}

// Chunked reports whether chunked is the last transfer coding (RFC 9112 section
// 6.3): then the body itself says where it ends.
func (h head) Chunked() bool {
	var last []byte
	for name, list := range h.Fields() {
		if text.EqualFold(name, "Transfer-Encoding") {
			last = text.TrimSpace(list[bytes.LastIndexByte(list, ',')+1:])
		}
	}
	return text.EqualFold(last, "chunked")
}

// KeepAlive reports whether the sender is ready to leave the connection open
// behind the message (RFC 9112 section 9.3).
func (h head) KeepAlive() bool {
	keep := h.major > 1 || h.major == 1 && h.minor >= 1
	for name, list := range h.Fields() {
		for more := text.EqualFold(name, "Connection"); more; {
			var item []byte
			item, list, more = bytes.Cut(list, []byte{','})
			switch item = text.TrimSpace(item); {
			case text.EqualFold(item, "close"):
				return false
			case text.EqualFold(item, "keep-alive"):
				keep = h.major > 0
			}
		}
	}
	return keep
}

// Validate returns nil, or an *Error about the first line that is no field, or
// is one whose name is no token or does not touch its colon (RFC 9112 section
// 5.1); else about a ContentLength that is Malformed. Offset is that of the
// line, or of the first field, in the head, Have the number of bytes from there.
func (h head) Validate() error {
	for b := h.b[h.fields:]; text.EmptyLine(b) == 0; {
		line, rest := text.CutField(b)
		if n := text.TokenLen(line); n == 0 || line[n] != ':' {
			return h.fail(len(h.b) - len(b))
		}
		b = rest
	}
	if _, err := h.ContentLength(); err != nil {
		return h.fail(h.fields)
	}
	return nil
}

func (h head) fail(off int) error {
	return &wire.Error{Layer: "HTTP head", Reason: wire.Malformed, Offset: off, Have: len(h.b) - off}
}

// Len returns the length of the head in bytes, empty lines before it and the
// one at its end included.
func (h head) Len() int { return len(h.b) }

// Bytes returns the head.
func (h head) Bytes() []byte { return h.b }
