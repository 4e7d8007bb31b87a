package extract

import (
	"bytes"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/stream"
)

// A Login is a user name that a client gave: in USER of FTP (RFC 959 section
// 4.1.1) and of POP3 (RFC 1939 section 7), or in LOGIN of IMAP (RFC 9051 section
// 6.2.3).
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

// Logins returns the user names that clients of FTP, IMAP and POP3 gave.
func (r *Report) Logins() iter.Seq[*Login] { return logins.all(r) }

// login records the user that a command names.
func (w *worker) login(_ *shard, m *stream.Message) {
	if !m.FromClient {
		return
	}
	if user := userOf(m); user != "" && w.fits(user) {
		g := Login{User: user, Proto: m.Proto, Client: m.Conn.Flow.Src.Addr(), Server: m.Conn.Flow.Dst}
		logins.observe(w, g, byMessage(m))
	}
}

// userOf returns the user that a command names, "" if it names none.
func userOf(m *stream.Message) string {
	if m.Proto == stream.IMAP {
		return imapUser(m.Data)
	}
	c, err := mail.ParseCommand(m.Data)
	if err != nil || !c.Is("USER") {
		return ""
	}
	return text(c.Arg())
}

func imapUser(command []byte) string {
	c, err := mail.ParseIMAPCommand(command)
	if err != nil {
		return ""
	}
	user := c.User()
	if len(user) > 0 && c.Arg()[0] == '"' {
		user = unquote(user)
	}
	return text(user)
}

// unquote returns what stands between the quotes of a quoted string of IMAP, where
// a backslash quotes the byte after it (RFC 9051 section 9).
func unquote(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted
	}
	var out []byte
	for i := 0; i < len(quoted); i++ {
		if quoted[i] == '\\' && i+1 < len(quoted) {
			i++
		}
		out = append(out, quoted[i])
	}
	return out
}
