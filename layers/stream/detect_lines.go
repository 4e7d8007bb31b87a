package stream

import (
	"bytes"
	"math/bits"

	"github.com/sightline-go/sightline/layers"
)

// A lineGrammar describes the lines that begin a protocol's conversations. The
// line protocols share replies and commands, so they are recognised together:
// each line, of either side, narrows the set of protocols.
type lineGrammar struct {
	ports    []uint16 // of servers, to break ties (IANA registry "service-names-port-numbers")
	commands []lineCommand

	// greets reports whether a server may begin with line, and whether no other
	// protocol is known to.
	greets func(line []byte) (is, sure bool)

	// tagged reads a client's line whose command is not the first word. It is
	// nil if the command always is.
	tagged func(line []byte, whole bool) (v verdict, sure bool)
}

// A lineCommand is a client's command. A grammar lists only those that begin
// conversations or often follow another command.
type lineCommand struct {
	verb string // in upper case
	sure bool   // not a word that text may begin with
	args lineArgs
}

// A lineArgs reads the text after a verb, in upper case and without leading
// spaces. whole means that the line is complete. It reports whether the
// protocol has such a line, and how certain that is. A nil lineArgs accepts any
// complete line.
type lineArgs func(arg []byte, whole bool) (mine bool, v verdict)

// recogniseLines recognises the protocols that have a lineGrammar. final means
// that no more bytes will help: then the ports decide.
func recogniseLines(b, other []byte, flow layers.Flow, final bool) (Proto, role, verdict) {
	mine := readLines(b)
	if mine.v == refused {
		return Unknown, either, refused
	}
	ports := linePorts(flow)
	set := mine.in
	if theirs := readLines(other); theirs.v != refused && theirs.who != mine.who && set&theirs.in != 0 {
		set &= theirs.in
		mine.v, mine.sure = max(mine.v, theirs.v), true
	}
	switch {
	case bits.OnesCount64(uint64(set)) == 1 && mine.v == decided && (mine.sure || set&ports != 0):
		return Proto(bits.TrailingZeros64(uint64(set))), mine.who, decided
	case final && bits.OnesCount64(uint64(set&ports)) == 1:
		return Proto(bits.TrailingZeros64(uint64(set & ports))), mine.who, decided
	case final:
		return Unknown, either, refused
	}
	return Unknown, either, undecided
}

// A protoSet is a set of protocols.
type protoSet uint64

const _ = uint(64 - protoCount) // a protoSet has a bit for each

// lineProtocols returns the rows of the table that have a lineGrammar. They are
// adjacent.
func lineProtocols() []protocol {
	from := 0
	for protocols[from].lines == nil {
		from++
	}
	to := from
	for protocols[to].lines != nil {
		to++
	}
	return protocols[from:to]
}

// linePorts returns the protocols that use a port of flow.
func linePorts(flow layers.Flow) (in protoSet) {
	rows := lineProtocols()
	for i := range rows {
		p := &rows[i]
		for _, port := range p.lines.ports {
			if port == flow.Src.Port() || port == flow.Dst.Port() {
				in |= 1 << p.proto
			}
		}
	}
	return in
}

// A reading is the set of protocols that some lines may belong to.
type reading struct {
	in   protoSet
	who  role    // the sender
	v    verdict // decided for complete lines, undecided for the beginning of one
	sure bool    // no other protocol is known to send such lines
}

// readLines reads the lines in b, up to the first that contradicts those
// before.
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

// readLine reads a line, or the beginning of one.
func readLine(line []byte, whole bool) reading {
	if r := readGreeting(line, whole); r.v != refused {
		return r
	}
	r := readCommand(line)
	if r.v == decided {
		return r
	}
	rows := lineProtocols()
	for i := range rows {
		p := &rows[i]
		if p.lines.tagged == nil {
			continue
		}
		if v, sure := p.lines.tagged(line, whole); v != refused {
			r = reading{r.in | 1<<p.proto, fromClient, max(v, r.v), sure}
		}
	}
	return r
}

// readGreeting reads a server's first line.
func readGreeting(line []byte, whole bool) reading {
	r := reading{who: fromServer}
	rows := lineProtocols()
	for i := range rows {
		p := &rows[i]
		if is, sure := p.lines.greets(line); is {
			r.in, r.sure = r.in|1<<p.proto, r.sure || sure
		}
	}
	switch {
	case r.in == 0:
	case whole:
		r.v = decided
	default:
		r.v = undecided
	}
	return r
}

// readCommand reads a command. It is decided once the verb is complete, with as
// much of the arguments as it needs.
func readCommand(line []byte) reading {
	r := reading{who: fromClient}
	n := verbLen(line)
	if n == 0 {
		return r
	}
	rows := lineProtocols()
	for i := range rows {
		p := &rows[i]
		mine, sure, v := p.lines.command(line, n)
		if mine {
			r.in |= 1 << p.proto
		}
		r.v, r.sure = max(r.v, v), r.sure || sure
	}
	return r
}

// verbLen returns the number of letters at the beginning of b.
func verbLen(b []byte) (n int) {
	for n < len(b) && 'A' <= b[n]&^0x20 && b[n]&^0x20 <= 'Z' {
		n++
	}
	return n
}

// verb reports whether line begins with a command of the protocol.
func (g *lineGrammar) verb(line []byte) verdict {
	n := verbLen(line)
	if n == 0 {
		return refused
	}
	mine, _, v := g.command(line, n)
	if !mine {
		return refused
	}
	return v
}

// command reads a line whose first word has n letters.
func (g *lineGrammar) command(line []byte, n int) (mine, sure bool, v verdict) {
	for i := range g.commands {
		c := &g.commands[i]
		switch {
		case n > len(c.verb) || c.verb[0] != line[0]&^0x20 || !equalFold(line[:n], c.verb[:n]):
		case n == len(line):
			return true, false, undecided
		case n == len(c.verb):
			mine, v = c.read(line[n:])
			return mine, c.sure, v
		}
	}
	return false, false, refused
}

// read reads the rest of the line after the verb.
func (c *lineCommand) read(rest []byte) (mine bool, v verdict) {
	if b := rest[0]; b != ' ' && b != '\r' && b != '\n' {
		return false, refused
	}
	whole := endOfLine(rest, 0) > 0
	if c.args == nil {
		return true, wholeLine(whole)
	}
	return c.args(bytes.ToUpper(bytes.TrimLeft(rest[:min(len(rest), probeLen)], " ")), whole)
}

func wholeLine(whole bool) verdict {
	if whole {
		return decided
	}
	return undecided
}

// someArgs needs one byte of an argument, or the line's end.
func someArgs(arg []byte, _ bool) (bool, verdict) { return true, wholeLine(len(arg) > 0) }

// mechanismArgs is for AUTH in SMTP (RFC 4954) and POP3 (RFC 5034), which names
// a SASL mechanism; tlsArgs is for AUTH in FTP (RFC 4217).
func mechanismArgs(arg []byte, whole bool) (bool, verdict) {
	return !whole || !namesTLS(arg), wholeLine(whole)
}

func tlsArgs(arg []byte, whole bool) (bool, verdict) {
	return !whole || namesTLS(arg), wholeLine(whole)
}

func namesTLS(arg []byte) bool {
	return bytes.HasPrefix(arg, []byte("TLS")) || bytes.HasPrefix(arg, []byte("SSL"))
}

// userArgs is for USER in POP3 and FTP, whose argument is a name. IRC's USER
// (RFC 2812 section 3.1.3) ends with a real name after a colon.
func userArgs(arg []byte, whole bool) (bool, verdict) {
	return !whole || !bytes.Contains(arg, []byte(" :")), wholeLine(whole)
}

// greeting220 reports whether line, a 220 reply, may be SMTP's or FTP's
// greeting: the one that it names, or either.
func greeting220(line []byte) (smtp, ftp bool) {
	if prefix(line, "220 ") == refused && prefix(line, "220-") == refused {
		return false, false
	}
	line = bytes.ToUpper(line)
	switch {
	case bytes.Contains(line, []byte("SMTP")), bytes.Contains(line, []byte("LMTP")):
		return true, false
	case bytes.Contains(line, []byte("FTP")):
		return false, true
	}
	return true, true
}
