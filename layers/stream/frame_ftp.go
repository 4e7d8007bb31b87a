package stream

import (
	"bytes"
	"net/netip"
	"strconv"

	"github.com/sightline-go/sightline/layers/mail"
)

// An ftpFramer cuts the control connection of FTP (RFC 959) into commands and
// replies, and tells the Assembler which data connections they announce.
type ftpFramer struct {
	dialogue
	transfer *ftpTransfer // announced last
	named    int          // bytes of its name, which count as held
	restart  bool         // REST: the next transfer is not from the beginning
}

// An ftpTransfer is a data connection that a control connection has announced.
type ftpTransfer struct {
	at   transferKey
	name string
	// listing: a directory. unnamed: no command has said what it is.
	listing, named, partial bool
}

// A transferKey says where a data connection goes. It is between the addresses of
// its control connection: another address, which PORT and PASV can name, is what a
// translator of addresses has left there, or a third host, whose connection is
// another pair's.
type transferKey struct {
	listener netip.AddrPort
	peer     netip.Addr
}

func newFTP(Path, int) framer { return &ftpFramer{dialogue: dialogue{proto: FTP, begins: ftpBegins}} }

func ftpBegins(_ bool, b []byte) bool { return isCode(b) || ftpLines.verb(b) != refused }

func (f *ftpFramer) lost(s sink, side, n int) {
	if f.lose(s, side, n) {
		f.resync[side] = true
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

// command takes one line of the client's.
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
	f.message(s, p, b)
	switch {
	case c.Is("AUTH"):
		f.asked = true // RFC 4217
	case c.Is("PORT"):
		f.announce(s, portOfPORT(c.Arg()), true)
	case c.Is("EPRT"):
		f.announce(s, portOfEPRT(c.Arg()), true)
	case c.Is("REST"):
		f.restart = len(bytes.TrimLeft(c.Arg(), "0")) > 0
	case c.Is("RETR"), c.Is("STOR"), c.Is("APPE"), c.Is("STOU"):
		f.begin(s, ftpTransfer{name: string(c.Arg()[:min(len(c.Arg()), maxName)]), partial: f.restart})
	case c.Is("LIST"), c.Is("NLST"), c.Is("MLSD"):
		f.begin(s, ftpTransfer{listing: true})
	}
}

// begin says what the data connection that was announced transfers.
func (f *ftpFramer) begin(s sink, t ftpTransfer) {
	f.restart = false
	if f.transfer != nil && !f.transfer.named {
		t.at, t.named = f.transfer.at, true
		*f.transfer = t
		f.named = len(t.name)
		s.a.hold(f.named)
	}
}

// reply takes one reply of the server's.
func (f *ftpFramer) reply(s sink, p *piece) {
	r, ok := f.serverReply(s, p)
	if !ok {
		return
	}
	switch r.Code() {
	case 227:
		f.announce(s, portOfPASV(r.Bytes()[3:]), false)
	case 229:
		f.announce(s, portOfEPSV(r.Bytes()[3:]), false)
	case 234:
		f.startTLS(s)
	}
}

// announce expects a data connection to a port of the client's when active, else
// to one of the server's. It takes the place of one that never came.
func (f *ftpFramer) announce(s sink, port uint16, active bool) {
	f.forget(s)
	if port == 0 {
		return
	}
	client, server := s.c.Flow.Src.Addr(), s.c.Flow.Dst.Addr()
	k := transferKey{netip.AddrPortFrom(server, port), client}
	if active {
		k = transferKey{netip.AddrPortFrom(client, port), server}
	}
	f.transfer = &ftpTransfer{at: k}
	s.a.expect(f.transfer)
}

// forget gives up the data connection that was announced last, if it has not come.
func (f *ftpFramer) forget(s sink) {
	if f.transfer != nil {
		s.a.unexpect(f.transfer)
		s.a.hold(-f.named)
		f.transfer, f.named = nil, 0
	}
}

func (f *ftpFramer) free(s sink) {
	f.forget(s)
	f.dialogue.free(s)
}

// portOfPORT returns the port of h1,h2,h3,h4,p1,p2 (RFC 959 section 4.1.2), 0
// when there is none.
func portOfPORT(arg []byte) uint16 {
	fields := bytes.Split(arg, []byte{','})
	if len(fields) != 6 {
		return 0
	}
	hi, err1 := strconv.ParseUint(string(bytes.TrimSpace(fields[4])), 10, 8)
	lo, err2 := strconv.ParseUint(string(bytes.TrimSpace(fields[5])), 10, 8)
	if err1 != nil || err2 != nil {
		return 0
	}
	return uint16(hi<<8 | lo)
}

// portOfPASV returns the port in a 227 reply. The parentheses around the numbers
// are custom, not law (RFC 1123 section 4.1.2.6).
func portOfPASV(text []byte) uint16 {
	isOther := func(r rune) bool { return r != ',' && (r < '0' || '9' < r) }
	for _, f := range bytes.FieldsFunc(text, isOther) {
		if port := portOfPORT(f); port != 0 {
			return port
		}
	}
	return 0
}

// portOfEPRT returns the port of |1|132.235.1.2|6275| (RFC 2428 section 2). Any
// character may delimit.
func portOfEPRT(arg []byte) uint16 {
	if len(arg) == 0 {
		return 0
	}
	fields := bytes.Split(arg, arg[:1])
	if len(fields) != 5 {
		return 0
	}
	port, _ := strconv.ParseUint(string(fields[3]), 10, 16)
	return uint16(port)
}

// portOfEPSV returns the port in a 229 reply: (|||6446|) (RFC 2428 section 3).
func portOfEPSV(text []byte) uint16 {
	_, text, _ = bytes.Cut(text, []byte{'('})
	text, _, _ = bytes.Cut(text, []byte{')'})
	return portOfEPRT(text)
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
