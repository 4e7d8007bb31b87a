package stream

import (
	"bytes"
	"strconv"

	"github.com/sightline-go/sightline/layers/mail"
)

// An smtpFramer cuts SMTP (RFC 5321), and LMTP (RFC 2033), into commands and
// replies, and takes the mails out of DATA and BDAT (RFC 3030). What AUTH (RFC
// 4954) exchanges is passed over.
type smtpFramer struct {
	dialogue
	mailInside
	pending queue[smtpKind] // commands without reply
	greeted bool            // the server's first reply has come

	mode     smtpMode
	dot      dotReader
	left     int64 // of a BDAT chunk
	last     bool  // it is the last
	holed    bool  // bytes of DATA are missing, its end perhaps
	answered bool  // the server has replied to all of it
}

// An smtpKind is what the reply to a command depends on.
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
	smtpAuthLine          // what AUTH exchanges, or a command
	smtpInData            // a mail up to a line of a dot
	smtpInChunk           // a chunk of known length
	smtpLost              // behind a gap: a piece may begin a command
)

func newSMTP(Path, int) framer {
	return &smtpFramer{dialogue: dialogue{proto: SMTP, begins: smtpBegins}}
}

// smtpBegins is for replies; where a command begins, smtpLost finds.
func smtpBegins(_ bool, b []byte) bool { return isCode(b) }

func (f *smtpFramer) lost(s sink, side, n int) {
	if !f.lose(s, side, n) {
		return
	}
	if side != s.c.client {
		f.resync[side] = true
		f.pending = queue[smtpKind]{}
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
			f.mode = smtpLost
			return
		}
		f.takeChunk(s, int64(n))
	default:
		f.mode = smtpLost
	}
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

// command takes one line of the client's.
func (f *smtpFramer) command(s sink, p *piece) {
	b, ok := f.clientLine(s, p, oneLine)
	if !ok {
		return
	}
	c, err := mail.ParseCommand(b)
	if err != nil || f.mode == smtpAuthLine && smtpLines.verb(b) != decided {
		f.lines[p.side].done(s, p, len(b))
		return
	}
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
	f.pending.push(kind)
}

// reply takes one reply of the server's.
func (f *smtpFramer) reply(s sink, p *piece) {
	r, ok := f.serverReply(s, p)
	if !ok {
		return
	}
	first := !f.greeted
	f.greeted = true
	kind, code := f.pending.front(), r.Code()
	if first && code == 220 && kind != smtpStartTLS || kind == smtpAuth && code == 334 {
		return
	}
	f.pending.pop()
	switch {
	case kind == smtpData && code >= 400 && f.mode == smtpInData:
		f.endMail(s, false)
		f.mode = smtpCommand
	case kind == smtpAuth && f.mode == smtpAuthLine:
		f.mode = smtpCommand
	case f.asked && code == 220:
		f.startTLS(s)
	case kind == smtpStartTLS:
		f.asked = false
	case kind == smtpNone && code != 354:
		f.answered = true
	}
}

// data takes what is between DATA and the line of a dot.
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
		f.pending.push(smtpOther)
	}
}

// startChunk takes BDAT's argument: a size, and LAST in the last one.
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

// chunk takes bytes of a BDAT chunk.
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

// write passes content on to the mail, which begins with the first byte.
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

// smtpLines has the commands of RFC 5321 section 4.1 and of the extensions that a
// client asks for early.
var smtpLines = lineGrammar{
	ports: []uint16{25, 465, 587, 2525}, // 2525 is custom
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
