package stream

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/sightline-go/sightline/layers/mail"
)

// maxIMAPLiteral bounds the commands and responses that are Messages with their
// literals (RFC 9051 section 4.3) in them. Further literals are passed over.
const maxIMAPLiteral = 1024

// An imapFramer cuts IMAP (RFC 9051) into commands and responses, and takes the
// mails out of the literals of FETCH and APPEND. The Message that announces such
// a literal ends there, and what follows it up to the end of its line is passed
// over. So is what AUTHENTICATE exchanges.
type imapFramer struct {
	dialogue
	side [2]imapSide
	auth bool  // the client's lines are AUTHENTICATE's, or commands
	want int64 // bytes of the partial FETCH that was asked for last

	tag    []byte // of a STARTTLS or COMPRESS (RFC 4978) without reply
	closed bool   // what follows is compressed
}

type imapSide struct {
	mailInside        // the literal, or what comes in pieces
	size       int64  // of a literal
	left       int64  // of it
	tail       bool   // behind a literal: its line goes on
	whole      bool   // the mail is whole behind the literal
	name       []byte // of the message that a mail in pieces is, nil for others
	next       int64  // where its next piece begins
}

func newIMAP(Path, int) framer {
	return &imapFramer{dialogue: dialogue{proto: IMAP, begins: imapBegins}}
}

func imapBegins(_ bool, b []byte) bool { return imapStatus(b) != refused || imapVerb(b) != refused }

// lost deals with missing bytes, which may be a literal's.
func (f *imapFramer) lost(s sink, side, n int) {
	h := &f.side[side]
	if !f.open[side] {
		if h.mail != nil {
			h.mail.gap(s)
		}
		if h.left >= int64(n) {
			h.take(s, int64(n))
			return
		}
		h.left, h.tail = 0, false
		h.endMail(s, false)
	}
	f.resync[side] = f.lose(s, side, n)
}

func (f *imapFramer) push(s sink, p piece) {
	h := &f.side[p.side]
	for !f.closed && f.more(s, &p) {
		if h.left > 0 {
			h.literal(s, &p)
		} else {
			f.line(s, &p)
		}
	}
}

// line takes a command or response, up to a literal that is not in its Message.
func (f *imapFramer) line(s sink, p *piece) {
	l, h := &f.lines[p.side], &f.side[p.side]
	client := p.side == s.c.client
	var b []byte
	ok := false
	if client {
		b, ok = f.clientLine(s, p, endOfIMAP)
	} else {
		b, ok = l.until(s, p, endOfIMAP)
	}
	if !ok {
		return
	}
	if h.tail || client && f.auth && imapVerb(b) != decided {
		l.done(s, p, len(b))
	} else {
		f.message(s, p, b)
		if client {
			f.command(b)
		} else {
			f.response(s, b)
		}
	}
	size, announced := mail.IMAPLiteral(b)
	h.tail = announced
	if announced {
		h.begin(s, b, size, f.want, Message{Proto: IMAP, FromClient: client, First: p.first()})
	}
}

// command notes what the replies to a command depend on.
func (f *imapFramer) command(b []byte) {
	f.auth = false
	c, err := mail.ParseIMAPCommand(b)
	if err != nil || len(c.Tag()) > maxIMAPLiteral {
		return
	}
	switch {
	case c.Is("STARTTLS"), c.Is("COMPRESS"):
		f.tag, f.asked = bytes.Clone(c.Tag()), c.Is("STARTTLS")
	case c.Is("AUTHENTICATE"):
		f.auth = true
	case c.Is("FETCH"), c.Is("UID"):
		f.want = imapPartial(c.Arg())
	}
}

// imapPartial returns how many bytes a FETCH asks for, 0 when it asks for all:
// BODY[]<0.2048> (RFC 9051 section 6.4.5).
func imapPartial(arg []byte) int64 {
	_, rest, _ := bytes.Cut(arg, []byte("]<"))
	rest, _, _ = bytes.Cut(rest, []byte{'>'})
	_, size, _ := bytes.Cut(rest, []byte{'.'})
	n, _ := strconv.ParseInt(string(size), 10, 64)
	return n
}

// response notes what a tagged response changes.
func (f *imapFramer) response(s sink, b []byte) {
	c, err := mail.ParseIMAPCommand(b)
	if err != nil || c.Tag()[0] == '*' || c.Tag()[0] == '+' {
		return
	}
	f.auth = false
	if client := &f.side[s.c.client]; client.left > 0 && client.left == client.size && !c.Is("OK") {
		client.left, client.tail = 0, false // the literal was refused
		client.endMail(s, false)
	}
	if f.tag == nil || !bytes.Equal(c.Tag(), f.tag) {
		return
	}
	f.tag = nil
	switch {
	case !c.Is("OK"):
		f.asked = false
	case f.asked:
		f.startTLS(s)
	default:
		f.closed = true
	}
}

// endOfIMAP is for commands and responses: they end with a line end that is not
// in a literal, or before a literal that is not theirs to hold.
func endOfIMAP(message, _ []byte) bool {
	for off := 0; off < len(message); {
		n := endOfLine(message[off:], 0)
		if n == 0 {
			return false
		}
		line := message[off : off+n]
		off += n
		size, ok := mail.IMAPLiteral(line)
		if !ok || size > int64(maxIMAPLiteral-off) {
			return true
		}
		if _, _, mail := imapMail(message[:off], line); mail {
			return true
		}
		off += int(size)
	}
	return false
}

// imapMail reports whether the literal behind a line is a mail, or the beginning
// of one: an APPEND's, or what FETCH calls RFC822, BODY[] or BODY[HEADER]. Of a
// part of one it returns the name of the message and where the part begins.
func imapMail(message, line []byte) (name []byte, origin int64, ok bool) {
	c, err := mail.ParseIMAPCommand(message)
	if err != nil {
		return nil, 0, false
	}
	if c.Is("APPEND") {
		return nil, 0, true
	}
	item := bytes.TrimSuffix(bytes.TrimSpace(line[:bytes.LastIndexByte(line, '{')+1]), []byte{'{'})
	item = bytes.ToUpper(bytes.TrimSpace(item[max(len(item)-maxIMAPLiteral, 0):]))
	if i := bytes.LastIndexByte(item, '<'); i > 0 && bytes.HasSuffix(item, []byte{'>'}) {
		origin, err = strconv.ParseInt(string(item[i+1:len(item)-1]), 10, 64)
		if err != nil {
			return nil, 0, false
		}
		name, item = c.Verb()[:min(len(c.Verb()), maxIMAPLiteral)], item[:i]
	}
	for _, want := range []string{"RFC822", "RFC822.HEADER", "BODY[]", "BODY[HEADER]"} {
		ok = ok || bytes.HasSuffix(item, []byte(want))
	}
	i := bytes.LastIndex(item, []byte("BODY[HEADER.FIELDS"))
	ok = ok || i >= 0 && bytes.IndexByte(item[i:], ']') == len(item)-i-1
	return name, origin, ok
}

// begin begins a literal of size bytes behind message.
func (h *imapSide) begin(s sink, message []byte, size, want int64, from Message) {
	last := message[bytes.LastIndexByte(message[:len(message)-1], '\n')+1:]
	name, origin, ok := imapMail(message, last)
	goesOn := ok && h.mail != nil && name != nil && bytes.Equal(name, h.name) && origin == h.next
	if !goesOn {
		h.endMail(s, false)
	}
	h.size, h.left, h.whole = size, size, name == nil || size < want
	if ok && h.mail == nil {
		h.mail = newMail(s, from)
		if origin > 0 {
			h.mail.gap(s)
		}
	}
	h.name, h.next = slices.Clone(name), origin+size
	h.take(s, 0)
}

// literal takes bytes of a literal.
func (h *imapSide) literal(s sink, p *piece) {
	n := min(h.left, int64(len(p.data)))
	if h.mail != nil {
		h.mail.write(s, p.data[:n], p.ref)
	}
	p.data, p.gap = p.data[n:], 0
	h.take(s, n)
}

// take counts n bytes of a literal.
func (h *imapSide) take(s sink, n int64) {
	if h.left -= n; h.left == 0 && h.whole {
		h.endMail(s, true)
	}
}

func (f *imapFramer) end(s sink, side int) {
	f.side[side].endMail(s, false)
	f.dialogue.end(s, side)
}
