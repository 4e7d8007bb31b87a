package stream

import (
	"encoding/binary"
	"slices"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/quic"
)

const (
	// Required of a client's first packet (RFC 9000 sections 14.1 and 7.2).
	quicMinDatagram = 1200
	quicMinFirstID  = 8

	// quicMinPayload is the minimum length of a packet with its protection (RFC
	// 9001 section 5.4.2).
	quicMinPayload = 20
)

// pushQUIC processes a datagram of QUIC packets with long headers, and of one with a
// short header if the secrets of its connection are known.
func (a *Assembler) pushQUIC(p *layers.Packet, b []byte, ref Ref) bool {
	if !mayBeQUIC(b) && !a.mayBeShort(b) || p.IsFragment() {
		return false
	}
	f, ok := p.Flow()
	if !ok {
		return false
	}
	held := a.stats.Held
	d := quicDatagram{a: a, flow: f, ref: ref, size: len(b), cut: p.Truncated(), first: true}
	d.ends, d.from = makeKey(f)
	a.quic.plain = a.quic.plain[:0]
	for len(b) > 0 {
		q, err := quic.ParsePacket(b)
		if err != nil || !d.accepts(q) {
			break
		}
		b = b[len(q.Bytes()):]
		d.packet(q)
		d.first, d.version, d.id = false, q.Version(), makeQUICID(q.DstID())
	}
	if a.mayBeShort(b) && !d.cut && d.pushShort(b) {
		d.first = false
	}
	a.quic.held += a.stats.Held - held
	a.limitQUIC()
	a.limit(withDefault(a.MaxBytes, defaultMaxBytes))
	return !d.first
}

// mayBeQUIC reports whether b begins with a long header of a known or reserved
// version, or of a version negotiation.
func mayBeQUIC(b []byte) bool {
	if len(b) < 7 || b[0]&0x80 == 0 {
		return false
	}
	v := quic.Version(binary.BigEndian.Uint32(b[1:]))
	return v == 0 || v.IsKnown() || v.IsReserved()
}

// A quicDatagram is a datagram whose packets are processed in turn.
type quicDatagram struct {
	a    *Assembler
	ends key
	from int // the side of ends that sent it
	flow layers.Flow
	ref  Ref
	size int
	cut  bool // by the capture

	first   bool // no packet was processed yet
	version quic.Version
	id      quicID     // Destination Connection ID
	keys    *quic.Keys // of a connection that begins with id
}

// accepts reports whether a packet is plausible: its length fits into the
// datagram, or it negotiates an existing version. All packets of a datagram
// must belong to the same connection (RFC 9000 section 12.2).
func (d *quicDatagram) accepts(q quic.Packet) bool {
	if !d.first && (q.Version() != d.version || makeQUICID(q.DstID()) != d.id) {
		return false
	}
	switch q.Type() {
	case quic.VersionNegotiation:
		for v := range q.SupportedVersions() {
			if v.IsKnown() || v.IsReserved() {
				return true
			}
		}
		return false
	case quic.Unknown:
		return q.Version().IsReserved() && d.size >= quicMinDatagram && len(q.DstID()) >= quicMinFirstID
	case quic.Retry:
		return true
	}
	return d.cut && q.Truncated() || !q.Truncated() && len(q.Payload()) >= quicMinPayload
}

func (d *quicDatagram) packet(q quic.Packet) {
	c := d.connection(q)
	var plain quic.Plaintext
	opened := false
	switch q.Type() {
	case quic.Initial:
		c, plain, opened = d.open(c, q)
	case quic.Handshake:
		// RFC 9001 section 4.9.1. Until the server has the whole hello, it drops
		// such a packet.
		if c != nil && d.from == c.client && c.side[c.client].crypto.whole() {
			d.a.closeQUIC(c)
		}
	case quic.Retry:
		if c != nil && d.from != c.client {
			c.retry(d.a, q)
		}
	}
	d.emit(c, q)
	if c == nil {
		return
	}
	d.a.touchQUIC(c, d.ref.Time)
	if opened {
		d.initial(c, q, plain)
	} else if t := q.Type(); c.secrets != nil && (t == quic.Handshake || t == quic.ZeroRTT) && !q.Truncated() {
		d.sealed(c, q)
	}
	if q.Type() == quic.VersionNegotiation {
		d.a.dropQUIC(c) // the client starts again
	}
}

// initial processes the frames of an Initial packet.
func (d *quicDatagram) initial(c *quicConn, q quic.Packet, plain quic.Plaintext) {
	a, from, ref := d.a, d.from, d.ref // the loop would make d escape
	side, before := &c.side[from], len(a.out)
	side.number = max(side.number, plain.Number+1)
	for f := range plain.Frames() {
		if f.Type == quic.FrameCrypto {
			side.crypto.push(sink{a: a, c: &c.connection, via: pathOf(UDP).with(QUIC)}, from, f, ref)
		}
	}
	if c.secrets == nil {
		return
	}
	a.namedQUIC(c, from, q)
	a.learnQUIC(c, before)
	if c.secrets.random != nil && !c.secrets.known {
		a.unfollowQUIC(c)
		return
	}
	if len(c.secrets.early) > 0 && c.secrets.random != nil {
		a.resumeQUIC(c)
	}
}

// connection returns the connection of a packet, or nil.
func (d *quicDatagram) connection(q quic.Packet) *quicConn {
	if len(q.SrcID()) > 20 || len(q.DstID()) > 20 {
		return nil
	}
	if e := d.a.quic.conns.Find(quicKey{d.ends, makeQUICID(q.SrcID())}); e != nil && e.Value.client == d.from {
		return e.Value
	}
	if e := d.a.quic.conns.Find(quicKey{d.ends, makeQUICID(q.DstID())}); e != nil && e.Value.client != d.from {
		return e.Value
	}
	return nil
}

// open decrypts an Initial packet. c is the connection found by its IDs; open
// returns the one that it belongs to.
func (d *quicDatagram) open(c *quicConn, q quic.Packet) (*quicConn, quic.Plaintext, bool) {
	id := makeQUICID(q.DstID())
	late := c != nil && d.from == c.client && c.original.len > 0 && id == c.original // sent before the Retry arrived
	if c == nil || d.from == c.client && id != c.first && id != c.server && !late {
		if n, plain := d.begin(c, q); n != nil {
			return n, plain, true
		}
	}
	if c == nil || c.closed {
		return c, quic.Plaintext{}, false
	}
	s := &c.side[d.from]
	if late {
		plain, ok := d.a.openQUIC(quic.InitialKeys(q.Version(), c.original.bytes(), true), q, s.number)
		return c, plain, ok
	}
	if s.keys == nil || s.version != q.Version() {
		s.setKeys(d.a, quic.InitialKeys(q.Version(), c.first.bytes(), d.from == c.client), q.Version())
	}
	plain, ok := d.a.openQUIC(s.keys, q, s.number)
	if ok && d.from != c.client {
		c.server = makeQUICID(q.SrcID())
	}
	return c, plain, ok
}

// begin adds the connection that q begins: a client's packet to a connection ID
// that no server chose, from which its keys are derived. The connection
// replaces old. If q does not begin one, begin returns nil.
func (d *quicDatagram) begin(old *quicConn, q quic.Packet) (*quicConn, quic.Plaintext) {
	if len(q.DstID()) < quicMinFirstID {
		return nil, quic.Plaintext{}
	}
	if d.keys == nil {
		d.keys = quic.InitialKeys(q.Version(), q.DstID(), true)
	}
	plain, ok := d.a.openQUIC(d.keys, q, 0)
	if !ok {
		return nil, plain
	}
	if old != nil {
		d.a.dropQUIC(old)
	}
	c := d.a.openConn(quicKey{d.ends, makeQUICID(q.SrcID())}, d.from, Conn{Flow: d.flow, Start: d.ref})
	c.first = makeQUICID(q.DstID())
	c.side[d.from].setKeys(d.a, d.keys, q.Version())
	d.a.followQUIC(d, c)
	return c, plain
}

// openQUIC decrypts a packet into memory that is valid until the next datagram.
func (a *Assembler) openQUIC(keys *quic.Keys, q quic.Packet, number uint64) (quic.Plaintext, bool) {
	if keys == nil || q.Truncated() {
		return quic.Plaintext{}, false
	}
	a.quic.plain = slices.Grow(a.quic.plain, len(q.Bytes())+16)
	plain, err := keys.Open(a.quic.plain, q, number)
	if err != nil {
		return plain, false
	}
	a.quic.plain = a.quic.plain[:len(a.quic.plain)+len(q.Bytes())]
	return plain, true
}

func (s *quicSide) setKeys(a *Assembler, keys *quic.Keys, v quic.Version) {
	if s.keys != nil {
		a.hold(-quicKeysCost)
	}
	if keys != nil {
		a.hold(quicKeysCost)
	}
	s.keys, s.version = keys, v
}

// retry sets the connection ID for the keys after a Retry (RFC 9001 section
// 5.2). The client sends the same handshake message again (RFC 9000 section
// 17.2.5.3), so the CRYPTO streams continue. It accepts a single Retry (section
// 17.2.5.2), whatever it sends before that arrives.
func (c *quicConn) retry(a *Assembler, q quic.Packet) {
	if c.closed || c.original.len > 0 || !q.AuthenticRetry(c.first.bytes()) {
		return
	}
	c.original, c.first = c.first, makeQUICID(q.SrcID())
	for i := range c.side {
		c.side[i].setKeys(a, nil, 0)
	}
}

// emit emits a packet as it was sent. Without a connection, the packet's type
// shows the sender, or else the port.
func (d *quicDatagram) emit(c *quicConn, q quic.Packet) {
	m := Message{Proto: QUIC, Kind: QUICPacket, First: d.ref, Last: d.ref, Data: q.Bytes()}
	if c != nil {
		m.FromClient = d.from == c.client
		sink{a: d.a, c: &c.connection, via: pathOf(UDP)}.emit(m)
		return
	}
	switch q.Type() {
	case quic.VersionNegotiation, quic.Retry:
	case quic.ZeroRTT, quic.Unknown:
		m.FromClient = true
	default:
		m.FromClient = d.flow.Src.Port() > d.flow.Dst.Port()
	}
	f := d.flow
	if !m.FromClient {
		f = f.Reverse()
	}
	m.Conn, m.Via = &Conn{Flow: f, Start: d.ref}, pathOf(UDP)
	d.a.out = append(d.a.out, m)
}
