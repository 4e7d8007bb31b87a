package stream

import (
	"time"

	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers/quic"
)

// What a QUIC connection, and the keys of one direction, count as held.
const (
	quicConnCost = 1 << 10
	quicKeysCost = 1280
)

// quicShare divides Config.MaxBytes: the quotient is the limit for QUIC
// connections.
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

// A quicKey identifies a QUIC connection, by its endpoints and the client's own
// connection ID, which every packet with a long header carries.
type quicKey struct {
	ends key
	id   quicID
}

// A quicConn is a QUIC connection.
type quicConn struct {
	connection        // for its Conn and client
	first      quicID // Destination Connection ID that the Initial keys are derived from
	original   quicID // the same before a Retry
	server     quicID // Source Connection ID of the server
	side       [2]quicSide
	closed     bool         // no more Initial packets are expected
	secrets    *quicSecrets // nil unless Config.Keys has any
	seen       time.Time    // arrival of the last packet
	place      *lru.Entry[quicKey, *quicConn]
}

// A quicSide is one direction of the Initial packets.
type quicSide struct {
	keys    *quic.Keys
	version quic.Version // of keys
	number  uint64       // one more than the largest packet number received
	crypto  cryptoStream
}

// A quicTable holds the QUIC connections.
type quicTable struct {
	conns  lru.Table[quicKey, *quicConn]
	routes quicRoutes
	held   int    // their part of Stats.Held
	plain  []byte // the decrypted packets of the last datagram
}

// openConn adds a connection. It replaces one with the same key in which the
// other side was the client.
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

// touchQUIC records that a packet of c arrived at time t.
func (a *Assembler) touchQUIC(c *quicConn, t time.Time) {
	if t.IsZero() {
		t = a.clock.Time()
	}
	c.seen = t
	a.quic.conns.Touch(c.place)
}

// expireQUIC drops the connections that are idle for too long, after the clock has
// advanced.
func (a *Assembler) expireQUIC() {
	if a.quic.conns.Len() == 0 {
		return
	}
	idle := a.clock.Time().Add(-withDefault(a.Idle, defaultIdle))
	for e := a.quic.conns.Oldest(); e != nil && e.Value.seen.Before(idle); e = a.quic.conns.Oldest() {
		a.stats.Expired++
		a.evictQUIC(e.Value)
	}
}

// limitQUIC evicts connections to keep their share of memory.
func (a *Assembler) limitQUIC() {
	most := withDefault(a.MaxBytes, defaultMaxBytes) / quicShare
	for e := a.quic.conns.Oldest(); e != nil && a.quic.held > most; e = a.quic.conns.Oldest() {
		a.stats.Evicted++
		a.evictQUIC(e.Value)
	}
}

func (a *Assembler) evictQUIC(c *quicConn) {
	held := a.stats.Held
	a.dropQUIC(c)
	a.quic.held += a.stats.Held - held
}

func (a *Assembler) flushQUIC() {
	for e := a.quic.conns.Oldest(); e != nil; e = a.quic.conns.Oldest() {
		a.dropQUIC(e.Value)
	}
	a.quic.held = 0
}

func (a *Assembler) dropQUIC(c *quicConn) {
	a.closeQUIC(c)
	a.unfollowQUIC(c)
	a.quic.conns.Remove(c.place)
	a.hold(-quicConnCost)
}

// closeQUIC releases the state that only Initial packets need. The connection
// stays in the table, so that retransmitted packets do not open it anew.
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
