package extract

import (
	"bytes"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers/irc"
	"github.com/sightline-go/sightline/layers/stream"
)

// An IRCDetail is a fact that an IRC client or its server stated about one of them.
// Passwords, channel keys and the text of conversations are not recorded.
type IRCDetail struct {
	Fact
	Client netip.Addr     `json:"client"`
	Server netip.AddrPort `json:"server"`
	Kind   string         `json:"kind"`            // one of the constants below
	Value  string         `json:"value,omitempty"` // empty for IRCPassword
}

// The kinds of an IRCDetail.
const (
	IRCServer   = "server"    // the server's name for itself
	IRCNick     = "nick"      // a nickname that the client requested or was given
	IRCUser     = "user"      // the client's user name
	IRCRealName = "real-name" // the client's real name, as in USER
	IRCChannel  = "channel"   // a channel that the client asked to join, or is listed in
	IRCPassword = "password"  // the client sent PASS
)

func (d *IRCDetail) appendKey(dst []byte) []byte {
	return appendText(appendAddrPort(appendAddr(dst, d.Client), d.Server), d.Kind, d.Value)
}

func (d *IRCDetail) merge(o *IRCDetail) { d.Fact.merge(&o.Fact) }

var ircDetails = handleOf[IRCDetail]()

// IRCDetails returns the facts about IRC clients and servers, and the channels that
// clients joined, in order.
func (r *Report) IRCDetails() iter.Seq[*IRCDetail] { return ircDetails.all(r) }

// irc records what a message states about the client or the server.
func (w *worker) irc(_ *shard, sm *stream.Message) {
	m, err := irc.ParseMessage(sm.Data)
	if err != nil {
		return
	}
	d, e := IRCDetail{Client: sm.Conn.Flow.Src.Addr(), Server: sm.Conn.Flow.Dst}, w.byMessage(sm)
	note := func(kind string, value []byte) {
		d.Kind, d.Value = kind, text(value)
		if (len(value) > 0 || kind == IRCPassword) && w.fits(d.Value) {
			ircDetails.observe(w, d, e)
		}
	}
	if sm.FromClient {
		ircCommand(m, note)
	} else {
		ircReply(m, note)
	}
}

// ircCommand records what a client's command states. A command with a source comes
// from another server and is about its users.
func ircCommand(m irc.Message, note func(kind string, value []byte)) {
	switch {
	case len(m.Source().Bytes()) > 0:
	case m.Is("PASS"):
		note(IRCPassword, nil)
	case m.Is("NICK"):
		note(IRCNick, m.Param(0))
	case m.Is("USER"):
		note(IRCUser, m.Param(0))
		note(IRCRealName, m.Param(3))
	case m.Is("JOIN"):
		for channel := range bytes.SplitSeq(m.Param(0), []byte{','}) {
			if irc.IsChannel(channel) {
				note(IRCChannel, channel)
			}
		}
	}
}

// ircReply records what a server states. The source is the server itself until it has
// registered the client, whom it calls * before, and in numeric replies below 100,
// which servers do not relay (RFC 2812 section 5.1).
func ircReply(m irc.Message, note func(kind string, value []byte)) {
	const welcome, names = 1, 353
	n, numeric := m.Numeric()
	nick, source := m.Param(0), m.Source()
	itself := numeric && n < 100 || string(nick) == "*" || m.Is("NOTICE") && string(nick) == "AUTH"
	if itself && len(source.User())+len(source.Host()) == 0 {
		note(IRCServer, source.Nick())
	}
	switch channel := m.Param(2); {
	case numeric && n == welcome:
		note(IRCNick, nick)
	case numeric && n == names && irc.IsChannel(channel) && isListed(m.Param(3), nick):
		note(IRCChannel, channel)
	}
}

// isListed reports whether nick is in a list of a channel's members. A prefix may
// precede each member; user and host may follow it.
func isListed(members, nick []byte) bool {
	for member := range bytes.FieldsSeq(members) {
		member, _, _ = bytes.Cut(member, []byte{'!'})
		if bytes.Equal(bytes.TrimLeft(member, "~&@%+"), nick) {
			return true
		}
	}
	return false
}
