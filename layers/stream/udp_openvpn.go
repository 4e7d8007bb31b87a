package stream

import (
	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
)

// openvpnMaxSessions limits the OpenVPN sessions over UDP whose handshake is in
// progress, and openvpnShare their part of Config.MaxBytes. At a limit, the
// oldest session is evicted.
const (
	openvpnMaxSessions = 64
	openvpnShare       = 8
)

// An openvpnSession is an OpenVPN session over UDP.
type openvpnSession struct {
	connection // for its Conn and client
	framer     openvpnFramer
	place      *lru.Entry[key, *openvpnSession]
}

// openvpnTable holds the sessions by endpoints, in the order in which they
// began.
type openvpnTable struct {
	sessions lru.Table[key, *openvpnSession]
	held     int // their part of Stats.Held
}

// pushOpenVPN processes a datagram that begins a session, or belongs to the
// control channel of one.
func (a *Assembler) pushOpenVPN(p *layers.Packet, b []byte, ref Ref) bool {
	t := &a.openvpn
	if len(b) < openvpnResetLen || t.sessions.Len() == 0 && b[0] != openvpnClientReset<<3 || p.IsFragment() {
		return false
	}
	f, ok := p.Flow()
	if !ok {
		return false
	}
	held := a.stats.Held
	taken := a.openvpnDatagram(f, b, ref)
	t.held += a.stats.Held - held
	for t.sessions.Len() > openvpnMaxSessions || t.held > withDefault(a.MaxBytes, defaultMaxBytes)/openvpnShare {
		held := a.stats.Held
		a.stats.Evicted++
		a.dropOpenVPN(t.sessions.Oldest().Value)
		t.held += a.stats.Held - held
	}
	return taken
}

func (a *Assembler) openvpnDatagram(f layers.Flow, b []byte, ref Ref) bool {
	ends, from := makeKey(f)
	var v *openvpnSession
	if e := a.openvpn.sessions.Find(ends); e != nil {
		v = e.Value
	}
	_, reset := openvpnAuth(b)
	if reset && (v == nil || from == v.client && v.framer.side[from].next > 1) {
		if v != nil {
			a.dropOpenVPN(v)
		}
		v = &openvpnSession{
			connection: connection{Conn: Conn{Flow: f, Start: ref}, client: from},
			framer:     openvpnFramer{auth: -1, inner: probe{via: pathOf(UDP).with(OpenVPN)}},
		}
		v.place = a.openvpn.sessions.Add(ends, v)
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
		a.dropOpenVPN(v) // the rest is data
	}
	return true
}

func (a *Assembler) dropOpenVPN(v *openvpnSession) {
	s := sink{a: a, c: &v.connection, via: pathOf(UDP)}
	v.framer.end(s, 0)
	v.framer.end(s, 1)
	v.framer.free(s)
	a.openvpn.sessions.Remove(v.place)
	a.hold(-connectionCost)
}

func (a *Assembler) flushOpenVPN() {
	for e := a.openvpn.sessions.Oldest(); e != nil; e = a.openvpn.sessions.Oldest() {
		a.dropOpenVPN(e.Value)
	}
	a.openvpn.held = 0
}
