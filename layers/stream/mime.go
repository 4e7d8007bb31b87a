package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/mail"
)

const (
	// maxMIMEDepth limits the nesting of multiparts and mails. Deeper ones are
	// skipped and counted in Stats.TooDeep.
	maxMIMEDepth = 16

	// maxParts limits the parts of a mail or form. The rest is skipped and
	// counted in Stats.TooMany.
	maxParts = 1000

	// maxBoundary limits the length of a boundary, for which RFC 2046 section
	// 5.1.1 allows 70 bytes, and maxPadding the bytes after it that are kept
	// until it is known to be the last one.
	maxBoundary = 256
	maxPadding  = 256

	// mimeCost is what a mimeReader counts as held, beyond its header section.
	mimeCost = 6 << 10
)

// A mimeReader reads a mail (RFC 5322), or another multipart body (RFC 2046
// section 5.1), as its bytes arrive. It emits the header section of each mail
// as a Message of Proto Mail, and each part as a File, except text without a
// name. Only header sections are buffered.
type mimeReader struct {
	from   Message // Proto, FromClient and Request of its messages
	at     Ref     // of the current bytes
	levels []mimeLevel
	depth  int   // nesting of multiparts and mails
	parts  int   // that have begun
	form   *File // the body, if it is a form

	inHead bool   // otherwise in a body
	isMail bool   // the header section is of a mail, not of a part
	head   buffer // the header section
	start  int    // in head, of the current line

	skip      bool   // the rest of a delimiter's line
	bol       bool   // at the beginning of a line of the body
	lineBreak string // before that line: content unless a delimiter follows
	candidate []byte // the beginning of a line that may be a delimiter
	coding    transferDecoder
	file      *fileWriter // nil: the body is skipped
}

// A mimeLevel is an open multipart.
type mimeLevel struct {
	delimiter []byte // two hyphens and the boundary
	digest    bool   // its parts are mails by default (RFC 2046 section 5.1.5)
	begun     bool   // a part of it has begun
	depth     int
}

// newMail returns a reader for a mail, which begins with its header section.
func newMail(s sink, from Message) *mimeReader {
	s.a.hold(mimeCost)
	return &mimeReader{from: from, inHead: true, isMail: true}
}

// newForm returns a reader for the files in a form (RFC 7578), or nil if
// contentType is not that of a form with a boundary. The caller must call begin
// before the first write.
func newForm(s sink, contentType mail.Params) *mimeReader {
	m := &mimeReader{bol: true}
	if !bytes.EqualFold(contentType.Value(), []byte("multipart/form-data")) ||
		!m.enter(s, contentType) || len(m.levels) == 0 {
		return nil
	}
	return m
}

// begin sets the body that the form is in.
func (m *mimeReader) begin(s sink, from Message, body *File) {
	s.a.hold(mimeCost)
	m.from, m.form = from, body
	if body.State == Holed {
		m.gap(s)
	}
}

func (m *mimeReader) write(s sink, data []byte, at Ref) {
	m.at = at
	for len(data) > 0 {
		switch {
		case m.skip:
			data = m.skipLine(data)
		case m.inHead:
			data = m.header(s, data)
		case len(m.levels) == 0:
			m.content(s, data)
			return
		case m.bol:
			data = m.lineStart(s, data)
		default:
			data = m.inLine(s, data)
		}
	}
}

// skipLine skips the rest of a line.
func (m *mimeReader) skipLine(data []byte) []byte {
	n := endOfLine(data, 0)
	if n == 0 {
		return nil
	}
	m.skip = false
	return data[n:]
}

// header reads a line of a header section.
func (m *mimeReader) header(s sink, data []byte) []byte {
	n := endOfLine(data, 0)
	whole := n > 0
	if !whole {
		n = len(data)
	}
	if len(m.head.b)+n > withDefault(s.a.MaxMessage, defaultMaxMessage) {
		s.a.stats.TooLong++
		m.head.drop(s)
		m.startBody(nil)
		return data
	}
	if len(m.head.b) == 0 {
		m.head.first, m.start = m.at, 0
	}
	p := piece{data: data}
	m.head.add(s, &p, n)
	if !whole {
		return nil
	}
	line := m.head.b[m.start:]
	if k, last, ok := m.delimiter(line); ok {
		m.head.b = m.head.b[:m.start]
		m.entity(s)
		m.nextPart(s, k, last)
	} else if len(bytes.TrimRight(line, "\r\n")) == 0 {
		m.entity(s)
	}
	m.start = len(m.head.b)
	return p.data
}

// entity parses the buffered header section and begins the body that follows
// it.
func (m *mimeReader) entity(s sink) {
	b := m.head.b
	h, err := mail.ParseHeader(b)
	if m.isMail && err == nil && len(bytes.TrimRight(b, "\r\n")) > 0 {
		mail := Message{Proto: Mail, Kind: MailHeader, FromClient: m.from.FromClient, First: m.head.first, Last: m.at, Data: b[:len(b):len(b)]}
		inner := s
		inner.via = s.via.with(m.from.Proto)
		inner.emit(mail)
	}
	m.startBody(nil)
	if err != nil {
		h = mail.Header{}
	}
	m.open(s, h)
	m.head.drop(s)
}

// startBody begins a body, which is written to f.
func (m *mimeReader) startBody(f *fileWriter) {
	m.inHead, m.bol, m.lineBreak, m.file = false, true, "", f
}

// nextPart continues after a delimiter.
func (m *mimeReader) nextPart(s sink, level int, last bool) {
	m.endPart(s)
	m.depth = m.levels[level].depth
	m.isMail = false
	if last {
		m.levels = m.levels[:level]
		m.depth--
		m.startBody(nil)
		return
	}
	m.levels = m.levels[:level+1]
	m.levels[level].begun = true
	m.inHead, m.start = true, 0
}

// gap reports that bytes are missing. A file continues with a hole in it. A
// header section is lost, and with it the type of the body that follows.
func (m *mimeReader) gap(s sink) {
	m.candidate, m.lineBreak, m.bol, m.skip = m.candidate[:0], "", false, false
	switch {
	case m.inHead:
		m.head.abandon(s)
		m.isMail = false
		m.startBody(nil)
		m.bol = false
	case m.file != nil:
		m.file.spoil(Holed)
		m.coding.gap()
	}
}

// end reports that no more bytes will come. whole means that the sender ended
// here: then a part without its last delimiter is complete.
func (m *mimeReader) end(s sink, whole bool) {
	if k, last, ok := m.unfinished(); ok {
		m.nextPart(s, k, last)
	} else if len(m.candidate) > 0 {
		m.noDelimiter(s)
	}
	if m.inHead && whole && len(m.head.b) > 0 {
		m.entity(s)
	}
	m.flushBreak(s)
	if m.file != nil && !whole {
		m.file.spoil(Unfinished)
	}
	m.endPart(s)
	m.head.abandon(s)
	s.a.hold(-mimeCost)
}

// unfinished looks for a delimiter without a line end, at the end of the input.
func (m *mimeReader) unfinished() (level int, last, ok bool) {
	if len(m.candidate) == 0 {
		return 0, false, false
	}
	return m.delimiter(m.candidate)
}

// A mailInside holds the mail being transferred in a conversation, if any.
type mailInside struct{ mail *mimeReader }

func (i *mailInside) endMail(s sink, whole bool) {
	if i.mail != nil {
		i.mail.end(s, whole)
		i.mail = nil
	}
}
