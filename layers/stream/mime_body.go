package stream

import (
	"bytes"
	"slices"
)

// lineStart takes data at the beginning of a line of a body in a multipart, where
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
	if whole && endOfLine(m.candidate, 0) > 0 {
		if k, last, ok := m.delimiter(m.candidate); ok {
			m.candidate = m.candidate[:0]
			m.nextPart(s, k, last)
			return data[n:]
		}
	} else if len(m.candidate) < 2+maxBoundary+maxPadding && m.plausible(m.candidate) {
		return nil
	}
	m.noDelimiter(s)
	return data[n:]
}

// noDelimiter passes on the candidate as content.
func (m *mimeReader) noDelimiter(s sink) {
	line := m.candidate
	m.candidate = nil
	m.flushBreak(s)
	m.bol = false
	for len(line) > 0 {
		line = m.inLine(s, line)
	}
}

// inLine takes data inside a line, up to one that may be a delimiter.
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

// endLine passes on data, which ends a line, but for the line end.
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

// delimiter reports whether a line is a delimiter, of which level, and whether it
// is the last of it (RFC 2046 section 5.1.1).
func (m *mimeReader) delimiter(line []byte) (level int, last, ok bool) {
	if line[0] != '-' {
		return 0, false, false
	}
	for i := len(m.levels) - 1; i >= 0; i-- {
		rest, found := bytes.CutPrefix(line, m.levels[i].delimiter)
		if !found {
			continue
		}
		rest, last = bytes.CutPrefix(rest, []byte("--"))
		if len(bytes.Trim(rest, " \t\r\n")) == 0 {
			return i, last, true
		}
	}
	return 0, false, false
}

// content passes on bytes of a body.
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

// endPart ends the file that is open.
func (m *mimeReader) endPart(s sink) {
	if m.file == nil {
		return
	}
	rest, ok := m.coding.finish(nil)
	m.file.write(s, rest, m.at)
	if !ok {
		m.file.spoil(Undecodable)
	}
	m.file.end(s, m.at)
	m.file = nil
}
