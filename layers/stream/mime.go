package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/mail"
)

const (
	// maxMIMEDepth bounds multiparts and mails in one another. What is deeper is
	// passed over and counted in Stats.TooDeep.
	maxMIMEDepth = 16

	// maxParts bounds the parts of a mail or form that are looked at. Further ones
	// are passed over and counted in Stats.TooMany.
	maxParts = 1000

	// maxBoundary bounds a boundary, of which RFC 2046 section 5.1.1 allows 70
	// bytes, and maxPadding the white space behind it. What is longer is no
	// boundary.
	maxBoundary = 256
	maxPadding  = 256

	// mimeCost is what a mimeReader counts for beyond its header section.
	mimeCost = 6 << 10
)

// A mimeReader takes the bytes of a mail (RFC 5322), or of any body that is a
// multipart (RFC 2046 section 5.1), as they come, and emits the header section of
// each mail as a Message of Proto Mail, and each part that is more than text
// without a name as a File. Nothing but header sections is gathered.
type mimeReader struct {
	from   Message // Proto, FromClient and Request of what it emits
	at     Ref     // of the bytes at hand
	levels []mimeLevel
	depth  int   // of multiparts and mails in one another
	parts  int   // that have begun
	form   *File // the body, if it is a form's

	inHead bool   // else in a body
	isMail bool   // the header section is a mail's, not a part's
	head   buffer // the header section
	start  int    // of the line in progress, in head

	bol       bool   // at the beginning of a line of the body
	lineBreak string // before it: content unless a delimiter follows
	candidate []byte // the beginning of a line that may be a delimiter
	coding    transferDecoder
	file      *fileWriter // nil: the body is passed over
}

// A mimeLevel is a multipart that is being read.
type mimeLevel struct {
	delimiter []byte // two hyphens and the boundary
	digest    bool   // its parts are mails unless they say otherwise (RFC 2046 section 5.1.5)
	depth     int
}

// newMail returns a reader for a mail, which begins with its header section.
func newMail(s sink, from Message) *mimeReader {
	s.a.hold(mimeCost)
	return &mimeReader{from: from, inHead: true, isMail: true}
}

// newForm returns a reader for the files in a form (RFC 7578), nil when contentType
// is not that of a form with a boundary. The caller must call begin before the
// first write.
func newForm(s sink, contentType mail.Params) *mimeReader {
	m := &mimeReader{bol: true}
	if !bytes.EqualFold(contentType.Value(), []byte("multipart/form-data")) ||
		!m.enter(s, contentType) || len(m.levels) == 0 {
		return nil
	}
	return m
}

// begin says whose body the form is.
func (m *mimeReader) begin(s sink, from Message, body *File) {
	s.a.hold(mimeCost)
	m.from, m.form = from, body
	if body.State == Holed {
		m.gap(s)
	}
}

// write takes the next bytes.
func (m *mimeReader) write(s sink, data []byte, at Ref) {
	m.at = at
	for len(data) > 0 {
		switch {
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

// header takes a line of a header section.
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

// entity takes the header section that is in head and begins the body behind it.
func (m *mimeReader) entity(s sink) {
	b := m.head.b
	h, err := mail.ParseHeader(b)
	if m.isMail && err == nil && len(bytes.TrimRight(b, "\r\n")) > 0 {
		mail := Message{Proto: Mail, Kind: MailHeader, FromClient: m.from.FromClient, First: m.head.first, Last: m.at, Data: b[:len(b):len(b)]}
		s.emit(mail)
	}
	m.startBody(nil)
	if err != nil {
		h = mail.Header{}
	}
	m.open(s, h)
	m.head.drop(s)
}

// startBody begins a body, which goes to f.
func (m *mimeReader) startBody(f *fileWriter) {
	m.inHead, m.bol, m.lineBreak, m.file = false, true, "", f
}

// nextPart goes on behind a delimiter.
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
	m.inHead, m.start = true, 0
}

// gap says that bytes are missing here. A file goes on with a hole in it; a header
// section is lost, and with it what the body behind it is.
func (m *mimeReader) gap(s sink) {
	m.candidate, m.lineBreak, m.bol = m.candidate[:0], "", false
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

// end says that no more bytes will come. whole says whether that is where they
// end for their sender: a part whose last delimiter was never sent is all there
// then.
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

// unfinished looks for a delimiter that has no line end, at the end of all.
func (m *mimeReader) unfinished() (level int, last, ok bool) {
	if len(m.candidate) == 0 {
		return 0, false, false
	}
	return m.delimiter(m.candidate)
}

// A mailInside is the mail that a conversation is in, if it is in one.
type mailInside struct{ mail *mimeReader }

func (i *mailInside) endMail(s sink, whole bool) {
	if i.mail != nil {
		i.mail.end(s, whole)
		i.mail = nil
	}
}
