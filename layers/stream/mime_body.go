package stream

import (
	"bytes"
	"slices"
)

// lineStart reads data at the beginning of a line in a multipart's body, where
// a delimiter may be.
func (m *mimeReader) lineStart(s sink, data []byte) []byte {
	if len(m.candidate) == 0 && !m.plausible(data) {
		m.flushBreak(s)
		m.bol = false
		return data
	}
	n := endOfLine(data, 0)
	whole := n > 0
	if !whole {
		n = len(data)
	}
	n = min(n, 2+maxBoundary+maxPadding-len(m.candidate))
	m.candidate = append(m.candidate, data[:n]...)
	whole = whole && endOfLine(m.candidate, 0) > 0
	if !whole && len(m.candidate) < 2+maxBoundary+maxPadding && m.plausible(m.candidate) {
		return nil
	}
	if k, last, ok := m.delimiter(m.candidate); ok {
		m.candidate = m.candidate[:0]
		m.nextPart(s, k, last)
		m.skip = !whole
		return data[n:]
	}
	m.noDelimiter(s)
	return data[n:]
}

// noDelimiter writes the candidate as content.
func (m *mimeReader) noDelimiter(s sink) {
	line := m.candidate
	m.candidate = nil
	m.flushBreak(s)
	m.bol = false
	for len(line) > 0 {
		line = m.inLine(s, line)
	}
}

// inLine reads data inside a line, up to a line that may be a delimiter.
func (m *mimeReader) inLine(s sink, data []byte) []byte {
	off := 0
	for {
		n := endOfLine(data[off:], 0)
		if n == 0 {
			break
		}
		off += n
		if off == len(data) || m.plausible(data[off:]) {
			m.endLine(s, data[:off])
			return data[off:]
		}
	}
	m.flushBreak(s)
	if data[len(data)-1] == '\r' {
		m.lineBreak = "\r"
		data = data[:len(data)-1]
	}
	m.content(s, data)
	return nil
}

// endLine writes data, which ends a line, and keeps back the line end.
func (m *mimeReader) endLine(s sink, data []byte) {
	data = data[:len(data)-1]
	lineBreak := "\n"
	if len(data) == 0 && m.lineBreak == "\r" {
		lineBreak, m.lineBreak = "\r\n", ""
	}
	m.flushBreak(s)
	if n := len(data); n > 0 && data[n-1] == '\r' {
		data, lineBreak = data[:n-1], "\r\n"
	}
	m.content(s, data)
	m.bol, m.lineBreak = true, lineBreak
}

func (m *mimeReader) flushBreak(s sink) {
	if m.lineBreak != "" && m.file != nil {
		m.content(s, []byte(m.lineBreak))
	}
	m.lineBreak = ""
}

// plausible reports whether b may be the beginning of a delimiter.
func (m *mimeReader) plausible(b []byte) bool {
	if b[0] != '-' {
		return false
	}
	for _, l := range m.levels {
		if n := min(len(b), len(l.delimiter)); bytes.Equal(b[:n], l.delimiter[:n]) {
			return true
		}
	}
	return false
}

// delimiter reports whether a line is a delimiter, of which level, and whether
// it is the last one of that level. "An exact match of the entire candidate line
// is not required; it is sufficient that the boundary appear in its entirety
// following the CRLF" (RFC 2046 section 5.1.1). An exact match counts first, as
// one boundary may begin with another.
func (m *mimeReader) delimiter(line []byte) (level int, last, ok bool) {
	if line[0] != '-' {
		return 0, false, false
	}
	for i := len(m.levels) - 1; i >= 0; i-- {
		rest, found := bytes.CutPrefix(line, m.levels[i].delimiter)
		if !found {
			continue
		}
		rest, end := bytes.CutPrefix(rest, []byte("--"))
		exact := len(bytes.Trim(rest, " \t\r\n")) == 0
		if exact || !ok {
			level, last, ok = i, end && (exact || m.levels[i].begun), true
		}
		if exact {
			break
		}
	}
	return level, last, ok
}

// content decodes and writes bytes of a body.
func (m *mimeReader) content(s sink, data []byte) {
	switch {
	case m.file == nil || len(data) == 0:
	case m.coding.coding == codingBase64 || m.coding.coding == codingQuoted:
		out := m.coding.append(slices.Grow(s.a.getSpare(), len(data)), data)
		m.file.write(s, out, m.at)
		s.a.lend(out)
	default:
		m.file.write(s, data, m.at)
	}
}

// endPart ends the open file.
func (m *mimeReader) endPart(s sink) {
	if m.file == nil {
		return
	}
	rest, state := m.coding.finish(nil)
	m.file.write(s, rest, m.at)
	m.file.spoil(state)
	m.file.end(s, m.at)
	m.file = nil
}
