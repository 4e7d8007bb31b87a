package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/mail"
)

// A pop3Framer splits POP3 (RFC 1939) into commands and the first lines of
// replies, the client's lines of an AUTH exchange (RFC 5034), and extracts the
// mails from the replies to RETR and TOP. Other replies of several lines are
// skipped.
type pop3Framer struct {
	dialogue
	mailInside
	pending queue[pop3Kind]
	greeted bool // the server has replied
	auth    bool // the client's lines are AUTH's, or commands

	mode  pop3Mode
	dot   dotReader
	holed bool // bytes of the mail are missing, perhaps its end
}

// A pop3Kind is the property of a command that its reply depends on.
type pop3Kind uint8

const (
	pop3None pop3Kind = iota // the command was not captured
	pop3Other
	pop3Mail
	pop3StartTLS
)

// A pop3Mode says what the server's next bytes are.
type pop3Mode uint8

const (
	pop3Reply   pop3Mode = iota // the first line of a reply, or later ones
	pop3Perhaps                 // the same, or a mail whose request was not captured
	pop3InMail                  // a mail, up to a line of a single dot
)

func newPOP3(Path, int) framer {
	return &pop3Framer{dialogue: dialogue{proto: POP3, begins: pop3Begins}}
}

func pop3Begins(client bool, b []byte) bool {
	if client {
		return pop3Lines.verb(b) != refused
	}
	return pop3Status(b) != refused
}

func (f *pop3Framer) lost(s sink, side, n int) {
	switch {
	case !f.lose(s, side, n):
	case side == s.c.client:
		f.resync[side] = true
		f.pending.loseCommand(s)
	case f.mode == pop3InMail:
		f.mail.gap(s)
		f.dot.state, f.holed = dotInLine, true
	default:
		f.mode = pop3Reply
		f.resync[side] = true
		f.pending.loseReply()
	}
}

func (f *pop3Framer) push(s sink, p piece) {
	for f.more(s, &p) {
		switch {
		case p.side == s.c.client:
			f.command(s, &p)
		case f.mode == pop3Reply:
			f.reply(s, &p)
		case f.mode == pop3Perhaps:
			f.mode = pop3Reply
			if c := p.data[0]; c != '+' && c != '-' {
				f.startMail(s, p.first())
			}
		default:
			f.answer(s, &p)
		}
	}
}

// command processes one line of the client.
func (f *pop3Framer) command(s sink, p *piece) {
	b, ok := f.clientLine(s, p, oneLine)
	if !ok {
		return
	}
	if f.auth && pop3Lines.verb(b) != decided {
		f.messageOf(s, p, AuthResponse, b)
		return
	}
	c, err := mail.ParseCommand(b)
	if err != nil {
		f.lines[p.side].done(s, p, len(b))
		return
	}
	f.auth = false
	at := f.turn(p, b)
	f.message(s, p, b)
	kind := pop3Other
	switch {
	case c.Is("RETR"), c.Is("TOP"):
		kind = pop3Mail
	case c.Is("AUTH"):
		f.auth = true
	case c.Is("STLS"):
		kind, f.asked = pop3StartTLS, true // RFC 2595 section 4
	}
	f.pending.push(s, kind, at, 0, maxUnanswered)
}

// reply processes a line of the server. A line that does not begin a reply is
// skipped: a challenge of AUTH, or an item of a list.
func (f *pop3Framer) reply(s sink, p *piece) {
	l := &f.lines[p.side]
	b, ok := l.until(s, p, oneLine)
	if !ok {
		return
	}
	if pop3Status(b) != decided {
		l.done(s, p, len(b))
		return
	}
	kind, first := pop3None, !f.greeted
	if k := f.pending.front(s, f.turn(p, b)); k != nil {
		kind = *k
		f.pending.pop(s)
	}
	f.message(s, p, b)
	f.auth, f.greeted = false, true
	f.dot = dotReader{bare: !bytes.HasSuffix(b, []byte("\r\n"))}
	switch {
	case b[0] == '-':
	case kind == pop3Mail:
		f.startMail(s, p.first())
	case kind == pop3StartTLS:
		f.startTLS()
	case kind == pop3None && !first:
		f.mode = pop3Perhaps
	}
}

func (f *pop3Framer) startMail(s sink, at Ref) {
	f.mode, f.holed = pop3InMail, false
	f.mail = newMail(s, Message{Proto: POP3, First: at})
}

// answer reads a mail after the first line of a reply. If bytes of it are
// missing, it ends where the reply to a later command begins.
func (f *pop3Framer) answer(s sink, p *piece) {
	if f.holed && pop3Status(p.data) == decided && f.pending.begins(p) {
		f.endMail(s, false)
		f.mode = pop3Reply
		f.pending.loseReply()
		return
	}
	content, rest, over := f.dot.next(p.data)
	f.mail.write(s, content, p.ref)
	p.data, p.gap = rest, 0
	if over {
		f.endMail(s, true)
		f.mode = pop3Reply
	}
}

func (f *pop3Framer) end(s sink, side int) {
	if side != s.c.client {
		f.endMail(s, false)
	}
	f.dialogue.end(s, side)
}

func (f *pop3Framer) free(s sink) {
	f.pending.free(s)
	f.dialogue.free(s)
}

// pop3Status reports whether b begins with a status (RFC 1939 section 3).
func pop3Status(b []byte) verdict {
	for _, status := range []string{"+OK", "-ERR"} {
		if v := prefix(b, status); v == undecided || v == decided && len(b) == len(status) {
			return undecided
		} else if v == decided {
			if c := b[len(status)]; c == ' ' || c == '\r' || c == '\n' {
				return decided
			}
		}
	}
	return refused
}

// pop3Lines has the commands of RFC 1939, 2449 and 2595.
var pop3Lines = lineGrammar{
	ports: []uint16{110, 995},
	greets: func(line []byte) (is, sure bool) {
		is = line[0] == '+' && pop3Status(line) != refused
		return is, is && len(line) > 3 && line[3] == ' ' // without a text it may be Redis
	},
	commands: []lineCommand{
		{"RSET", true, nil}, {"AUTH", true, mechanismArgs}, {"NOOP", true, nil}, {"QUIT", false, nil},
		{"USER", false, userArgs}, {"PASS", false, nil}, {"LIST", false, nil}, {"RETR", true, nil}, {"DELE", true, nil},
		{"STAT", false, nil}, {"CAPA", true, nil}, {"STLS", true, nil}, {"APOP", true, someArgs}, {"UIDL", true, nil},
		{"TOP", false, nil},
	},
}
