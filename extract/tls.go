package extract

import (
	"fmt"
	"iter"
	"net/netip"
	"strings"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// A Session is what client and server said in TLS before they encrypted. Count
// is how many connections said the same.
type Session struct {
	Fact
	ServerName string         `json:"server_name,omitempty"` // in lower case (RFC 6066 section 3)
	Client     netip.Addr     `json:"client"`
	Server     netip.AddrPort `json:"server"`
	Proto      stream.Proto   `json:"proto"`              // TLS, QUIC or DTLS
	ALPN       string         `json:"alpn,omitempty"`     // what the client offers, with commas between (RFC 7301)
	Selected   string         `json:"selected,omitempty"` // what the server selected of it, as far as that is to be seen
	Version    string         `json:"version,omitempty"`  // what the server selected: "TLS 1.2"
	JA3        string         `json:"ja3,omitempty"`
	JA3S       string         `json:"ja3s,omitempty"`
	JA4        string         `json:"ja4,omitempty"`
	ECH        bool           `json:"ech,omitempty"` // the client sent an encrypted hello, and ServerName may be a cover (RFC 9849)
}

func (s *Session) appendKey(dst []byte) []byte {
	dst = appendText(dst, s.ServerName, s.ALPN, s.Selected, s.Version, s.JA3, s.JA3S, s.JA4)
	dst = append(appendAddrPort(appendAddr(dst, s.Client), s.Server), byte(s.Proto))
	if s.ECH {
		dst = append(dst, 1)
	}
	return dst
}

// Key identifies the row in its Report: it joins all fields but those of Fact,
// and may hold any bytes.
func (s *Session) Key() string { return string(s.appendKey(nil)) }

func (s *Session) merge(o *Session) { s.Fact.merge(&o.Fact) }

// sameHello reports whether clients said the same.
func (s *Session) sameHello(o *Session) bool {
	return s.ServerName == o.ServerName && s.JA3 == o.JA3 && s.JA4 == o.JA4
}

var sessions = handleOf[Session]()

// Sessions returns what was agreed on in TLS, QUIC and DTLS, in order of the
// server names.
func (r *Report) Sessions() iter.Seq[*Session] { return sessions.all(r) }

// A tlsState holds the hellos that wait for their answer.
type tlsState struct{ hellos fifo[hello] }

// A hello is a session whose server has not answered yet.
type hello struct {
	session Session
	at      Evidence
}

// clientHello holds a client's hello, which waits for the server's.
func (w *worker) clientHello(s *shard, m *stream.Message) {
	c, err := tls.ParseClientHello(m.Data)
	if err != nil {
		return
	}
	f := m.Conn.Flow
	h := hello{at: byMessage(m), session: Session{
		ServerName: text(lower(append([]byte(nil), c.ServerName()...))), ALPN: alpn(c),
		Client: f.Src.Addr(), Server: f.Dst, Proto: protoOf(m),
		JA3: string(c.AppendJA3(nil)), JA4: string(c.AppendJA4(nil, transportLetter(protoOf(m)))),
	}}
	_, h.session.ECH = c.Extension(tls.ExtensionECH)
	if !w.fits(h.session.ServerName, h.session.ALPN) {
		return
	}
	if before, ok := s.hellos.get(f); ok && !before.session.sameHello(&h.session) {
		w.session(before) // it was not answered, and is not the same again, after a retry
	}
	if out, full := s.hellos.put(f, h); full {
		w.report.Unseen.Unpaired++
		w.session(out)
	}
}

// serverHello notes the session that a server's hello and the one that waits for
// it agree on.
func (w *worker) serverHello(s *shard, m *stream.Message) {
	r, err := tls.ParseServerHello(m.Data)
	h, ok := s.hellos.get(m.Conn.Flow)
	if err != nil || !ok || r.IsRetry() {
		return
	}
	s.hellos.take(m.Conn.Flow)
	h.session.JA3S = string(r.AppendJA3S(nil))
	h.session.Version = versionText(r.SelectedVersion())
	h.session.Selected = text(r.ALPN())
	h.at.Last = m.Last
	if h.at.Conn == nil { // of DTLS, each hello is a datagram
		h.at.Conn = &stream.Conn{Flow: m.Conn.Flow, Start: h.at.First}
	}
	w.session(h)
}

func (w *worker) session(h hello) { sessions.observe(w, h.session, h.at) }

// endHellos records the hellos that were not answered.
func (w *worker) endHellos(s *shard) {
	for h := range s.hellos.drain() {
		w.session(h)
	}
}

// alpn returns the protocols that a client offers.
func alpn(c tls.ClientHello) string {
	var all []string
	for p := range c.ALPN() {
		all = append(all, text(p))
	}
	return strings.Join(all, ",")
}

// protoOf returns what carries the handshake.
func protoOf(m *stream.Message) stream.Proto {
	if m.Via.Innermost() == stream.QUIC {
		return stream.QUIC
	}
	return m.Proto
}

// transportLetter returns the letter that a JA4 begins with.
func transportLetter(p stream.Proto) byte {
	switch p {
	case stream.QUIC:
		return 'q'
	case stream.DTLS:
		return 'd'
	}
	return 't'
}

// versionText returns the name of a version of TLS or DTLS.
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
