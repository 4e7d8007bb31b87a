package mail

import (
	"bytes"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Header is a view of the header section of a mail (RFC 5322 section 2.2)
// or of a MIME part (RFC 2045 section 3). ParseHeader makes it. It aliases
// the bytes given to ParseHeader, as do the slices that its methods return.
type Header struct{ b []byte }

// ParseHeader returns a view of the header section that b begins with, up to
// and including the empty line that ends it; all of b when there is none. Lines
// end in CRLF or LF alone. The error is Short when b is empty, and Malformed when
// it holds no field at all.
func ParseHeader(b []byte) (Header, error) {
	if len(b) == 0 {
		return Header{}, wire.Fail("mail header", wire.Short, len(b), 0)
	}
	h := Header{b[:headerLen(b)]}
	for range h.Fields() {
		return h, nil
	}
	if text.EmptyLine(h.b) > 0 {
		return h, nil
	}
	return Header{}, wire.Fail("mail header", wire.Malformed, len(b), 0)
}

// mailHeaderLen returns the length of the header section that b begins with.
func headerLen(b []byte) int {
	for off := 0; off < len(b); {
		if n := text.EmptyLine(b[off:]); n > 0 {
			return off + n
		}
		i := bytes.IndexByte(b[off:], '\n')
		if i < 0 {
			break
		}
		off += i + 1
	}
	return len(b)
}

// Fields returns the fields in their order: name and body, both as they were
// sent but for the white space around them. A body that is folded over several
// lines (RFC 5322 section 2.2.3) has the line ends in it: see Text.
// Lines that are no field are left out: the name of one is printable ASCII
// without a space in it.
func (h Header) Fields() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, body []byte) bool) {
		for b := h.b; len(b) > 0; {
			var line []byte
			line, b = text.CutField(b)
			name, body, ok := text.SplitField(line)
			if ok && isFieldName(name) && !yield(name, body) {
				return
			}
		}
	}
}

// isFieldName reports whether b is printable ASCII without space (RFC 5322
// section 3.6.8).
func isFieldName(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(b) > 0
}

// Get returns the body of the first field of that name, in any case; nil when
// there is none. An empty body is not nil.
func (h Header) Get(name string) []byte {
	for n, body := range h.Fields() {
		if text.EqualFold(n, name) {
			return body
		}
	}
	return nil
}

// Addresses returns the mailboxes in all fields of that name: see Addresses.
func (h Header) Addresses(name string) iter.Seq2[[]byte, []byte] {
	return func(yield func(display, addr []byte) bool) {
		for n, body := range h.Fields() {
			if !text.EqualFold(n, name) {
				continue
			}
			for display, addr := range Addresses(body) {
				if !yield(display, addr) {
					return
				}
			}
		}
	}
}

// Len returns the length of the header section in bytes, the empty line that
// ends it included.
func (h Header) Len() int { return len(h.b) }

// Bytes returns the header section.
func (h Header) Bytes() []byte { return h.b }

// AppendText appends a short description to dst: how many fields and bytes there
// are.
func (h Header) AppendText(dst []byte) ([]byte, error) {
	n := 0
	for range h.Fields() {
		n++
	}
	dst = strconv.AppendInt(append(dst, "fields "...), int64(n), 10)
	return strconv.AppendInt(append(dst, " len "...), int64(len(h.b)), 10), nil
}

// String returns what AppendText appends.
func (h Header) String() string { b, _ := h.AppendText(nil); return string(b) }

// appendUnfolded appends a field's body to dst without the line ends that fold
// it (RFC 5322 section 2.2.3); the white space after them stays.
func appendUnfolded(dst, body []byte) []byte {
	for more := true; more; {
		var line []byte
		line, body, more = text.CutLine(body)
		dst = append(dst, line...)
	}
	return dst
}
