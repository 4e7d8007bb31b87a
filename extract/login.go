package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// A Login is a user name that a client gave: USER of FTP (RFC 959 section
// 4.1.1) and of POP3 (RFC 1939 section 7).
type Login struct {
	Fact
	User   string         `json:"user"`
	Proto  stream.Proto   `json:"proto"`
	Client netip.Addr     `json:"client"`
	Server netip.AddrPort `json:"server"`
}

func (g *Login) appendKey(dst []byte) []byte {
	return append(appendAddrPort(appendAddr(appendText(dst, g.User), g.Client), g.Server), byte(g.Proto))
}

func (g *Login) merge(o *Login) { g.Fact.merge(&o.Fact) }

var logins = handleOf[Login]()

// Logins returns the user names that clients of FTP and POP3 gave.
func (r *Report) Logins() iter.Seq[*Login] { return logins.all(r) }

// login notes the user that a command names.
func (w *worker) login(_ *shard, m *stream.Message) {
	c, err := layers.ParseCommand(m.Data)
	if err != nil || !m.FromClient || !c.Is("USER") {
		return
	}
	if user := text(c.Arg()); user != "" && w.fits(user) {
		g := Login{User: user, Proto: m.Proto, Client: m.Conn.Flow.Src.Addr(), Server: m.Conn.Flow.Dst}
		logins.observe(w, g, byMessage(m))
	}
}
