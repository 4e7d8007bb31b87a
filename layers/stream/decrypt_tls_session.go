package stream

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers/tls"
)

// A sandbox logs the secrets of full handshakes only. A connection of TLS 1.0 to 1.2
// that resumes a session has the master secret of the first one (RFC 5246 section
// 7.3, RFC 5077).

// tlsMaxSessions limits the sessions that are remembered, each of which counts as
// sessionCost.
const (
	tlsMaxSessions = 1024
	sessionCost    = 256
)

// A sessionKey is the hash of a session identifier or a ticket.
type sessionKey [sha256.Size]byte

type sessionTable = lru.Table[sessionKey, []byte]

func keyOfSession(kind byte, b []byte) sessionKey {
	return sha256.Sum256(append([]byte{kind}, b...))
}

// The kinds of what identifies a session.
const (
	byIdentifier = iota
	byTicket
)

// A resumption is what a connection says about the session that it resumes.
type resumption struct {
	offered []byte // the identifier that the client sent
	ticket  sessionKey
	full    bool   // the handshake is a full one
	master  []byte // of the connection, once it is known
}

// offer notes what a client offers to resume.
func (r *resumption) offer(c tls.ClientHello) {
	*r = resumption{offered: slices.Clone(c.SessionID())}
	if ticket, _ := c.Extension(tls.ExtensionSessionTicket); len(ticket) > 0 {
		r.ticket = keyOfSession(byTicket, ticket)
	}
}

// resumed returns the master secret of the session that a server resumed, or nil.
func (a *Assembler) resumed(r *resumption, session []byte) []byte {
	if r.full {
		return nil
	}
	if len(session) > 0 && bytes.Equal(session, r.offered) {
		if e := a.sessions.Find(keyOfSession(byIdentifier, session)); e != nil {
			return e.Value
		}
	}
	if e := a.sessions.Find(r.ticket); e != nil {
		return e.Value
	}
	return nil
}

// remember remembers the master secret of a session that may be resumed.
func (a *Assembler) remember(k sessionKey, master []byte) {
	if e := a.sessions.Find(k); e != nil {
		e.Value = master
		a.sessions.Touch(e)
		return
	}
	if a.sessions.Len() == tlsMaxSessions {
		a.sessions.Remove(a.sessions.Oldest())
		a.hold(-sessionCost)
	}
	a.hold(sessionCost)
	a.sessions.Add(k, master)
}

// rememberTicket remembers the session of a NewSessionTicket (RFC 5077 section 3.3).
func (a *Assembler) rememberTicket(r *resumption, h tls.Handshake) {
	const lifetime, length = 4, 2
	if b := h.Body(); len(b) > lifetime+length && r.master != nil {
		a.remember(keyOfSession(byTicket, b[lifetime+length:]), r.master)
	}
}

func (a *Assembler) flushSessions() {
	for e := a.sessions.Oldest(); e != nil; e = a.sessions.Oldest() {
		a.sessions.Remove(e)
		a.hold(-sessionCost)
	}
}
