package extract

import (
	"bytes"
	"encoding/base64"
	"iter"
	"net/netip"
	"strings"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/stream"
)

// A Login is a user name sent by a client: in USER of FTP (RFC 959 section 4.1.1) or
// POP3 (RFC 1939 section 7), in LOGIN of IMAP (RFC 9051 section 6.2.3), in the
// mechanisms PLAIN (RFC 4616) and LOGIN of SMTP (RFC 4954), POP3 and IMAP, or in the
// basic authentication of HTTP (RFC 7617). Whether the server accepted it is not
// known.
type Login struct {
	Fact
	User     string         `json:"user"`
	Password string         `json:"password,omitempty"` // only with Options.Passwords
	Proto    stream.Proto   `json:"proto"`
	Client   netip.Addr     `json:"client"`
	Server   netip.AddrPort `json:"server"`
}

func (g *Login) appendKey(dst []byte) []byte {
	return append(appendAddrPort(appendAddr(appendText(dst, g.User, g.Password), g.Client), g.Server), byte(g.Proto))
}

func (g *Login) merge(o *Login) { g.Fact.merge(&o.Fact) }

var logins = handleOf[Login]()

// Logins returns the user names sent by clients of FTP, IMAP, POP3, SMTP and HTTP, in
// order.
func (r *Report) Logins() iter.Seq[*Login] { return logins.all(r) }

// A loginState holds the logins that a later message of the connection completes.
type loginState struct{ logins fifo[openLogin] }

// An openLogin is a login whose user name or password is still to come.
type openLogin struct {
	Login
	at        Evidence
	mechanism string // of AUTH: PLAIN or LOGIN; "" after USER
}

// login records the login in a command, or keeps it until the rest arrives.
func (w *worker) login(s *shard, m *stream.Message) {
	c, ok := commandOf(m)
	if !ok || !m.FromClient {
		return
	}
	switch {
	case c.Is("LOGIN") && m.Proto == stream.IMAP:
		o := w.openLogin(m)
		user, rest := imapString(c.Arg())
		password, _ := imapString(rest)
		w.named(s, m, o, text(user))
		w.password(s, m, text(password))
	case c.Is("USER") && (m.Proto == stream.FTP || m.Proto == stream.POP3):
		w.named(s, m, w.openLogin(m), text(c.Arg()))
	case c.Is("PASS"):
		w.password(s, m, text(c.Arg()))
	case c.Is("AUTH"), c.Is("AUTHENTICATE"):
		w.auth(s, m, c.Arg())
	}
}

// auth begins an AUTH exchange. The argument is the mechanism, and perhaps the
// initial response (RFC 4954 section 4, RFC 5034 section 4, RFC 9051 section 6.2.2).
func (w *worker) auth(s *shard, m *stream.Message, arg []byte) {
	w.abandon(s, m)
	mechanism, response, initial := bytes.Cut(arg, []byte{' '})
	o := w.openLogin(m)
	for _, known := range []string{"PLAIN", "LOGIN"} {
		if strings.EqualFold(string(mechanism), known) {
			o.mechanism = known
			w.keep(s, m, o)
		}
	}
	if initial {
		w.respond(s, m, bytes.TrimSpace(response))
	}
}

func commandOf(m *stream.Message) (mail.Command, bool) {
	if m.Proto == stream.IMAP {
		c, err := mail.ParseIMAPCommand(m.Data)
		return c.Command, err == nil
	}
	c, err := mail.ParseCommand(m.Data)
	return c, err == nil
}

// imapString cuts the string at the start of b, and resolves the escapes of a quoted
// one (RFC 9051 section 9).
func imapString(b []byte) (s, rest []byte) {
	s, rest = mail.CutIMAPString(b)
	if len(s) > 0 && b[0] == '"' {
		s = unquote(s)
	}
	return s, rest
}

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

func (w *worker) openLogin(m *stream.Message) openLogin {
	g := Login{Proto: m.Proto, Client: m.Conn.Flow.Src.Addr(), Server: m.Conn.Flow.Dst}
	return openLogin{Login: g, at: w.byMessage(m)}
}

// authResponse continues an AUTH exchange.
func (w *worker) authResponse(s *shard, m *stream.Message) {
	w.respond(s, m, bytes.TrimSpace(m.Data))
}

// respond processes the response of a client to AUTH: the initial one in the command
// itself, or a later one.
func (w *worker) respond(s *shard, m *stream.Message, response []byte) {
	o, ok := s.logins.get(m.Conn.Flow)
	if !ok || o.mechanism == "" {
		return
	}
	b, err := base64.StdEncoding.AppendDecode(nil, response)
	if err != nil { // "*" cancels (RFC 4954 section 4)
		w.abandon(s, m)
		return
	}
	parts := bytes.Split(b, []byte{0})
	switch {
	case o.mechanism == "PLAIN" && len(parts) == 3: // authzid, authcid, passwd (RFC 4616 section 2)
		w.named(s, m, o, text(parts[1]))
		w.password(s, m, text(parts[2]))
	case o.mechanism == "PLAIN":
		w.abandon(s, m)
	case o.User == "":
		w.named(s, m, o, text(b))
	default:
		w.password(s, m, text(b))
	}
}

// named completes a login with its user name. It records the login, or keeps it if
// the password is wanted.
func (w *worker) named(s *shard, m *stream.Message, o openLogin, user string) {
	w.abandon(s, m)
	if user == "" || !w.fits(user) {
		return
	}
	o.User, o.at.Last = user, m.Last
	if w.options.Passwords {
		w.keep(s, m, o)
	} else {
		logins.observe(w, o.Login, o.at)
	}
}

// password records the login that waits for its password.
func (w *worker) password(s *shard, m *stream.Message, password string) {
	o, ok := s.logins.take(m.Conn.Flow)
	if !ok || o.User == "" {
		return
	}
	if w.fits(password) {
		o.Password, o.at.Last = password, m.Last
	}
	logins.observe(w, o.Login, o.at)
}

// keep keeps a login until the next message completes it.
func (w *worker) keep(s *shard, m *stream.Message, o openLogin) {
	w.abandon(s, m)
	if out, full := s.logins.put(m.Conn.Flow, o); full {
		w.report.Unseen.Unpaired++
		w.incomplete(out)
	}
}

// abandon ends the wait of the connection's login.
func (w *worker) abandon(s *shard, m *stream.Message) {
	if o, ok := s.logins.take(m.Conn.Flow); ok {
		w.incomplete(o)
	}
}

// endLogins records the logins without a password.
func (w *worker) endLogins(s *shard) {
	for o := range s.logins.drain() {
		w.incomplete(o)
	}
}

// incomplete records a login without a password, if it has a user name.
func (w *worker) incomplete(o openLogin) {
	if o.User != "" {
		logins.observe(w, o.Login, o.at)
	}
}

// basicLogin records the login in an HTTP request.
func (w *worker) basicLogin(m *stream.Message) {
	req, err := http1.ParseRequest(m.Data)
	if err != nil {
		return
	}
	for name, value := range req.Fields() {
		user, password := basicPair(value)
		if user == "" || !strings.EqualFold(string(name), "Authorization") {
			continue
		}
		o := w.openLogin(m)
		o.User = user
		if w.options.Passwords && w.fits(password) {
			o.Password = password
		}
		logins.observe(w, o.Login, o.at)
		return
	}
}

// basicPair returns the user and the password of basic credentials, the value of
// Authorization (RFC 7617).
func basicPair(credentials []byte) (user, password string) {
	scheme, rest, ok := strings.Cut(string(credentials), " ")
	if !ok || !strings.EqualFold(scheme, "basic") {
		return "", ""
	}
	pair, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
	if err != nil {
		return "", ""
	}
	user, password, _ = strings.Cut(text(pair), ":")
	return user, password
}
