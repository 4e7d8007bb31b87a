package stream

import (
	"slices"

	"github.com/sightline-go/sightline/layers/quic"
	"github.com/sightline-go/sightline/layers/tls"
)

const (
	// quicSecretsCost is what a quicSecrets counts as held, beyond its keys and
	// streams.
	quicSecretsCost = 2 << 10

	// quicMaxEarly limits the packets of a connection that wait for the
	// ClientHello, in bytes. The rest are dropped and counted in
	// Stats.Unauthentic.
	quicMaxEarly = 32 << 10
)

// A quicSecrets decrypts the packets of a connection after the Initial ones, with the
// secrets of Config.Keys (RFC 9001 section 5).
type quicSecrets struct {
	random      []byte       // of the ClientHello, nil until it arrived
	known       bool         // Config.Keys has some secret for random
	suite       uint16       // that the server chose, 0: unknown
	version     quic.Version // that the server chose, or else the client's
	side        [2]quicSealed
	early       []quicEarly // packets that wait for the ClientHello
	waiting     int         // their bytes
	counted     bool        // in Stats.Decrypted
	unsupported bool        // the cipher suite, in Stats.Undecrypted
	confirmed   bool        // the handshake: its packets are no longer decrypted
	issued      [2]quicIssued
	paths       []key
	streams     quicStreams
}

// A quicSealed is one direction of the protected packets.
type quicSealed struct {
	early, handshake quicSlot[*quic.Keys]
	data             quicSlot[*quic.Phases]
	handshakeNext    uint64 // one more than the largest Handshake packet number
	dataNext         uint64 // of 0-RTT and 1-RTT packets, likewise
	crypto           cryptoStream
}

// A quicEarly is a packet that waits for the ClientHello.
type quicEarly struct {
	d quicDatagram
	b []byte
}

// followQUIC makes the packets of a new connection decrypt, if any secrets are known.
func (a *Assembler) followQUIC(d *quicDatagram, c *quicConn) {
	if a.Keys.Len() == 0 {
		return
	}
	c.secrets = &quicSecrets{}
	a.hold(quicSecretsCost)
	a.routeQUIC(c, d.ends)
}

// namedQUIC takes the version and the sender's connection ID from an Initial or
// Handshake packet that authenticated. A server may change the version (RFC 9368).
func (a *Assembler) namedQUIC(c *quicConn, from int, q quic.Packet) {
	if p := c.secrets; from != c.client || p.version == 0 || q.Type() == quic.Handshake {
		p.version = q.Version()
	}
	a.issueQUIC(c, from, q.SrcID())
}

// learnQUIC takes from the handshake messages since from what decryption depends on,
// and gives certificates the form of TLS 1.2.
func (a *Assembler) learnQUIC(c *quicConn, from int) {
	p := c.secrets
	for i := from; i < len(a.out); i++ {
		m := &a.out[i]
		if m.Conn != &c.Conn {
			continue
		}
		switch m.Kind {
		case ClientHello:
			if h, err := tls.ParseClientHello(m.Data); err == nil && p.random == nil {
				p.random = slices.Clone(h.Random())
				p.known = knowsQUIC(a.Keys, p.random)
				for name := range h.ALPN() {
					p.streams.offer(string(name), false)
				}
			}
		case ServerHello:
			if h, err := tls.ParseServerHello(m.Data); err == nil && !h.IsRetry() {
				p.suite = h.CipherSuite()
			}
		case TLSHandshake:
			if name := encryptedALPN(m.Data); name != nil && !m.FromClient {
				p.streams.offer(string(name), true)
			}
			fallthrough
		case Certificate:
			m.Data = sink{a: a, c: &c.connection}.plainCertificate(m.Data)
			m.Kind = handshakeKind(m.Data[0])
		}
	}
}

// knowsQUIC reports whether k has a secret of a connection.
func knowsQUIC(k *tls.Keys, random []byte) bool {
	for _, label := range [...]string{
		tls.LabelClientTraffic, tls.LabelServerTraffic, tls.LabelClientHandshake, tls.LabelServerHandshake, tls.LabelClientEarly,
	} {
		if k.Secret(label, random) != nil {
			return true
		}
	}
	return false
}

// encryptedALPN returns the protocol in EncryptedExtensions, nil if b is another
// message, or without one.
func encryptedALPN(b []byte) []byte {
	m, err := tls.ParseHandshake(b)
	if err != nil || m.Type() != tls.TypeEncryptedExtensions {
		return nil
	}
	return m.ALPN()
}

// sealed decrypts a Handshake or 0-RTT packet.
func (d *quicDatagram) sealed(c *quicConn, q quic.Packet) {
	p := c.secrets
	if p.random == nil {
		d.wait(c, q.Bytes())
		return
	}
	if q.Type() == quic.ZeroRTT && d.from != c.client {
		return
	}
	if plain, ok := d.openLong(c, q); ok {
		if q.Type() == quic.Handshake {
			d.a.namedQUIC(c, d.from, q)
		}
		d.frames(c, plain, q.Type() == quic.Handshake)
	}
}

// openLong decrypts a packet with a long header.
func (d *quicDatagram) openLong(c *quicConn, q quic.Packet) (quic.Plaintext, bool) {
	p, s := c.secrets, &c.secrets.side[d.from]
	if p.confirmed { // it is sent again, or late
		return quic.Plaintext{}, false
	}
	slot, next, label := &s.handshake, &s.handshakeNext, tls.LabelServerHandshake
	switch {
	case q.Type() == quic.ZeroRTT:
		slot, next, label = &s.early, &s.dataNext, tls.LabelClientEarly
	case d.from == c.client:
		label = tls.LabelClientHandshake
	}
	slot.fill(d.a, p, q.Version(), label, func(v quic.Version, suite uint16, secret []byte) (*quic.Keys, bool) {
		k := quic.NewKeys(v, suite, secret)
		return k, k != nil
	})
	for i, k := range slot.keys {
		if plain, ok := d.a.openQUIC(k, q, *next); ok {
			slot.found(d.a, i)
			p.opened(d.a, next, plain.Number)
			return plain, true
		}
	}
	p.unopened(d.a)
	return quic.Plaintext{}, false
}

// suites returns the cipher suites that a secret may be of.
func (p *quicSecrets) suites(secret []byte) []uint16 {
	switch {
	case p.suite != 0:
		return []uint16{p.suite}
	case len(secret) == 48:
		return []uint16{0x1302}
	}
	return []uint16{0x1301, 0x1303}
}

// opened counts a packet that authenticated. next is one more than the largest packet
// number so far.
func (p *quicSecrets) opened(a *Assembler, next *uint64, number uint64) {
	*next = max(*next, number+1)
	if !p.counted {
		p.counted = true
		a.stats.Decrypted++
	}
}

// unopened counts a packet that does not authenticate, or whose secret is missing while
// others are known.
func (p *quicSecrets) unopened(a *Assembler) {
	if !p.unsupported {
		a.stats.Unauthentic++
	}
}

// wait keeps a packet until the ClientHello has arrived.
func (d *quicDatagram) wait(c *quicConn, b []byte) {
	p := c.secrets
	if p.waiting+len(b) > quicMaxEarly {
		d.a.stats.Unauthentic++
		return
	}
	p.early = append(p.early, quicEarly{*d, slices.Clone(b)})
	p.waiting += len(b)
	d.a.hold(segmentCost + len(b))
}

// resumeQUIC processes the packets that waited for the ClientHello.
func (a *Assembler) resumeQUIC(c *quicConn) {
	early := c.secrets.early
	a.forgetEarly(c)
	for _, e := range early {
		if q, err := quic.ParsePacket(e.b); err == nil {
			e.d.sealed(c, q)
		} else {
			e.d.short(c, e.b, e.d.id)
		}
	}
}

func (a *Assembler) forgetEarly(c *quicConn) {
	for _, e := range c.secrets.early {
		a.hold(-segmentCost - len(e.b))
	}
	c.secrets.early, c.secrets.waiting = nil, 0
}

// frames processes the frames of a packet.
func (d *quicDatagram) frames(c *quicConn, plain quic.Plaintext, handshake bool) {
	a, from, ref := d.a, d.from, d.ref // the loop would make d escape
	s := sink{a: a, c: &c.connection, via: pathOf(UDP).with(QUIC).with(TLS)}
	p := c.secrets
	before := len(a.out)
	for f := range plain.Frames() {
		switch f.Type {
		case quic.FrameCrypto:
			c.work += workPerByte * int64(len(f.Data))
			if handshake { // later messages are session tickets
				p.side[from].crypto.push(s, from, f, ref)
			}
		case quic.FrameStream, quic.FrameResetStream:
			p.streams.frame(s, from, f, ref)
		case quic.FrameNewConnectionID:
			a.issueQUIC(c, from, f.Data)
		case quic.FrameHandshakeDone:
			a.confirmQUIC(c, from)
		}
	}
	if handshake {
		a.learnQUIC(c, before)
	}
}

// confirmQUIC releases what only packets before 1-RTT need, once the server says that the
// handshake is done (RFC 9001 sections 4.1.2 and 4.9).
func (a *Assembler) confirmQUIC(c *quicConn, from int) {
	p := c.secrets
	if from == c.client || p.confirmed {
		return
	}
	p.confirmed = true
	a.closeQUIC(c)
	for i := range p.side {
		p.side[i].early.drop(a)
		p.side[i].handshake.drop(a)
	}
}

// unfollowQUIC ends the streams of a connection, and releases what decrypts it.
func (a *Assembler) unfollowQUIC(c *quicConn) {
	p := c.secrets
	if p == nil {
		return
	}
	a.forgetEarly(c)
	s := sink{a: a, c: &c.connection, via: pathOf(UDP).with(QUIC).with(TLS)}
	p.streams.stop(s)
	for i := range p.side {
		side := &p.side[i]
		side.crypto.stop(s)
		side.early.drop(a)
		side.handshake.drop(a)
		side.data.drop(a)
	}
	a.unrouteQUIC(c)
	a.hold(-quicSecretsCost)
	c.secrets = nil
}
