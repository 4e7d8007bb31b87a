package stream

import (
	"bytes"
	"strings"

	"github.com/sightline-go/sightline/layers/mail"
)

// open decides how to read the body that h describes.
func (m *mimeReader) open(s sink, h mail.Header) {
	if m.parts++; m.parts > maxParts {
		s.a.stats.TooMany++
		m.isMail = false
		return
	}
	field := h.Get("Content-Type")
	if field == nil && len(m.levels) > 0 && m.levels[len(m.levels)-1].digest && !m.isMail {
		field = []byte("message/rfc822")
	}
	contentType := mail.ParseMIMEParams(field)
	name := mail.Charset(s.a.Charset).Param(mail.ParseMIMEParams(h.Get("Content-Disposition")), "filename")
	if name == "" {
		name = mail.Charset(s.a.Charset).Param(contentType, "name")
	}
	coding := codingOf(h.Get("Content-Transfer-Encoding"))
	m.isMail = false
	if m.isFile(s, contentType, coding, name) {
		m.beginFile(s, contentType, coding, name)
	}
}

// isFile reports whether a part is a file, and enters it if it is a multipart
// or a mail. In a form, exactly the parts with a file name are files (RFC 7578
// section 4.2), whatever their type. Elsewhere, text without a name is not a
// file.
func (m *mimeReader) isFile(s sink, contentType mail.Params, coding coding, name string) bool {
	if m.form != nil && name != "" {
		return true
	}
	if m.enter(s, contentType) || m.form != nil {
		return false
	}
	switch kind := string(bytes.ToLower(contentType.Value())); {
	case coding == codingNone && (kind == "message/rfc822" || kind == "message/global"):
		if m.deeper(s) {
			m.inHead, m.isMail = true, true
		}
		return false
	case kind == "", kind == "text", strings.HasPrefix(kind, "text/"):
		return name != ""
	}
	return true
}

// beginFile begins a part that is a file.
func (m *mimeReader) beginFile(s sink, contentType mail.Params, coding coding, name string) {
	from := m.from
	from.First = m.at
	m.coding = transferDecoder{coding: coding}
	m.file = s.beginFile(from, name, string(contentType.Value()))
	m.file.file.In = m.form
	if coding == codingUnknown {
		m.file.spoil(Encoded)
	}
}

// enter begins a multipart, and reports whether contentType is one. One without
// a usable boundary, or nested too deep, is skipped.
func (m *mimeReader) enter(s sink, contentType mail.Params) bool {
	kind := bytes.ToLower(contentType.Value())
	if !bytes.HasPrefix(kind, []byte("multipart/")) {
		return false
	}
	boundary := contentType.Get("boundary")
	if boundary == "" || len(boundary) > maxBoundary || !m.deeper(s) {
		return true
	}
	m.levels = append(m.levels, mimeLevel{
		delimiter: []byte("--" + boundary), digest: string(kind) == "multipart/digest", depth: m.depth,
	})
	return true
}

// deeper enters another level, unless that would exceed maxMIMEDepth.
func (m *mimeReader) deeper(s sink) bool {
	if m.depth >= maxMIMEDepth {
		s.a.stats.TooDeep++
		return false
	}
	m.depth++
	return true
}
