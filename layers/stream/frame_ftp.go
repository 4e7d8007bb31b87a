package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/mail"
)

// An ftpFramer splits the control connection of FTP (RFC 959) into commands and
// replies, and announces data connections to the Assembler.
type ftpFramer struct {
	dialogue
	pending  queue[ftpCommand]
	greeted  bool         // the server has sent its greeting
	transfer *ftpTransfer // the last announced
	named    int          // bytes of its name, counted as held
	restart  bool         // after REST: the next transfer does not start at the file's beginning
	coded    bool         // after MODE: the data is not as in the file
}

// An ftpCommand is the part of a command that its reply depends on.
type ftpCommand struct {
	kind ftpKind
	name string       // of ftpFile
	to   *ftpTransfer // of ftpPort, ftpFile and ftpList, if there is one
	// partial: a REST precedes ftpFile. stream: of ftpMode, the data is as in
	// the file.
	partial, stream bool
}

// An ftpKind is the kind of a command.
type ftpKind uint8

const (
	ftpOther ftpKind = iota
	ftpPort          // PORT, EPRT
	ftpRest
	ftpMode
	ftpFile // a file follows
	ftpList // a directory follows
)

func newFTP(Path, int) framer { return &ftpFramer{dialogue: dialogue{proto: FTP, begins: ftpBegins}} }

func ftpBegins(_ bool, b []byte) bool { return isCode(b) || ftpLines.verb(b) != refused }

func (f *ftpFramer) lost(s sink, side, n int) {
	if !f.lose(s, side, n) {
		return
	}
	f.resync[side] = true
	if side == s.c.client {
		f.pending.loseCommand(s)
	} else {
		f.pending.loseReply()
	}
}

func (f *ftpFramer) push(s sink, p piece) {
	for f.more(s, &p) {
		if p.side == s.c.client {
			f.command(s, &p)
		} else {
			f.reply(s, &p)
		}
	}
}

// command processes one line of the client.
func (f *ftpFramer) command(s sink, p *piece) {
	b, ok := f.clientLine(s, p, oneLine)
	if !ok {
		return
	}
	c, err := mail.ParseCommand(bytes.TrimLeftFunc(b, func(r rune) bool { return r >= 0x80 || r == 0 }))
	if err != nil {
		f.lines[p.side].done(s, p, len(b))
		return
	}
	at := f.turn(p, b)
	f.message(s, p, b)
	k := f.parse(s, c)
	if f.pending.push(s, k, at, len(k.name), maxUnanswered) && (k.kind == ftpFile || k.kind == ftpList) {
		f.assign(s)
	}
}

// parse returns the part of a command that is kept, and obeys those that need
// not wait for a reply.
func (f *ftpFramer) parse(s sink, c mail.Command) (k ftpCommand) {
	arg := c.Arg()
	switch {
	case c.Is("AUTH"):
		f.asked = true // RFC 4217
	case c.Is("PORT"):
		f.announce(s, portOfPORT(arg), true)
		k = ftpCommand{kind: ftpPort, to: f.transfer}
	case c.Is("EPRT"):
		f.announce(s, portOfEPRT(arg), true)
		k = ftpCommand{kind: ftpPort, to: f.transfer}
	case c.Is("REST"):
		f.restart = len(bytes.TrimLeft(arg, "0")) > 0
		k.kind = ftpRest
	case c.Is("MODE"):
		k = ftpCommand{kind: ftpMode, stream: bytes.EqualFold(arg, []byte("S"))}
	case c.Is("RETR"), c.Is("STOR"), c.Is("APPE"), c.Is("STOU"):
		k = ftpCommand{kind: ftpFile, name: string(arg[:min(len(arg), maxName)]), partial: f.restart}
		f.restart = false
	case c.Is("LIST"), c.Is("NLST"), c.Is("MLSD"):
		k.kind, f.restart = ftpList, false
	case c.Is("ABOR"):
		if t := f.transfer; t != nil && t.file == nil {
			t.aborted = true
		}
	}
	return k
}

// reply processes one reply of the server.
func (f *ftpFramer) reply(s sink, p *piece) {
	r, at, ok := f.serverReply(s, p)
	if !ok {
		return
	}
	code := r.Code()
	if !f.greeted && (code == 220 || code == 120) {
		f.greeted = code == 220
		return
	}
	f.greeted = true
	f.pending.hear(at)
	f.doubt()
	switch code {
	case 227:
		f.announce(s, portOfPASV(r.Bytes()[3:]), false)
	case 229:
		f.announce(s, portOfEPSV(r.Bytes()[3:]), false)
	case 234:
		f.startTLS()
	}
	k := f.pending.front(s, at)
	switch {
	case k == nil:
		f.unasked(code)
		return
	case k.unmet():
		f.reassign(s)
	}
	switch {
	case k.to != nil && k.to.accepted && code < 400 && code >= 200 && code != 226 && code != 250:
		f.during()
	case code >= 200:
		done := *k
		f.pending.pop(s)
		f.answered(s, done, code)
	case k.to != nil && k.to == f.transfer:
		f.preliminary(s, k.to, r)
	}
}

// preliminary processes a 125 or 150: the transfer begins. In reply to STOU, it
// has the name: "150 FILE: pppp" (RFC 1123 section 4.1.2.9).
func (f *ftpFramer) preliminary(s sink, t *ftpTransfer, r mail.Reply) {
	t.accepted, t.unclear = true, false
	if _, name, ok := bytes.Cut(r.Bytes(), []byte("FILE:")); ok && t.name == "" && !t.listing {
		name, _, _ = bytes.Cut(bytes.TrimSpace(name), []byte{'\n'})
		f.setName(s, string(name[:min(len(name), maxName)]))
	}
}

// answered processes the last reply to a command.
func (f *ftpFramer) answered(s sink, k ftpCommand, code int) {
	switch {
	case k.kind == ftpMode && code < 400:
		f.coded = !k.stream
	case k.kind == ftpRest && code >= 400:
		f.wholeFile()
	case k.to == nil || k.to != f.transfer:
	case k.kind == ftpPort && code >= 400:
		f.forget(s)
	case k.kind != ftpFile && k.kind != ftpList:
	case code < 400:
		k.to.unclear = false
		k.to.settle()
		f.assign(s)
	case k.to.accepted || k.to.began:
		k.to.aborted, k.to.unclear = true, false
		k.to.settle()
	default: // the next command may use the connection
		f.setName(s, "")
		k.to.named, k.to.listing, k.to.partial = false, false, false
		f.assign(s)
	}
}

// reassign gives the transfer to the command that a reply names, as the reply
// to an earlier one was lost.
func (f *ftpFramer) reassign(s sink) {
	if t := f.transfer; t != nil && !t.settled && !t.accepted {
		t.named = false
		f.assign(s)
	}
}

func (f *ftpFramer) free(s sink) {
	f.forget(s)
	f.pending.free(s)
	f.dialogue.free(s)
}

// ftpLines has the commands of RFC 959, 2228, 2389, 2428 and 3659.
var ftpLines = lineGrammar{
	ports: []uint16{21, 990},
	greets: func(line []byte) (is, sure bool) {
		_, is = greeting220(line)
		return is, true
	},
	commands: []lineCommand{
		{"AUTH", true, tlsArgs}, {"HELP", false, nil}, {"NOOP", true, nil}, {"QUIT", false, nil},
		{"USER", false, userArgs}, {"PASS", false, nil}, {"LIST", false, nil}, {"RETR", true, nil}, {"DELE", true, nil},
		{"STAT", false, nil}, {"FEAT", true, nil}, {"SYST", true, nil}, {"PASV", true, nil}, {"EPSV", true, nil},
		{"EPRT", true, someArgs}, {"PORT", false, someArgs}, {"TYPE", false, nil}, {"CWD", false, nil}, {"PWD", false, nil},
		{"XPWD", false, nil}, {"CDUP", false, nil}, {"OPTS", false, nil}, {"MLSD", false, nil}, {"NLST", false, nil},
		{"STOR", false, nil}, {"APPE", false, nil}, {"SIZE", false, nil}, {"MDTM", false, nil}, {"REST", false, nil},
		{"PBSZ", false, nil}, {"PROT", false, nil}, {"CLNT", false, nil},
	},
}
