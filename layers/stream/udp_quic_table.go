package stream

import (
	"time"

	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers/quic"
)

// What a QUIC connection, and the keys of one direction, count for.
const (
	quicConnCost = 1 << 10
	quicKeysCost = 1280
)

// quicShare is which part of Config.MaxBytes QUIC connections may take.
const quicShare = 4

// A quicID is a connection ID.
type quicID struct {
	len uint8
	b   [20]byte
}

func makeQUICID(b []byte) (id quicID) {
	id.len = uint8(copy(id.b[:], b))
	return id
}

func (id *quicID) bytes() []byte { return id.b[:id.len] }

// A quicKey names a QUIC connection: by its endpoints, and by the connection ID
// that the client chose for itself. It is in every packet with a long header.
type quicKey struct {
	ends key
	id   quicID
}

// A quicConn is a QUIC connection.
type quicConn struct {
	connection        // Conn and client of it
	first      quicID // Destination Connection ID that the Initial keys come from
	server     quicID // Source Connection ID of the server
	side       [2]quicSide
	closed     bool      // no more Initial packets will come
	seen       time.Time // when the last packet came
	place      *lru.Entry[quicKey, *quicConn]
}

// A quicSide is one direction of the Initial packets.
type quicSide struct {
	keys    *quic.Keys
	version quic.Version // of keys
	number  uint64       // packet number after the largest that came
	crypto  cryptoStream
}

// A quicTable holds the QUIC connections.
type quicTable struct {
	conns lru.Table[quicKey, *quicConn]
	held  int    // the part of Stats.Held that is theirs
	plain []byte // the decrypted packets of the last datagram
}

// openConn adds a connection. It takes the place of one with the same key, where
// the other side was the client.
func (a *Assembler) openConn(k quicKey, client int, conn Conn) *quicConn {
	if old := a.quic.conns.Find(k); old != nil {
		a.dropQUIC(old.Value)
	}
	c := &quicConn{connection: connection{Conn: conn, client: client}}
	c.place = a.quic.conns.Add(k, c)
	a.hold(quicConnCost)
	a.stats.Conns++
	return c
}

// touchQUIC notes that a packet of c came, at time t.
func (a *Assembler) touchQUIC(c *quicConn, t time.Time) {
	if t.IsZero() {
		t = a.clock.Time()
	}
	c.seen = t
	a.quic.conns.Touch(c.place)
}

// limitQUIC gives up the connections that are idle too long, and others until
// what they hold is within their share.
func (a *Assembler) limitQUIC() {
	idle := a.clock.Time().Add(-withDefault(a.Idle, defaultIdle))
	most := withDefault(a.MaxBytes, defaultMaxBytes) / quicShare
	for e := a.quic.conns.Oldest(); e != nil; e = a.quic.conns.Oldest() {
		c := e.Value
		switch {
		case c.seen.Before(idle):
			a.stats.Expired++
		case a.quic.held > most:
			a.stats.Evicted++
		default:
			return
		}
		held := a.stats.Held
		a.dropQUIC(c)
		a.quic.held += a.stats.Held - held
	}
}

// flushQUIC ends all connections.
func (a *Assembler) flushQUIC() {
	for e := a.quic.conns.Oldest(); e != nil; e = a.quic.conns.Oldest() {
		a.dropQUIC(e.Value)
	}
	a.quic.held = 0
}

// dropQUIC ends a connection and forgets it.
func (a *Assembler) dropQUIC(c *quicConn) {
	a.closeQUIC(c)
	a.quic.conns.Remove(c.place)
	a.hold(-quicConnCost)
}

// closeQUIC gives up what only Initial packets need. The connection stays, so
// that packets sent again do not open it anew.
func (a *Assembler) closeQUIC(c *quicConn) {
	if c.closed {
		return
	}
	c.closed = true
	for i := range c.side {
		s := &c.side[i]
		s.setKeys(a, nil, 0)
		s.crypto.stop(sink{a: a, c: &c.connection, via: pathOf(UDP).with(QUIC)})
	}
}
