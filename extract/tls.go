package extract

import (
	"fmt"
	"iter"
	"net/netip"
	"strings"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// A Session describes the unencrypted part of a TLS handshake. Count is the number of
// connections with the same client, server and handshake.
type Session struct {
	Fact
	ServerName string         `json:"server_name,omitempty"` // in lower case (RFC 6066 section 3)
	Client     netip.Addr     `json:"client"`
	Server     netip.AddrPort `json:"server"`
	Proto      stream.Proto   `json:"proto"`              // TLS, QUIC or DTLS
	ALPN       string         `json:"alpn,omitempty"`     // the client's protocols, separated by commas (RFC 7301)
	Selected   string         `json:"selected,omitempty"` // the server's choice among them; in TLS 1.3, only if it was decrypted
	Version    string         `json:"version,omitempty"`  // the server's choice: "TLS 1.2"
	JA3        string         `json:"ja3,omitempty"`
	JA3S       string         `json:"ja3s,omitempty"`
	JA4        string         `json:"ja4,omitempty"`
	ECH        bool           `json:"ech,omitempty"` // the client sent an encrypted hello, so ServerName may be a cover name (RFC 9849)
}

func (s *Session) appendKey(dst []byte) []byte {
	dst = appendText(dst, s.ServerName, s.ALPN, s.Selected, s.Version, s.JA3, s.JA3S, s.JA4)
	dst = append(appendAddrPort(appendAddr(dst, s.Client), s.Server), byte(s.Proto))
	if s.ECH {
		dst = append(dst, 1)
	}
	return dst
}

// Key returns a string that identifies the row in its Report. It joins all fields
// except those of Fact, and is binary.
func (s *Session) Key() string { return string(s.appendKey(nil)) }

func (s *Session) merge(o *Session) { s.Fact.merge(&o.Fact) }

func (s *Session) sameHello(o *Session) bool {
	return s.ServerName == o.ServerName && s.JA3 == o.JA3 && s.JA4 == o.JA4
}

var sessions = handleOf[Session]()

// Sessions returns the handshakes of TLS, QUIC and DTLS, in order of the server
// names.
func (r *Report) Sessions() iter.Seq[*Session] { return sessions.all(r) }

var _ clearer[*Session] = (*Session)(nil)

// clear returns a copy of s without what TLS 1.3 encrypts (RFC 8446 section 4.3.1), or
// s if it is of another version.
func (s *Session) clear() *Session {
	if s.Version != versionText(0x0304) {
		return s
	}
	c := *s
	c.Selected, c.Fact = "", Fact{}
	c.Fact.merge(&s.Fact)
	return &c
}

// A tlsState holds the hellos of one side without the other's so far, and the sessions
// whose EncryptedExtensions will be decrypted.
type tlsState struct{ hellos, sealed fifo[hello] }

// A hello is a session of which one side's hello has not been seen.
type hello struct {
	session Session
	at      Evidence
	state   helloState
	known   bool // the secrets of the handshake are known
}

type helloState uint8

const (
	helloOfClient helloState = iota
	helloOfServer            // the server's packets were captured first, or the client's never
	helloOfBoth              // the same, and the session is recorded: the client may repeat its hello
)

// clientHello keeps a client's hello until the server's arrives.
func (w *worker) clientHello(s *shard, m *stream.Message) {
	c, err := tls.ParseClientHello(m.Data)
	if err != nil {
		return
	}
	f := m.Conn.Flow
	h := hello{at: w.byMessage(m), session: Session{
		ServerName: text(lower(append([]byte(nil), c.ServerName()...))), ALPN: alpn(c),
		Client: f.Src.Addr(), Server: f.Dst, Proto: protoOf(m),
		JA3: string(c.AppendJA3(nil)), JA4: string(c.AppendJA4(nil, transportLetter(protoOf(m)))),
	}}
	_, h.session.ECH = c.Extension(tls.ExtensionECH)
	h.known = s.streams.Keys.Secret(tls.LabelServerHandshake, c.Random()) != nil
	if !w.fits(h.session.ServerName, h.session.ALPN) {
		return
	}
	before, ok := s.hellos.get(f)
	switch {
	case !ok:
	case before.state == helloOfServer && before.sameConn(&h):
		h.answer(&before.session)
		h.at.First, h.state = before.at.First, helloOfBoth
		w.session(h)
	case before.state == helloOfBoth && before.sameConn(&h) && before.session.sameHello(&h.session):
		return
	case before.state != helloOfClient, !before.session.sameHello(&h.session):
		w.lone(before) // unanswered, and not repeated after a HelloRetryRequest
	}
	w.wait(s, f, h)
}

// wait keeps h until the other side's hello arrives.
func (w *worker) wait(s *shard, f layers.Flow, h hello) {
	if out, full := s.hellos.put(f, h); full && out.state != helloOfBoth {
		w.report.Unseen.Unpaired++
		w.session(out)
	}
}

// lone records a session if that was not done when its hellos were paired.
func (w *worker) lone(h hello) {
	if h.state != helloOfBoth {
		w.session(h)
	}
}

// sameConn reports whether two hellos belong to one TCP connection.
func (h *hello) sameConn(o *hello) bool {
	return h.at.Conn != nil && o.at.Conn != nil && h.at.Conn.Start == o.at.Conn.Start
}

// answer adds what the server's hello says.
func (h *hello) answer(r *Session) {
	h.session.JA3S, h.session.Version, h.session.Selected = r.JA3S, r.Version, r.Selected
}

// serverHello records the session of a server's hello and the client's before it.
// In TCP, it may be the other way round.
func (w *worker) serverHello(s *shard, m *stream.Message) {
	r, err := tls.ParseServerHello(m.Data)
	if err != nil || r.IsRetry() {
		return
	}
	f := m.Conn.Flow
	answer := Session{
		Client: f.Src.Addr(), Server: f.Dst, Proto: protoOf(m),
		JA3S: string(r.AppendJA3S(nil)), Version: versionText(r.SelectedVersion()), Selected: text(r.ALPN()),
	}
	h, ok := s.hellos.get(f)
	switch {
	case ok && h.state == helloOfClient:
		s.hellos.take(f)
	case f.Proto == layers.IPProtoTCP:
		if ok {
			w.lone(h)
		}
		w.wait(s, f, hello{session: answer, at: w.byMessage(m), state: helloOfServer})
		return
	default: // perhaps a repetition
		return
	}
	h.answer(&answer)
	h.at.Last = m.Last
	if h.at.Conn == nil { // in DTLS, each hello is a datagram
		h.at.Conn = &stream.Conn{Flow: f, Start: h.at.First}
	}
	if h.known && r.SelectedVersion() == 0x0304 {
		w.expect(s, f, h)
		return
	}
	w.session(h)
}

// expect keeps the session of a connection until its EncryptedExtensions arrive.
func (w *worker) expect(s *shard, f layers.Flow, h hello) {
	if before, ok := s.sealed.take(f); ok {
		w.session(before)
	}
	if out, full := s.sealed.put(f, h); full {
		w.report.Unseen.Unpaired++
		w.session(out)
	}
}

// encrypted records a session with the protocol that the server chose in its
// EncryptedExtensions (RFC 8446 section 4.3.1).
func (w *worker) encrypted(s *shard, m *stream.Message) {
	e, err := tls.ParseHandshake(m.Data)
	if err != nil || e.Type() != tls.TypeEncryptedExtensions || m.FromClient {
		return
	}
	if h, ok := s.sealed.take(m.Conn.Flow); ok {
		h.session.Selected, h.at.Last = text(e.ALPN()), m.Last
		w.session(h)
	}
}

func (w *worker) session(h hello) { sessions.observe(w, h.session, h.at) }

// endHellos records the hellos without the other side's, and the sessions without
// EncryptedExtensions.
func (w *worker) endHellos(s *shard) {
	for h := range s.hellos.drain() {
		w.lone(h)
	}
	for h := range s.sealed.drain() {
		w.session(h)
	}
}

func alpn(c tls.ClientHello) string {
	var all []string
	for p := range c.ALPN() {
		all = append(all, text(p))
	}
	return strings.Join(all, ",")
}

// protoOf returns the protocol that carries the handshake.
func protoOf(m *stream.Message) stream.Proto {
	if m.Via.Innermost() == stream.QUIC {
		return stream.QUIC
	}
	return m.Proto
}

// transportLetter returns the first letter of a JA4.
func transportLetter(p stream.Proto) byte {
	switch p {
	case stream.QUIC:
		return tls.JA4QUIC
	case stream.DTLS:
		return tls.JA4DTLS
	}
	return tls.JA4TCP
}

func versionText(v uint16) string {
	switch v {
	case 0x0002:
		return "SSL 2.0"
	case 0x0300:
		return "SSL 3.0"
	case 0x0301:
		return "TLS 1.0"
	case 0x0302:
		return "TLS 1.1"
	case 0x0303:
		return "TLS 1.2"
	case 0x0304:
		return "TLS 1.3"
	case 0xfeff:
		return "DTLS 1.0"
	case 0xfefd:
		return "DTLS 1.2"
	case 0xfefc:
		return "DTLS 1.3"
	}
	return fmt.Sprintf("0x%04x", v)
}
