package stream

import (
	"slices"

	"github.com/sightline-go/sightline/layers/quic"
	"github.com/sightline-go/sightline/layers/tls"
)

const (
	// quicMaxIDs limits the connection IDs of a side that packets are recognised
	// by: RFC 9000 section 5.1.1 requires no more than a peer's limit, of which 8
	// is common. The oldest is forgotten.
	quicMaxIDs = 16

	// quicMaxPaths limits the pairs of ports of a connection, likewise.
	quicMaxPaths = 4

	// quicRouteCost is what a connection ID or a pair of ports counts as held.
	quicRouteCost = 192

	// quicMinKnown is the length of the shortest connection ID that is recognised
	// between other addresses.
	quicMinKnown = 4

	// quicMinShort is the length of the shortest packet with a short header.
	quicMinShort = 1 + quicMinPayload
)

// A quicRoutes finds the connection of a packet with a short header, of those whose
// secrets are known.
type quicRoutes struct {
	ids   map[quicRoute]quicOwner
	sizes [21]int        // of the keys of ids, by the length of the connection ID
	known map[quicID]int // how many of the keys have an ID of at least quicMinKnown bytes
	paths map[key]*quicConn
}

// A quicRoute is a connection ID of a side of two addresses. Ports may change when a
// client migrates (RFC 9000 section 9).
type quicRoute struct {
	ends pair
	id   quicID
}

// A quicOwner is the connection of an ID, and the side that receives packets with it.
type quicOwner struct {
	c    *quicConn
	side int
}

// A quicIssued lists the connection IDs that a side receives packets with.
type quicIssued struct {
	ids  []quicRoute
	next int // to be replaced, once there are quicMaxIDs
}

// issueQUIC records that side receives packets with a connection ID.
func (a *Assembler) issueQUIC(c *quicConn, side int, id []byte) {
	if len(id) == 0 || len(id) > 20 {
		return
	}
	r := &a.quic.routes
	ends := c.place.Key().ends
	k := quicRoute{ends.pair(), makeQUICID(id)}
	if r.ids[k].c == c {
		return
	}
	s := &c.secrets.issued[side]
	if len(s.ids) < quicMaxIDs {
		s.ids = append(s.ids, k)
	} else {
		a.forgetID(c, s.ids[s.next])
		s.ids[s.next] = k
		s.next = (s.next + 1) % quicMaxIDs
	}
	if r.ids == nil {
		r.ids = make(map[quicRoute]quicOwner)
	}
	if _, taken := r.ids[k]; !taken {
		r.note(k.id, 1)
	}
	r.ids[k] = quicOwner{c, side}
	a.hold(quicRouteCost)
}

func (a *Assembler) forgetID(c *quicConn, k quicRoute) {
	a.hold(-quicRouteCost)
	if r := &a.quic.routes; r.ids[k].c == c {
		delete(r.ids, k)
		r.note(k.id, -1)
	}
}

// note records that there are n more keys with an ID.
func (r *quicRoutes) note(id quicID, n int) {
	r.sizes[id.len] += n
	if id.len < quicMinKnown {
		return // others may have it by chance
	}
	if r.known == nil {
		r.known = make(map[quicID]int)
	}
	if r.known[id] += n; r.known[id] == 0 {
		delete(r.known, id)
	}
}

// elsewhere reports whether a packet with a short header has the ID of a connection
// between other addresses: its client has migrated (RFC 9000 section 9).
func (r *quicRoutes) elsewhere(b []byte) bool {
	for n := len(r.sizes) - 1; n >= quicMinKnown; n-- {
		if r.sizes[n] > 0 && len(b) > n && r.known[makeQUICID(b[1:1+n])] > 0 {
			return true
		}
	}
	return false
}

// routeQUIC records that packets between ends belong to c, unless their ID says
// something else.
func (a *Assembler) routeQUIC(c *quicConn, ends key) {
	r := &a.quic.routes
	if r.paths[ends] == c {
		return
	}
	if r.paths == nil {
		r.paths = make(map[key]*quicConn)
	}
	r.paths[ends] = c
	p := c.secrets
	if len(p.paths) == quicMaxPaths {
		a.forgetPath(c, p.paths[0])
		p.paths = slices.Delete(p.paths, 0, 1)
	}
	p.paths = append(p.paths, ends)
	a.hold(quicRouteCost)
}

func (a *Assembler) forgetPath(c *quicConn, ends key) {
	a.hold(-quicRouteCost)
	if r := &a.quic.routes; r.paths[ends] == c {
		delete(r.paths, ends)
	}
}

func (a *Assembler) unrouteQUIC(c *quicConn) {
	for i := range c.secrets.issued {
		for _, k := range c.secrets.issued[i].ids {
			a.forgetID(c, k)
		}
	}
	for _, ends := range c.secrets.paths {
		a.forgetPath(c, ends)
	}
}

// mayBeShort reports whether b may be a packet with a short header of a connection
// whose secrets are known.
func (a *Assembler) mayBeShort(b []byte) bool {
	return len(a.quic.routes.paths) > 0 && len(b) >= quicMinShort && b[0]&0x80 == 0
}

// findShort returns the connection of a packet with a short header, or nil. It sets
// d.from, and d.id to the Destination Connection ID.
func (d *quicDatagram) findShort(b []byte) *quicConn {
	r := &d.a.quic.routes
	k := quicRoute{ends: d.ends.pair()}
	for n := len(r.sizes) - 1; n > 0; n-- {
		if r.sizes[n] == 0 || len(b) < 1+n {
			continue
		}
		k.id = makeQUICID(b[1 : 1+n])
		if o, ok := r.ids[k]; ok {
			d.from, d.id = 1-o.side, k.id
			return o.c
		}
	}
	c := r.paths[d.ends]
	if c == nil {
		return nil
	}
	// An ID that was not captured, or none: it is as long as those that were.
	size := 0
	if ids := c.secrets.issued[1-d.from].ids; len(ids) > 0 {
		size = int(ids[0].id.len)
	}
	d.id = makeQUICID(b[1:min(1+size, len(b))])
	return c
}

// pushShort processes a packet with a short header, which extends to the end of its
// datagram. It reports whether it is one.
func (d *quicDatagram) pushShort(b []byte) bool {
	c := d.findShort(b)
	if c == nil && d.a.quic.routes.elsewhere(b) {
		d.a.stats.Migrated++
		return true
	}
	if c == nil || c.secrets == nil {
		return false
	}
	if c.secrets.random == nil {
		d.wait(c, b)
		return true
	}
	return d.short(c, b, d.id)
}

// short decrypts a packet with a short header.
func (d *quicDatagram) short(c *quicConn, b []byte, id quicID) bool {
	q, err := quic.ParseShortPacket(b, int(id.len))
	if err != nil {
		return false
	}
	plain, ok := d.openShort(c, q)
	if !ok {
		return false
	}
	d.a.routeQUIC(c, d.ends)
	d.a.touchQUIC(c, d.ref.Time)
	d.frames(c, plain, false)
	return true
}

// openShort is openLong for a packet with a short header.
func (d *quicDatagram) openShort(c *quicConn, q quic.ShortPacket) (quic.Plaintext, bool) {
	p, s := c.secrets, &c.secrets.side[d.from]
	label := tls.LabelServerTraffic
	if d.from == c.client {
		label = tls.LabelClientTraffic
	}
	s.data.fill(d.a, p, p.version, label, func(v quic.Version, suite uint16, secret []byte) (*quic.Phases, bool) {
		k := quic.NewPhases(v, suite, secret)
		return k, k != nil
	})
	for i, k := range s.data.keys {
		if plain, ok := d.a.openPhase(k, q, s.dataNext); ok {
			s.data.found(d.a, i)
			p.opened(d.a, &s.dataNext, plain.Number)
			return plain, true
		}
	}
	p.unopened(d.a)
	return quic.Plaintext{}, false
}

// openPhase decrypts a packet into memory that is valid until the next datagram.
func (a *Assembler) openPhase(ph *quic.Phases, q quic.ShortPacket, next uint64) (quic.Plaintext, bool) {
	size := len(q.Bytes()) + 16
	a.quic.plain = slices.Grow(a.quic.plain, size)
	plain, err := ph.Open(a.quic.plain, q, next)
	if err != nil {
		return plain, false
	}
	a.quic.plain = a.quic.plain[:len(a.quic.plain)+size]
	return plain, true
}
