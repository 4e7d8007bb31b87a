package stream

import "github.com/sightline-go/sightline/layers/irc"

// An ircFramer splits IRC (RFC 1459) into messages, one per line.
type ircFramer struct {
	dialogue
	client bool // the client's side was captured, so a STARTTLS would have been seen
}

func newIRC(Path, int) framer {
	return &ircFramer{dialogue: dialogue{proto: IRC, kind: IRCMessage, begins: ircBegins}}
}

// ircBegins serves both sides, because two servers may talk to each other.
func ircBegins(_ bool, b []byte) bool {
	is, _ := ircGreets(b)
	return is || ircLines.verb(b) != refused
}

func (f *ircFramer) lost(s sink, side, n int) {
	if f.lose(s, side, n) {
		f.resync[side] = true
		f.client = f.client && side != s.c.client
	}
}

func (f *ircFramer) push(s sink, p piece) {
	for f.more(s, &p) {
		var b []byte
		var ok bool
		client := p.side == s.c.client
		if client {
			b, ok = f.clientLine(s, &p, oneLine)
		} else {
			b, ok = f.lines[p.side].until(s, &p, oneLine)
		}
		if !ok {
			continue
		}
		m, err := irc.ParseMessage(b)
		if err != nil {
			f.lines[p.side].done(s, &p, len(b))
			continue
		}
		f.message(s, &p, b)
		if client {
			f.client = true
			f.asked = f.asked || m.Is("STARTTLS")
		} else if n, ok := m.Numeric(); ok {
			f.numeric(n)
		}
	}
}

// numeric handles the replies to STARTTLS
// (https://ircv3.net/specs/deprecated/tls), RPL_STARTTLS and ERR_STARTTLS. The former
// counts without the command if the command may not have been captured.
func (f *ircFramer) numeric(n int) {
	switch {
	case n == 670 && (f.asked || !f.client):
		f.startTLS()
	case n == 691:
		f.asked = false
	}
}
