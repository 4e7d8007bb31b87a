package layers

import (
	"bytes"
	"iter"
)

// MailHeader is a view of the header section of a mail (RFC 5322 section 2.2)
// or of a MIME part (RFC 2045 section 3). ParseMailHeader makes it. It aliases
// the bytes given to ParseMailHeader, as do the slices that its methods return.
type MailHeader struct{ b []byte }

// ParseMailHeader returns a view of the header section that b begins with, up to
// and including the empty line that ends it; all of b when there is none. Lines
// end in CRLF or LF alone. The error is Short when b is empty, and Malformed when
// it holds no field at all.
func ParseMailHeader(b []byte) (MailHeader, error) {
	if len(b) == 0 {
		return MailHeader{}, Short
	}
	h := MailHeader{b[:mailHeaderLen(b)]}
	for range h.Fields() {
		return h, nil
	}
	if emptyLine(h.b) > 0 {
		return h, nil
	}
	return MailHeader{}, Malformed
}

// mailHeaderLen returns the length of the header section that b begins with.
func mailHeaderLen(b []byte) int {
	for off := 0; off < len(b); {
		if n := emptyLine(b[off:]); n > 0 {
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
// lines (RFC 5322 section 2.2.3) has the line ends in it: see AppendUnfolded.
// Lines that are no field are left out: the name of one is printable ASCII
// without a space in it.
func (h MailHeader) Fields() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, body []byte) bool) {
		for b := h.b; len(b) > 0; {
			var line []byte
			line, b = cutField(b)
			name, body, ok := splitField(line)
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
func (h MailHeader) Get(name string) []byte {
	for n, body := range h.Fields() {
		if equalFoldASCII(n, name) {
			return body
		}
	}
	return nil
}

// Addresses returns the mailboxes in all fields of that name: see MailAddresses.
func (h MailHeader) Addresses(name string) iter.Seq2[[]byte, []byte] {
	return func(yield func(display, addr []byte) bool) {
		for n, body := range h.Fields() {
			if !equalFoldASCII(n, name) {
				continue
			}
			for display, addr := range MailAddresses(body) {
				if !yield(display, addr) {
					return
				}
			}
		}
	}
}

// Len returns the length of the header section in bytes, the empty line that
// ends it included.
func (h MailHeader) Len() int { return len(h.b) }

// Bytes returns the header section.
func (h MailHeader) Bytes() []byte { return h.b }

// AppendUnfolded appends a field's body to dst without the line ends that fold
// it (RFC 5322 section 2.2.3); the white space behind them stays.
func AppendUnfolded(dst, body []byte) []byte {
	for more := true; more; {
		var line []byte
		line, body, more = cutLine(body)
		dst = append(dst, line...)
	}
	return dst
}
