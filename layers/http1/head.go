package http1

import (
	"bytes"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// maxEmptyLines limits the bytes of empty lines before a start-line. RFC 9112
// section 2.2 asks to skip one empty line. Without a limit, a sender could make
// us skip the same lines again with every segment.
const maxEmptyLines = 16

// maxReturns limits the CRs before a LF in an empty line: curl accepts more than
// one.
const maxReturns = 2

// HeadLen returns the length of the head of the HTTP/1 message at the start of
// b (RFC 9112 section 2.1), including empty lines before it and the one at its
// end, which a request of HTTP/0.9 has not. It returns 0 if the head is
// incomplete. Lines end in CRLF or LF. HeadLen
// does not search the first from bytes again: a caller that collects bytes
// passes the previous length of b, so that each byte is searched once.
func HeadLen(b []byte, from int) int {
	off := skipEmptyLines(b)
	if n := simpleLen(b[off:], from-off); n > 0 {
		return off + n
	}
	off = max(off, from-maxReturns-1)
	for off < len(b) {
		i := bytes.IndexByte(b[off:], '\n')
		if i < 0 {
			break
		}
		off += i + 1
		if n := emptyLine(b[off:]); n > 0 {
			return off + n
		}
	}
	return 0
}

// maxSimple limits the length of a request of HTTP/0.9.
const maxSimple = 8 << 10

// simpleLen returns the length of the request of HTTP/0.9 at the start of b, 0 if
// there is none. It ends after the first from bytes.
func simpleLen(b []byte, from int) int {
	if from >= maxSimple || len(b) == 0 || b[0] != 'G' {
		return 0
	}
	i := bytes.IndexByte(b[:min(len(b), maxSimple)], '\n')
	if i < from || bytes.Contains(b[max(i-len("HTTP/1.1\r"), 0):i], []byte(httpName)) || !new(Request).simple(bytes.TrimSuffix(b[:i], []byte{'\r'})) {
		return 0
	}
	return i + 1
}

// emptyLine returns the length of the empty line at the start of b, 0 if there
// is none.
func emptyLine(b []byte) int {
	for i, c := range b[:min(len(b), maxReturns+1)] {
		if c == '\n' {
			return i + 1
		}
		if c != '\r' {
			break
		}
	}
	return 0
}

func skipEmptyLines(b []byte) int {
	off := 0
	for off < min(len(b), maxEmptyLines) && (b[off] == '\r' || b[off] == '\n') {
		off++
	}
	return off
}

// AppendValue appends a field's value to dst, with a space in place of each
// line end and the white space around it (obs-fold, RFC 9112 section 5.2).
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

// A head is the common part of requests and responses: everything up to and
// including the empty line after the fields.
type head struct {
	b            []byte
	fields       int // offset of the first field line
	major, minor uint8
}

// startLine returns the start-line of b, and a head with only the offset of its
// fields. It reports complete = false if b ends inside the line.
func startLine(b []byte) (h head, line []byte, complete bool) {
	line, rest, complete := text.CutLine(b[skipEmptyLines(b):])
	h.fields = len(b) - len(rest)
	return h, line, complete
}

// take sets h to the head of b. It reports false if the head is incomplete.
func (h *head) take(b []byte) bool {
	n := HeadLen(b, h.fields-1)
	h.b = b[:n:n]
	return n > 0
}

// Version returns the sender's HTTP version (RFC 9112 section 2.3).
func (h head) Version() (major, minor int) { return int(h.major), int(h.minor) }

func (h head) appendVersion(dst []byte) []byte {
	dst = strconv.AppendUint(append(dst, "HTTP/"...), uint64(h.major), 10)
	return strconv.AppendUint(append(dst, '.'), uint64(h.minor), 10)
}

// Fields returns the header fields in order (RFC 9112 section 5), with names
// and values as sent but without surrounding white space. A value folded over
// several lines (obs-fold, section 5.2) contains the line ends: see
// [AppendValue]. Fields skips lines that are not fields: those without a colon
// or name, and continuation lines after the start-line.
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

// Get returns the value of the first field with that name, ignoring case, or
// nil if there is none. An empty value is not nil.
func (h head) Get(name string) []byte {
	for n, value := range h.Fields() {
		if text.EqualFold(n, name) {
			return value
		}
	}
	return nil
}

// ContentLength returns the body length in bytes stated by Content-Length, or
// -1 if absent. Repeated equal values count once. Conflicting values, and
// values that are not numbers, are Malformed (RFC 9112 section 6.3). If the
// message is Chunked, the field is meaningless.
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

// Chunked reports whether the last transfer coding is chunked, so that the body
// is self-delimiting (RFC 9112 section 6.3).
func (h head) Chunked() bool {
	var last []byte
	for name, list := range h.Fields() {
		if text.EqualFold(name, "Transfer-Encoding") {
			last = text.TrimSpace(list[bytes.LastIndexByte(list, ',')+1:])
		}
	}
	return text.EqualFold(last, "chunked")
}

// KeepAlive reports whether the sender is willing to keep the connection open
// after the message (RFC 9112 section 9.3).
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

// Validate returns nil, or a *wire.Error about the first line that is not a
// field, or whose name is not a token followed by a colon (RFC 9112 section
// 5.1), or else about a Malformed ContentLength. Offset is the offset in the
// head of that line or of the first field, and Have the number of bytes from
// there.
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

// Len returns the length of the head in bytes, including empty lines before it
// and the one at its end.
func (h head) Len() int { return len(h.b) }

// Bytes returns the head.
func (h head) Bytes() []byte { return h.b }
