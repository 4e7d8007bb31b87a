package layers

import (
	"bytes"
	"iter"
	"math"
)

// httpMaxEmptyLines is how many bytes of empty lines may precede a start-line.
// RFC 9112 section 2.2 asks to skip one empty line; without a limit somebody
// could have us skip the same lines again with every segment.
const httpMaxEmptyLines = 16

// httpVersionLen is the length of an HTTP-version (RFC 9112 section 2.3).
const httpVersionLen = len("HTTP/1.1")

// HTTPHeadLen returns the length of the head of an HTTP/1 message (RFC 9112
// section 2.1) that b begins with, empty lines before it and the one at its end
// included; 0 when b does not reach to its end. Lines end in CRLF or LF alone.
// The first from bytes have been searched before: a caller that gathers bytes
// passes the length that b had the last time, so each byte is looked at once.
func HTTPHeadLen(b []byte, from int) int {
	off := max(skipEmptyLines(b), from-len("\n\r"))
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

// skipEmptyLines returns the length of the empty lines before a start-line.
func skipEmptyLines(b []byte) int {
	off := 0
	for off < min(len(b), httpMaxEmptyLines) && (b[off] == '\r' || b[off] == '\n') {
		off++
	}
	return off
}

// emptyLine returns the length of the empty line that b begins with, 0 when
// there is none.
func emptyLine(b []byte) int {
	switch {
	case len(b) > 0 && b[0] == '\n':
		return 1
	case len(b) > 1 && b[0] == '\r' && b[1] == '\n':
		return 2
	}
	return 0
}

// cutLine returns the line that b begins with, without its end, and what
// follows; all of b when it has no line end.
func cutLine(b []byte) (line, rest []byte, complete bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil, false
	}
	line, rest = b[:i], b[i+1:]
	return bytes.TrimSuffix(line, []byte{'\r'}), rest, true
}

// AppendHTTPValue appends a field's value to dst, with a space for each line
// end and the white space around it (obs-fold, RFC 9112 section 5.2).
func AppendHTTPValue(dst, value []byte) []byte {
	line, rest, more := cutLine(value)
	dst = append(dst, trimSpace(line)...)
	for more {
		line, rest, more = cutLine(rest)
		dst = append(dst, ' ')
		dst = append(dst, trimSpace(line)...)
	}
	return dst
}

// httpHead is what requests and responses share: a head up to and including
// the empty line that ends it.
type httpHead struct {
	b            []byte
	fields       int // offset of the first field line
	major, minor uint8
}

// startLine returns the start-line that b begins with, and a head that has only
// its place yet; complete is false when b ends inside the line.
func startLine(b []byte) (h httpHead, line []byte, complete bool) {
	line, rest, complete := cutLine(b[skipEmptyLines(b):])
	h.fields = len(b) - len(rest)
	return h, line, complete
}

// take makes h the head that b begins with. It reports false when b ends before
// the head does.
func (h *httpHead) take(b []byte) bool {
	n := HTTPHeadLen(b, h.fields)
	h.b = b[:n:n]
	return n > 0
}

// parseVersion parses an HTTP-version.
func (h *httpHead) parseVersion(b []byte) bool {
	if len(b) != httpVersionLen || !isVersion(b) {
		return false
	}
	h.major, h.minor = b[5]-'0', b[7]-'0'
	return true
}

// isVersion reports whether b is the beginning of an HTTP-version, or all of it.
func isVersion(b []byte) bool {
	for i, c := range b {
		if want := "HTTP/0.0"[i]; c != want && (want != '0' || !isDigit(c)) {
			return false
		}
	}
	return true
}

// Version returns the sender's HTTP version (RFC 9112 section 2.3).
func (h httpHead) Version() (major, minor int) { return int(h.major), int(h.minor) }

// Fields returns the header fields in their order (RFC 9112 section 5): name
// and value without the white space around them, both as they were sent. A
// value that goes on over several lines (obs-fold, section 5.2) has the line
// ends in it: see AppendHTTPValue. Lines that are no field are left out: those
// without a colon or without a name, and lines that go on with the start-line.
func (h httpHead) Fields() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for b := h.b[h.fields:]; len(b) > 0; {
			var line []byte
			line, b = cutField(b)
			if name, value, ok := splitField(line); ok && !yield(name, value) {
				return
			}
		}
	}
}

// cutField returns the field line that b begins with and the lines that go on
// with it, the last line end included, and what follows.
func cutField(b []byte) (line, rest []byte) {
	end := 0
	for end == 0 || end < len(b) && isSpace(b[end]) {
		i := bytes.IndexByte(b[end:], '\n')
		if i < 0 {
			return b, nil
		}
		end += i + 1
	}
	return b[:end], b[end:]
}

// splitField returns name and value of a field line.
func splitField(line []byte) (name, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || isSpace(line[0]) || bytes.IndexByte(line[:i], '\n') >= 0 {
		return nil, nil, false
	}
	name = trimSpace(line[:i])
	return name, trimSpace(line[i+1:]), len(name) > 0
}

// Get returns the value of the first field of that name, in any case; nil when
// there is none. An empty value is not nil.
func (h httpHead) Get(name string) []byte {
	for n, value := range h.Fields() {
		if equalFoldASCII(n, name) {
			return value
		}
	}
	return nil
}

// ContentLength returns the length of the body that Content-Length states, in
// bytes, -1 when there is no such field. Fields and lists that repeat a value
// are that value; values that differ or are no number are Malformed (RFC 9112
// section 6.3). In a message that is Chunked the field has no meaning.
func (h httpHead) ContentLength() (int64, error) {
	n := int64(-1)
	for name, list := range h.Fields() {
		for more := equalFoldASCII(name, "Content-Length"); more; {
			var item []byte
			item, list, more = bytes.Cut(list, []byte{','})
			v, ok := parseLength(trimSpace(item))
			if !ok || n >= 0 && v != n {
				return -1, Malformed
			}
			n = v
		}
	}
	return n, nil
}

// parseLength parses a number of decimal digits that an int64 holds.
func parseLength(b []byte) (n int64, ok bool) {
	for _, c := range b {
		if !isDigit(c) || n > (math.MaxInt64-9)/10 {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, len(b) > 0
}

// Chunked reports whether chunked is the last transfer coding (RFC 9112 section
// 6.3): then the body itself says where it ends.
func (h httpHead) Chunked() bool {
	var last []byte
	for name, list := range h.Fields() {
		if equalFoldASCII(name, "Transfer-Encoding") {
			last = trimSpace(list[bytes.LastIndexByte(list, ',')+1:])
		}
	}
	return equalFoldASCII(last, "chunked")
}

// KeepAlive reports whether the sender is ready to leave the connection open
// behind the message (RFC 9112 section 9.3).
func (h httpHead) KeepAlive() bool {
	keep := h.major > 1 || h.major == 1 && h.minor >= 1
	for name, list := range h.Fields() {
		for more := equalFoldASCII(name, "Connection"); more; {
			var item []byte
			item, list, more = bytes.Cut(list, []byte{','})
			switch item = trimSpace(item); {
			case equalFoldASCII(item, "close"):
				return false
			case equalFoldASCII(item, "keep-alive"):
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
func (h httpHead) Validate() error {
	for b := h.b[h.fields:]; emptyLine(b) == 0; {
		line, rest := cutField(b)
		if n := tokenLen(line); n == 0 || line[n] != ':' {
			return h.fail(len(h.b) - len(b))
		}
		b = rest
	}
	if _, err := h.ContentLength(); err != nil {
		return h.fail(h.fields)
	}
	return nil
}

func (h httpHead) fail(off int) error {
	return &Error{KindPayload, Malformed, off, len(h.b) - off}
}

// Len returns the length of the head in bytes, empty lines before it and the
// one at its end included.
func (h httpHead) Len() int { return len(h.b) }

// Bytes returns the head.
func (h httpHead) Bytes() []byte { return h.b }

// tokenLen returns the length of the token (RFC 9110 section 5.6.2) that b
// begins with.
func tokenLen(b []byte) int {
	for i, c := range b {
		letter := 'a' <= lowerASCII(c) && lowerASCII(c) <= 'z'
		if !letter && !isDigit(c) && bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) < 0 {
			return i
		}
	}
	return len(b)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// trimSpace returns b without white space and line ends around it. Unlike
// bytes.Trim it returns no nil.
func trimSpace(b []byte) []byte {
	i, j := 0, len(b)
	for i < j && (isSpace(b[i]) || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	for i < j && (isSpace(b[j-1]) || b[j-1] == '\r' || b[j-1] == '\n') {
		j--
	}
	return b[i:j:j]
}
