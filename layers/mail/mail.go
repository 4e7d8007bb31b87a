package mail

import (
	"bytes"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Header is a view of the header section of a mail message (RFC 5322 section
// 2.2) or of a MIME part (RFC 2045 section 3). It aliases the bytes given to
// [ParseHeader], as do the slices that its methods return.
type Header struct{ b []byte }

// ParseHeader returns a view of the header section at the start of b, up to and
// including the empty line that ends it, or to the end of b. Lines end in CRLF
// or LF. The error is Short if b is empty, Malformed if it has no field.
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

// headerLen returns the length of the header section at the start of b.
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

// Fields returns the fields in order, with names and bodies as sent but without
// surrounding white space. A body folded over several lines (RFC 5322 section
// 2.2.3) contains the line ends: see [Text]. Fields skips lines that are not
// fields: a name must be printable ASCII without a space.
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

// isFieldName reports whether b is printable ASCII without a space (RFC 5322
// section 3.6.8).
func isFieldName(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(b) > 0
}

// Get returns the body of the first field with that name, ignoring case, or nil
// if there is none. An empty body is not nil.
func (h Header) Get(name string) []byte {
	for n, body := range h.Fields() {
		if text.EqualFold(n, name) {
			return body
		}
	}
	return nil
}

// Addresses returns the mailboxes in all fields with that name: see
// [Addresses].
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

// Len returns the length of the header section in bytes, including the empty
// line that ends it.
func (h Header) Len() int { return len(h.b) }

// Bytes returns the header section.
func (h Header) Bytes() []byte { return h.b }

// AppendText appends the number of fields and the length in bytes to dst.
func (h Header) AppendText(dst []byte) ([]byte, error) {
	n := 0
	for range h.Fields() {
		n++
	}
	dst = strconv.AppendInt(append(dst, "fields "...), int64(n), 10)
	return strconv.AppendInt(append(dst, " len "...), int64(len(h.b)), 10), nil
}

// String returns the text that AppendText appends.
func (h Header) String() string { b, _ := h.AppendText(nil); return string(b) }

// appendUnfolded appends a field's body to dst without the line ends of folding
// (RFC 5322 section 2.2.3), but with the white space after them.
func appendUnfolded(dst, body []byte) []byte {
	for more := true; more; {
		var line []byte
		line, body, more = text.CutLine(body)
		dst = append(dst, line...)
	}
	return dst
}
