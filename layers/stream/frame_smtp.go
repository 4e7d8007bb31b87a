package stream

import (
	"bytes"
	"strconv"

	"github.com/sightline-go/sightline/layers/mail"
)

// An smtpFramer splits SMTP (RFC 5321), and LMTP (RFC 2033), into commands and
// replies, the lines of an AUTH exchange (RFC 4954), and extracts the mails from
// DATA and BDAT (RFC 3030).
type smtpFramer struct {
	dialogue
	mailInside
	pending queue[smtpKind] // commands without a reply
	greeted bool            // the server has replied

	mode     smtpMode
	dot      dotReader
	left     int64 // of a BDAT chunk
	last     bool  // the current chunk is the last
	holed    bool  // bytes of DATA are missing, perhaps its end
	answered bool  // the server has replied to all of it
}

// An smtpKind is the property of a command that its reply depends on.
type smtpKind uint8

const (
	smtpNone smtpKind = iota
	smtpOther
	smtpAuth
	smtpStartTLS
	smtpData
)

// An smtpMode says what the client's next bytes are.
type smtpMode uint8

const (
	smtpCommand  smtpMode = iota
	smtpAuthLine          // the exchange of AUTH, or a command
	smtpInData            // a mail, up to a line of a single dot
	smtpInChunk           // a chunk of known length
	smtpLost              // after a gap: a piece may begin a command
)

func newSMTP(Path, int) framer {
	return &smtpFramer{dialogue: dialogue{proto: SMTP, begins: smtpBegins}}
}

// smtpBegins is for replies. In smtpLost, push looks for commands.
func smtpBegins(_ bool, b []byte) bool { return isCode(b) }

func (f *smtpFramer) lost(s sink, side, n int) {
	if !f.lose(s, side, n) {
		return
	}
	if side != s.c.client {
		f.resync[side] = true
		f.pending.loseReply()
		return
	}
	switch f.mode {
	case smtpInData:
		f.holed, f.dot.state = true, dotInLine
		if f.mail != nil {
			f.mail.gap(s)
		}
	case smtpInChunk:
		f.mail.gap(s)
		if int64(n) > f.left {
			f.endMail(s, false)
			f.loseCommand(s)
			return
		}
		f.takeChunk(s, int64(n))
	default:
		f.loseCommand(s)
	}
}

func (f *smtpFramer) loseCommand(s sink) {
	f.mode = smtpLost
	f.pending.loseCommand(s)
}

func (f *smtpFramer) push(s sink, p piece) {
	for f.more(s, &p) {
		switch {
		case p.side != s.c.client:
			f.reply(s, &p)
		case f.mode == smtpInData:
			f.data(s, &p)
		case f.mode == smtpInChunk:
			f.chunk(s, &p)
		case f.mode == smtpLost:
			if smtpLines.verb(p.data) != decided {
				return
			}
			f.mode = smtpCommand
		default:
			f.command(s, &p)
		}
	}
}

// command processes one line of the client.
func (f *smtpFramer) command(s sink, p *piece) {
	b, ok := f.clientLine(s, p, oneLine)
	if !ok {
		return
	}
	if f.mode == smtpAuthLine && smtpLines.verb(b) != decided {
		f.messageOf(s, p, AuthResponse, b)
		return
	}
	c, err := mail.ParseCommand(b)
	if err != nil {
		f.lines[p.side].done(s, p, len(b))
		return
	}
	at := f.turn(p, b)
	f.message(s, p, b)
	f.mode = smtpCommand
	kind := smtpOther
	switch {
	case c.Is("DATA"):
		f.endMail(s, false)
		kind, f.mode = smtpData, smtpInData
		f.dot = dotReader{bare: !bytes.HasSuffix(b, []byte("\r\n"))}
		f.holed, f.answered = false, false
	case c.Is("BDAT"):
		f.startChunk(s, c.Arg(), p.first())
	case c.Is("AUTH"):
		kind, f.mode = smtpAuth, smtpAuthLine
	case c.Is("STARTTLS"):
		kind, f.asked = smtpStartTLS, true // RFC 3207
	case c.Is("RSET"), c.Is("EHLO"), c.Is("HELO"), c.Is("LHLO"), c.Is("QUIT"):
		f.endMail(s, false)
	}
	f.pending.push(s, kind, at, 0, maxUnanswered)
}

// reply processes one reply of the server.
func (f *smtpFramer) reply(s sink, p *piece) {
	r, at, ok := f.serverReply(s, p)
	if !ok {
		return
	}
	f.pending.hear(at)
	first, code, kind := !f.greeted, r.Code(), smtpNone
	f.greeted = true
	k := f.pending.front(s, at)
	if k != nil {
		kind = *k
	}
	if first && code == 220 && kind != smtpStartTLS || kind == smtpAuth && code == 334 {
		return
	}
	if k != nil {
		f.pending.pop(s)
	}
	switch {
	case kind == smtpData && code >= 400 && f.mode == smtpInData:
		f.endMail(s, false)
		f.mode = smtpCommand
	case kind == smtpAuth && f.mode == smtpAuthLine:
		f.mode = smtpCommand
	case f.asked && code == 220:
		f.startTLS()
	case kind == smtpStartTLS:
		f.asked = false
	case kind == smtpNone && code != 354:
		f.answered = true
	}
}

// data reads the content between DATA and the line of a single dot.
func (f *smtpFramer) data(s sink, p *piece) {
	if f.holed && f.answered && smtpLines.verb(p.data) == decided {
		f.endMail(s, false)
		f.mode = smtpCommand
		return
	}
	content, rest, over := f.dot.next(p.data)
	f.write(s, content, p.ref)
	p.data, p.gap = rest, 0
	if over {
		f.endMail(s, true)
		f.mode = smtpCommand
		end := p.end - uint32(len(p.data))
		f.pending.push(s, smtpOther, turn{at: end, end: end, seen: p.seen, known: p.placed}, 0, maxUnanswered)
	}
}

// startChunk parses BDAT's arguments: a size, and LAST for the last chunk.
func (f *smtpFramer) startChunk(s sink, arg []byte, at Ref) {
	size, rest, more := bytes.Cut(arg, []byte{' '})
	n, err := strconv.ParseInt(string(size), 10, 64)
	last := bytes.EqualFold(bytes.TrimSpace(rest), []byte("LAST"))
	if err != nil || n < 0 || more && !last {
		return
	}
	f.mode, f.left, f.last = smtpInChunk, n, last
	if f.mail == nil {
		f.mail = newMail(s, Message{Proto: SMTP, FromClient: true, First: at})
	}
	f.takeChunk(s, 0)
}

func (f *smtpFramer) chunk(s sink, p *piece) {
	n := min(f.left, int64(len(p.data)))
	f.write(s, p.data[:n], p.ref)
	p.data, p.gap = p.data[n:], 0
	f.takeChunk(s, n)
}

// takeChunk counts n bytes of a chunk.
func (f *smtpFramer) takeChunk(s sink, n int64) {
	if f.left -= n; f.left > 0 {
		return
	}
	f.mode = smtpCommand
	if f.last {
		f.endMail(s, true)
	}
}

// write adds content to the mail, which begins with the first byte.
func (f *smtpFramer) write(s sink, content []byte, at Ref) {
	if len(content) == 0 {
		return
	}
	if f.mail == nil {
		f.mail = newMail(s, Message{Proto: SMTP, FromClient: true, First: at})
		if f.holed {
			f.mail.gap(s)
		}
	}
	f.mail.write(s, content, at)
}

func (f *smtpFramer) end(s sink, side int) {
	if side == s.c.client {
		f.endMail(s, false)
	}
	f.dialogue.end(s, side)
}

func (f *smtpFramer) free(s sink) {
	f.pending.free(s)
	f.dialogue.free(s)
}

// smtpLines has the commands of RFC 5321 section 4.1 and of the extensions that
// clients use early in a conversation.
var smtpLines = lineGrammar{
	ports: []uint16{25, 465, 587, 2525}, // 2525 is in common use
	greets: func(line []byte) (is, sure bool) {
		is, _ = greeting220(line)
		return is, true
	},
	commands: []lineCommand{
		{"EHLO", true, someArgs}, {"HELO", true, someArgs}, {"LHLO", true, someArgs}, {"MAIL", true, fromArgs},
		{"RCPT", true, toArgs}, {"DATA", false, nil}, {"BDAT", true, someArgs}, {"RSET", true, nil}, {"VRFY", true, nil},
		{"EXPN", true, nil}, {"STARTTLS", true, nil}, {"ETRN", true, nil}, {"XCLIENT", true, nil}, {"XFORWARD", true, nil},
		{"AUTH", true, mechanismArgs}, {"HELP", false, nil}, {"NOOP", true, nil}, {"QUIT", false, nil},
	},
}

func fromArgs(arg []byte, _ bool) (bool, verdict) { return true, prefix(arg, "FROM:") }

func toArgs(arg []byte, _ bool) (bool, verdict) { return true, prefix(arg, "TO:") }
