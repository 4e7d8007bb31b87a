package stream

import (
	"bytes"
	"strconv"

	"github.com/sightline-go/sightline/layers/mail"
)

// maxIMAPLiteral limits the commands and responses whose Messages include their
// literals (RFC 9051 section 4.3). Literals beyond it are skipped.
const maxIMAPLiteral = 1024

// An imapFramer splits IMAP (RFC 9051) into commands and responses, and
// extracts the mails from the literals of FETCH and APPEND. The Message that
// announces such a literal ends before it, and the rest of its line after the
// literal is skipped.
type imapFramer struct {
	dialogue
	side [2]imapSide
	auth bool  // the client's lines are AUTHENTICATE's, or commands
	want int64 // bytes that the last partial FETCH asked for

	tag    []byte // of a STARTTLS or COMPRESS (RFC 4978) without a reply
	closed bool   // the rest is compressed
}

type imapSide struct {
	mailInside        // in the literal, or in several partial ones
	size       int64  // of a literal
	left       int64  // of it
	tail       bool   // after a literal: its line continues
	whole      bool   // the mail ends with the literal
	head       bool   // it is a header section, whose body may follow
	message    []byte // number of the message, nil at the start of a line
	key        string // of the literal: its continuation has the same
	next       int64  // offset of the continuation
	guess      imapGuess
}

func newIMAP(Path, int) framer {
	return &imapFramer{dialogue: dialogue{proto: IMAP, begins: imapBegins}}
}

func imapBegins(_ bool, b []byte) bool { return imapStatus(b) != refused || imapVerb(b) != refused }

// lost processes missing bytes, which may be of a literal.
func (f *imapFramer) lost(s sink, side, n int) {
	h := &f.side[side]
	if !f.open[side] {
		h.guess.on = false
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

// line reads a command or response, up to a literal that its Message does not
// include.
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
	switch {
	case h.tail:
		l.done(s, p, len(b))
	case client && f.auth && imapVerb(b) != decided:
		f.messageOf(s, p, AuthResponse, b)
	default:
		f.message(s, p, b)
		if client {
			f.command(b)
		} else {
			f.response(s, b)
		}
	}
	size, announced := mail.IMAPLiteral(b)
	if !h.tail {
		h.message = nil
	}
	h.tail = announced
	if announced {
		h.begin(s, b, size, f.want, Message{Proto: IMAP, FromClient: client, First: p.first()})
	}
}

// command records the part of a command that its replies depend on.
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

// imapPartial returns how many bytes a FETCH asks for, or 0 for all:
// BODY[]<0.2048> (RFC 9051 section 6.4.5).
func imapPartial(arg []byte) int64 {
	_, rest, _ := bytes.Cut(arg, []byte("]<"))
	rest, _, _ = bytes.Cut(rest, []byte{'>'})
	_, size, _ := bytes.Cut(rest, []byte{'.'})
	n, _ := strconv.ParseInt(string(size), 10, 64)
	return n
}

// response processes a tagged response.
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
		f.startTLS()
	default:
		f.closed = true
	}
}

// endOfIMAP is for commands and responses: they end with a line end outside a
// literal, or before a literal that their Message does not include.
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
		if _, mail := imapLiteralOf(message[:off], line); mail {
			return true
		}
		off += int(size)
	}
	return false
}

// begin begins a literal of size bytes after message.
func (h *imapSide) begin(s sink, message []byte, size, want int64, from Message) {
	last := message[bytes.LastIndexByte(message[:len(message)-1], '\n')+1:]
	lit, ok := imapLiteralOf(message, last)
	if h.message == nil {
		h.message = bytes.Clone(lit.message)
	}
	lit.message = h.message // the first literal is after its number
	if !ok || !h.continues(lit) {
		h.endMail(s, h.head)
	}
	h.size, h.left, h.whole, h.head = size, size, !lit.partial || size < want, lit.isHead()
	if ok && h.mail == nil {
		h.open(s, lit, from)
	}
	h.key, h.next = lit.key(), lit.origin+size
	h.take(s, 0)
}

func (h *imapSide) literal(s sink, p *piece) {
	n := min(h.left, int64(len(p.data)))
	if data := p.data[:n]; h.guess.on {
		h.try(s, data, p.ref, n == h.left)
	} else if h.mail != nil {
		h.mail.write(s, data, p.ref)
	}
	p.data, p.gap = p.data[n:], 0
	h.take(s, n)
}

// take counts n bytes of a literal.
func (h *imapSide) take(s sink, n int64) {
	if h.left -= n; h.left == 0 && h.whole && !h.head {
		h.endMail(s, true)
	}
}

func (f *imapFramer) end(s sink, side int) {
	f.side[side].endMail(s, false)
	f.dialogue.end(s, side)
}
