package stream

import (
	"slices"

	"github.com/sightline-go/sightline/layers"
)

// openvpnMaxSessions bounds the sessions of OpenVPN over UDP that are in their
// handshake, and openvpnShare says which part of Config.MaxBytes they may take. Of
// more, the oldest is given up.
const (
	openvpnMaxSessions = 64
	openvpnShare       = 8
)

// An openvpnSession is one of OpenVPN over UDP.
type openvpnSession struct {
	connection // Conn and client of it
	ends       key
	framer     openvpnFramer
}

// openvpnTable holds the sessions, the oldest first.
type openvpnTable struct {
	sessions []*openvpnSession
	held     int // the part of Stats.Held that is theirs
}

// pushOpenVPN takes a datagram if it is of the control channel of a session, or
// begins one.
func (a *Assembler) pushOpenVPN(p *layers.Packet, b []byte, ref Ref) bool {
	t := &a.openvpn
	if len(b) < openvpnResetLen || len(t.sessions) == 0 && b[0] != openvpnClientReset<<3 || p.Fragment() {
		return false
	}
	f, ok := p.Flow()
	if !ok {
		return false
	}
	held := a.stats.Held
	taken := a.openvpnDatagram(f, b, ref)
	t.held += a.stats.Held - held
	for len(t.sessions) > openvpnMaxSessions || t.held > withDefault(a.MaxBytes, defaultMaxBytes)/openvpnShare {
		held := a.stats.Held
		a.stats.Evicted++
		a.dropOpenVPN(t.sessions[0])
		t.held += a.stats.Held - held
	}
	return taken
}

// openvpnDatagram takes a datagram of a session.
func (a *Assembler) openvpnDatagram(f layers.Flow, b []byte, ref Ref) bool {
	ends, from := makeKey(f)
	v := a.openvpnBetween(ends)
	_, reset := openvpnAuth(b)
	if reset && (v == nil || from == v.client && v.framer.side[from].next > 1) {
		if v != nil {
			a.dropOpenVPN(v)
		}
		v = &openvpnSession{
			connection: connection{Conn: Conn{Flow: f, Start: ref}, client: from}, ends: ends,
			framer: openvpnFramer{auth: -1, inner: probe{via: pathOf(UDP).with(OpenVPN)}},
		}
		a.openvpn.sessions = append(a.openvpn.sessions, v)
		a.hold(connectionCost)
		a.stats.Conns++
		a.count(OpenVPN)
	}
	if v == nil {
		return false
	}
	s := sink{a: a, c: &v.connection, via: pathOf(UDP)}
	side := &v.framer.side[from]
	if !isOpenVPNControl(b[0]) {
		side.stop(s)
	}
	if !side.done {
		v.framer.packet(s, from, b, ref, ref)
	}
	if v.framer.side[0].done && v.framer.side[1].done {
		a.dropOpenVPN(v) // what follows is data
	}
	return true
}

func (a *Assembler) openvpnBetween(ends key) *openvpnSession {
	for _, v := range a.openvpn.sessions {
		if v.ends == ends {
			return v
		}
	}
	return nil
}

// dropOpenVPN ends a session and forgets it.
func (a *Assembler) dropOpenVPN(v *openvpnSession) {
	s := sink{a: a, c: &v.connection, via: pathOf(UDP)}
	v.framer.end(s, 0)
	v.framer.end(s, 1)
	v.framer.free(s)
	i := slices.Index(a.openvpn.sessions, v)
	a.openvpn.sessions = slices.Delete(a.openvpn.sessions, i, i+1)
	a.hold(-connectionCost)
}

// flushOpenVPN ends all sessions.
func (a *Assembler) flushOpenVPN() {
	for len(a.openvpn.sessions) > 0 {
		a.dropOpenVPN(a.openvpn.sessions[0])
	}
	a.openvpn.held = 0
}
