package stream

import (
	"bytes"
	"math/bits"

	"github.com/sightline-go/sightline/layers"
)

// A protoSet is a set of protocols below 64.
type protoSet uint64

func setOf(protos ...Proto) (s protoSet) {
	for _, p := range protos {
		s |= 1 << p
	}
	return s
}

// The line protocols share replies and commands: what one line allows is narrowed
// down by the next, and by what the other side says.
const (
	inSMTP protoSet = 1 << SMTP
	inPOP3 protoSet = 1 << POP3
	inIMAP protoSet = 1 << IMAP
	inFTP  protoSet = 1 << FTP
	inIRC  protoSet = 1 << IRC
)

// lineCommands are commands, in upper case, with the protocols that have them:
// RFC 5321 section 4.1; RFC 1939, 2449 and 2595; RFC 959, 2228, 2389, 2428 and 3659;
// RFC 2812 section 3. Those that begin connections, or often follow each other,
// suffice. The ones that are sure are no words that a text might begin with.
var lineCommands = [...]struct {
	verb string
	in   protoSet
	sure bool
}{
	{"EHLO", inSMTP, true}, {"HELO", inSMTP, true}, {"LHLO", inSMTP, true}, {"MAIL", inSMTP, true}, {"RCPT", inSMTP, true},
	{"DATA", inSMTP, false}, {"BDAT", inSMTP, true}, {"RSET", inSMTP | inPOP3, true}, {"VRFY", inSMTP, true},
	{"EXPN", inSMTP, true}, {"STARTTLS", inSMTP, true}, {"ETRN", inSMTP, true}, {"XCLIENT", inSMTP, true}, {"XFORWARD", inSMTP, true},
	{"AUTH", inSMTP | inPOP3 | inFTP, true}, {"HELP", inSMTP | inFTP, false}, {"NOOP", inSMTP | inPOP3 | inFTP, true},
	{"QUIT", inSMTP | inPOP3 | inFTP | inIRC, false}, {"USER", inPOP3 | inFTP | inIRC, false}, {"PASS", inPOP3 | inFTP | inIRC, false},
	{"LIST", inPOP3 | inFTP | inIRC, false}, {"RETR", inPOP3 | inFTP, true}, {"DELE", inPOP3 | inFTP, true}, {"STAT", inPOP3 | inFTP, false},
	{"CAPA", inPOP3, true}, {"STLS", inPOP3, true}, {"APOP", inPOP3, true}, {"UIDL", inPOP3, true}, {"TOP", inPOP3, false},
	{"FEAT", inFTP, true}, {"SYST", inFTP, true}, {"PASV", inFTP, true}, {"EPSV", inFTP, true}, {"EPRT", inFTP, true},
	{"PORT", inFTP, false}, {"TYPE", inFTP, false}, {"CWD", inFTP, false}, {"PWD", inFTP, false}, {"XPWD", inFTP, false},
	{"CDUP", inFTP, false}, {"OPTS", inFTP, false}, {"MLSD", inFTP, false}, {"NLST", inFTP, false}, {"STOR", inFTP, false},
	{"APPE", inFTP, false}, {"SIZE", inFTP, false}, {"MDTM", inFTP, false}, {"REST", inFTP, false}, {"PBSZ", inFTP, false},
	{"PROT", inFTP, false}, {"CLNT", inFTP, false}, {"NICK", inIRC, true}, {"PRIVMSG", inIRC, true},
	{"JOIN", inIRC, false}, {"PING", inIRC, false}, {"PONG", inIRC, false}, {"CAP", inIRC, false},
}

// recogniseLines recognises SMTP, POP3, IMAP, FTP and IRC. final says that no
// more bytes will help: then the ports decide.
func recogniseLines(b, other []byte, flow layers.Flow, final bool) (Proto, role, verdict) {
	mine := readLines(b)
	if mine.v == refused {
		return Unknown, either, refused
	}
	ports := setOf(linePort(flow.Src.Port()), linePort(flow.Dst.Port()))
	set := mine.in
	if theirs := readLines(other); theirs.v != refused && theirs.who != mine.who && set&theirs.in != 0 {
		set &= theirs.in
		mine.v, mine.sure = max(mine.v, theirs.v), true
	}
	if final {
		set &= ports
	}
	switch {
	case bits.OnesCount64(uint64(set)) == 1 && (final || mine.v == decided && (mine.sure || set&ports != 0)):
		return Proto(bits.TrailingZeros64(uint64(set))), mine.who, decided
	case final:
		return Unknown, either, refused
	}
	return Unknown, either, undecided
}

// linePort returns the protocol whose port it is (IANA registry
// "service-names-port-numbers"; 2525 and 6667 are custom).
func linePort(port uint16) Proto {
	switch port {
	case 25, 465, 587, 2525:
		return SMTP
	case 110, 995:
		return POP3
	case 143, 993:
		return IMAP
	case 21, 990:
		return FTP
	case 194, 6667:
		return IRC
	}
	return Unknown
}

// A reading is what lines may be.
type reading struct {
	in   protoSet // the protocols that have such lines
	who  role     // who sends them
	v    verdict  // decided about whole lines, undecided about the beginning of one
	sure bool     // nothing else is known to send the like
}

// readLines reads the lines in b, up to the first that does not go with those
// before it.
func readLines(b []byte) (r reading) {
	r.in = ^protoSet(0)
	for len(b) > 0 {
		n := endOfLine(b, 0)
		line := b
		if n > 0 {
			line = b[:n]
		}
		l := readLine(line, n > 0)
		if l.v != decided || r.in&l.in == 0 {
			if r.v != decided {
				return l
			}
			return r
		}
		r = reading{r.in & l.in, l.who, decided, r.sure || l.sure}
		b = b[len(line):]
	}
	return r
}

// readLine reads one line, or the beginning of one.
func readLine(line []byte, whole bool) reading {
	if r := readGreeting(line, whole); r.v != refused {
		return r
	}
	r := readCommand(line)
	if v := imapVerb(line); r.v != decided && v != refused {
		if v == decided && !whole {
			v = undecided
		}
		digits := bytes.ContainsAny(line[:min(len(line), maxIMAPTag)], "0123456789")
		return reading{r.in | inIMAP, fromClient, max(v, r.v), digits}
	}
	return r
}

// readGreeting reads what servers say first.
func readGreeting(line []byte, whole bool) reading {
	r := reading{who: fromServer, sure: true}
	switch {
	case prefix(line, "220 ") != refused, prefix(line, "220-") != refused:
		r.in = greeting220(line)
	case line[0] == '+' && pop3Status(line) != refused:
		r.in, r.sure = inPOP3, len(line) > 3 && line[3] == ' ' // without a text it may be Redis
	case prefix(line, "* OK ") != refused, prefix(line, "* PREAUTH ") != refused:
		r.in = inIMAP
	case prefix(line, "NOTICE AUTH :") != refused, line[0] == ':' && bytes.Contains(line, []byte(" NOTICE ")):
		r.in = inIRC
	default:
		return r
	}
	r.v = undecided
	if whole {
		r.v = decided
	}
	return r
}

// greeting220 returns who greets with such a line: the protocol's name is in it,
// or it may be either.
func greeting220(line []byte) protoSet {
	line = bytes.ToUpper(line)
	switch {
	case bytes.Contains(line, []byte("SMTP")), bytes.Contains(line, []byte("LMTP")):
		return inSMTP
	case bytes.Contains(line, []byte("FTP")):
		return inFTP
	}
	return inSMTP | inFTP
}

// readCommand reads a command. It is decided when the verb is whole, and what must
// follow it is there.
func readCommand(line []byte) reading {
	r := reading{who: fromClient}
	n := 0
	for n < len(line) && 'A' <= line[n]&^0x20 && line[n]&^0x20 <= 'Z' {
		n++
	}
	for _, c := range lineCommands {
		if n == 0 || n > len(c.verb) || !equalFold(line[:n], c.verb[:n]) {
			continue
		}
		if n == len(line) {
			r.in, r.v = r.in|c.in, undecided
		} else if n == len(c.verb) {
			r.sure = c.sure
			r.in, r.v = readArgument(c.verb, c.in, line[n:])
			return r
		}
	}
	return r
}

// readArgument narrows down what has a verb, by what follows it.
func readArgument(verb string, in protoSet, rest []byte) (protoSet, verdict) {
	if c := rest[0]; c != ' ' && c != '\r' && c != '\n' {
		return 0, refused
	}
	arg := bytes.ToUpper(bytes.TrimLeft(rest[:min(len(rest), probeLen)], " "))
	switch verb {
	case "MAIL":
		return in, prefix(arg, "FROM:")
	case "RCPT":
		return in, prefix(arg, "TO:")
	case "EHLO", "HELO", "LHLO", "BDAT", "APOP", "PORT", "EPRT", "NICK", "PRIVMSG":
		if len(arg) == 0 {
			return in, undecided
		}
		return in, decided
	}
	if endOfLine(rest, 0) == 0 {
		return in, undecided
	}
	switch {
	case verb == "AUTH" && (bytes.HasPrefix(arg, []byte("TLS")) || bytes.HasPrefix(arg, []byte("SSL"))):
		in = inFTP
	case verb == "AUTH":
		in = inSMTP | inPOP3
	case verb == "USER" && bytes.Contains(arg, []byte(" :")):
		in = inIRC
	}
	return in, decided
}

// lineVerb reports whether b begins with a command of a protocol.
func lineVerb(b []byte, proto protoSet) verdict {
	r := readCommand(b)
	if r.in&proto == 0 {
		return refused
	}
	return r.v
}

func smtpVerb(b []byte) verdict { return lineVerb(b, inSMTP) }
func pop3Verb(b []byte) verdict { return lineVerb(b, inPOP3) }
func ftpVerb(b []byte) verdict  { return lineVerb(b, inFTP) }
