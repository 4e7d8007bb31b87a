package stream

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sightline-go/sightline/layers/mail"
)

// An imapLiteral is what a literal that holds a mail, or a part of one, is of
// (RFC 9051 section 6.4.5).
type imapLiteral struct {
	kind    imapKind
	message []byte // number of the message in FETCH
	part    []byte // number of the part, empty for the message itself
	decoded bool   // from its transfer encoding (RFC 3516)
	partial bool
	origin  int64 // offset of a partial literal
}

type imapKind uint8

const (
	imapWhole imapKind = iota // a mail, or some of its header fields
	imapHeader
	imapText // a mail without its header section
	imapMIME // the header section of a part
	imapPart // a part without its header section
)

// imapLiteralOf reports what the literal after a line is of, and whether it is a
// mail or a part of one: that of APPEND, or of RFC822, BODY[...] or BINARY[...]
// in a FETCH.
func imapLiteralOf(message, line []byte) (l imapLiteral, ok bool) {
	if c, err := mail.ParseIMAPCommand(message); err == nil {
		if c.Is("APPEND") {
			return l, true
		}
		l.message = c.Verb()[:min(len(c.Verb()), maxIMAPLiteral)]
	}
	item := bytes.TrimSuffix(bytes.TrimSpace(line[:bytes.LastIndexByte(line, '{')+1]), []byte{'{'})
	item = bytes.TrimSuffix(item, []byte{'~'}) // a literal8 (RFC 9051 section 4.3)
	item = bytes.ToUpper(bytes.TrimSpace(item[max(len(item)-maxIMAPLiteral, 0):]))
	if i := bytes.LastIndexByte(item, '<'); i > 0 && bytes.HasSuffix(item, []byte{'>'}) {
		var err error
		l.origin, err = strconv.ParseInt(string(item[i+1:len(item)-1]), 10, 64)
		if err != nil || l.origin < 0 {
			return l, false
		}
		l.partial, item = true, item[:i]
	}
	return l, l.setItem(item)
}

// setItem sets the kind and the part from the end of item, which is in upper
// case.
func (l *imapLiteral) setItem(item []byte) bool {
	switch {
	case bytes.HasSuffix(item, []byte("RFC822")):
		return true
	case bytes.HasSuffix(item, []byte("RFC822.HEADER")):
		l.kind = imapHeader
		return true
	case bytes.HasSuffix(item, []byte("RFC822.TEXT")):
		l.kind = imapText
		return true
	}
	item, ok := bytes.CutSuffix(item, []byte{']'})
	i := bytes.LastIndexByte(item, '[')
	if !ok || i < 0 || !bytes.HasSuffix(item[:i], []byte("BODY")) && !bytes.HasSuffix(item[:i], []byte("BINARY")) {
		return false
	}
	l.decoded = bytes.HasSuffix(item[:i], []byte("BINARY"))
	section := item[i+1:]
	l.part = section[:len(section)-len(bytes.TrimLeft(section, "0123456789."))]
	name := section[len(l.part):]
	switch l.part = bytes.Trim(l.part, "."); {
	case len(section) == 0, bytes.HasPrefix(name, []byte("HEADER.FIELDS")):
		l.kind = imapWhole
	case string(name) == "HEADER":
		l.kind = imapHeader
	case string(name) == "TEXT":
		l.kind = imapText
	case string(name) == "MIME" && len(l.part) > 0:
		l.kind = imapMIME
	case len(name) == 0 && len(l.part) > 0:
		l.kind = imapPart
	default:
		return false
	}
	return true
}

func (l *imapLiteral) isHead() bool { return l.kind == imapHeader || l.kind == imapMIME }

// key returns the same for a header section and its body, and for the parts of a
// partial literal.
func (l *imapLiteral) key() string {
	kind := l.kind
	if l.isHead() {
		kind++
	}
	return string(l.message) + " " + string(l.part) + " " + strconv.Itoa(int(kind))
}

// continues reports whether a literal continues the mail that is being read.
func (h *imapSide) continues(l imapLiteral) bool {
	if h.mail == nil || h.key != l.key() {
		return false
	}
	return l.partial && l.origin == h.next || h.head && !l.isHead() && l.origin == 0
}

// open begins to read the mail or part in a literal.
func (h *imapSide) open(s sink, l imapLiteral, from Message) {
	if l.kind == imapText || l.kind == imapPart {
		h.guess = imapGuess{on: true, gap: l.origin > 0, decoded: l.decoded, from: from}
		return
	}
	h.mail = newMail(s, from)
	h.mail.isMail = l.kind != imapMIME
	if l.origin > 0 {
		h.mail.gap(s)
	}
}

// An imapGuess collects the first line of a part without header section, to see
// whether it is base64.
type imapGuess struct {
	on      bool
	gap     bool // bytes before it are missing
	decoded bool // it is not encoded
	from    Message
	line    []byte
}

// maxIMAPGuess limits the line: of base64, RFC 2045 section 6.8 allows 76
// characters.
const maxIMAPGuess = 76

// minIMAPGuess is the length of a line that cannot be a word by chance.
const minIMAPGuess = 16

// try adds data to the first line of a part. Once that is complete, the part is a
// file if it is base64 and not of text: text without a name is not a file.
func (h *imapSide) try(s sink, data []byte, at Ref, last bool) {
	g := &h.guess
	kept := len(g.line)
	g.line = append(g.line, data[:min(len(data), maxIMAPGuess-kept)]...)
	n := endOfLine(g.line, 0)
	if n == 0 {
		n = len(g.line)
		if n < maxIMAPGuess && !last {
			return
		}
	}
	first, coding := g.line[:n], codingNone
	if !g.decoded {
		first, coding = decodeLine(first), codingBase64
	}
	if !isText(first) {
		h.mail = newMail(s, g.from)
		h.mail.startBody(nil)
		h.mail.isMail, h.mail.at = false, at
		h.mail.beginFile(s, mail.Params{}, coding, "")
		if g.gap {
			h.mail.gap(s)
		}
		h.mail.write(s, g.line[:kept], at)
		h.mail.write(s, data, at)
	}
	h.guess = imapGuess{}
}

// decodeLine decodes a line, or returns nil if it is not base64.
func decodeLine(line []byte) []byte {
	line = bytes.TrimRight(line, "\r\n")
	digits := bytes.TrimRight(line, "=")
	for _, c := range digits {
		if base64Digits[c] == 0 {
			return nil
		}
	}
	if len(line)%4 != 0 || len(line) < minIMAPGuess && len(digits) == len(line) {
		return nil
	}
	d := transferDecoder{coding: codingBase64}
	b, _ := d.finish(d.append(nil, digits))
	return b
}

// isText reports whether b may be the beginning of a text in UTF-8.
func isText(b []byte) bool {
	if typ := sniff(b, int64(len(b))); typ != "" {
		return strings.HasPrefix(typ, "text/")
	}
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 && utf8.FullRune(b) || r < ' ' && r != '\t' && r != '\r' && r != '\n' {
			return false
		}
		b = b[n:]
	}
	return true
}
