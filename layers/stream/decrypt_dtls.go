package stream

import (
	"slices"
	"time"

	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/tls"
)

const (
	// dtlsShare divides Config.MaxBytes: the quotient is the limit for DTLS
	// associations.
	dtlsShare = 8

	// dtlsMaxWaiting limits the records of an association that wait for its keys,
	// in bytes. The rest are dropped.
	dtlsMaxWaiting = 32 << 10

	// dtlsConnCost is what a dtlsConn counts as held, beyond its keys, messages and
	// waiting records.
	dtlsConnCost = connectionCost + openerCost + 256
)

// A dtlsConn decrypts the records of a DTLS association (RFC 6347): what two
// endpoints send each other. If secrets are known, there is one for all that looks
// like DTLS, as datagrams may arrive before the hellos.
type dtlsConn struct {
	connection
	open tlsOpener // of the handshake

	hello     [dtlsRandomLen]byte   // random of the last ClientHello
	greeted   bool                  // hello is valid
	past      [][dtlsRandomLen]byte // those of earlier handshakes
	sent      uint16                // epoch of the handshake; its keys are those of the next one
	full      bool                  // the ClientKeyExchange was used
	ticketed  bool                  // the NewSessionTicket was used
	installed bool                  // epochs has the keys of the handshake
	settled   bool                  // no more records wait for them
	ids       [2]int                // lengths of the connection IDs in the records of each side (RFC 9146)
	parts     []*dtlsPart           // handshake messages, in the order in which they began

	epochs  []*dtlsEpoch
	waiting []dtlsWaiting
	size    int // of waiting, in bytes
	dns     bool

	seen  time.Time // arrival of the last datagram
	place *lru.Entry[key, *dtlsConn]
}

// dtlsRandomLen is the length of the random in a hello.
const dtlsRandomLen = 32

// A dtlsWaiting is the rest of a datagram that waits for keys.
type dtlsWaiting struct {
	from int
	b    []byte
	ref  Ref
}

// A dtlsTable holds the associations by endpoints.
type dtlsTable struct {
	conns lru.Table[key, *dtlsConn]
	held  int // their part of Stats.Held
}

// followDTLS processes the records of a datagram. It reports whether they are part of
// an association.
func (a *Assembler) followDTLS(f layers.Flow, b []byte, ref Ref) bool {
	held := a.heldAside()
	ends, from := makeKey(f)
	e := a.secured.conns.Find(ends)
	if e == nil {
		if !beginsDTLS(b) {
			return false
		}
		e = a.openDTLS(ends, f, from, ref)
	}
	c := e.Value
	if c.seen = ref.Time; c.seen.IsZero() {
		c.seen = a.clock.Time()
	}
	a.secured.conns.Touch(e)
	c.work += workPerByte * int64(len(b))
	c.datagram(sink{a: a, c: &c.connection, via: pathOf(UDP).with(DTLS)}, from, b, ref)
	a.secured.held += a.heldAside() - held
	a.limitDTLS()
	a.limit(withDefault(a.MaxBytes, defaultMaxBytes))
	return true
}

// heldAside returns what is held aside from the sessions, which stay when an
// association is dropped.
func (a *Assembler) heldAside() int { return a.stats.Held - sessionCost*a.sessions.Len() }

// beginsDTLS reports whether b begins with a record that an association is followed
// from: of a handshake, or protected.
func beginsDTLS(b []byte) bool {
	if tls.ContentType(b[0]) == tls.ContentCID {
		return b[2] == 0xfd
	}
	r, err := tls.ParseDTLSRecord(b)
	return err == nil && (r.Epoch() > 0 || r.Type() == tls.ContentHandshake)
}

// openDTLS adds an association. The client is the sender of the ClientHello, and
// until that arrives, who has the higher port.
func (a *Assembler) openDTLS(ends key, f layers.Flow, from int, ref Ref) *lru.Entry[key, *dtlsConn] {
	client := from
	if f.Src.Port() < f.Dst.Port() {
		f, client = f.Reverse(), 1-from
	}
	c := &dtlsConn{connection: connection{Conn: Conn{Flow: f, Start: ref}, client: client}, ids: [2]int{-1, -1}}
	c.place = a.secured.conns.Add(ends, c)
	a.hold(dtlsConnCost)
	a.stats.Conns++
	return c.place
}

// datagram processes the records of a datagram, or the rest of them.
func (c *dtlsConn) datagram(s sink, from int, b []byte, ref Ref) {
	for len(b) > 0 {
		if tls.ContentType(b[0]) == tls.ContentCID && c.ids[from] < 0 {
			if c.open.random == nil || !c.open.negotiated && !c.open.refused {
				c.wait(s, dtlsWaiting{from, b, ref})
			}
			return
		}
		r, err := c.record(from, b)
		if err != nil {
			return
		}
		b = b[len(r.Bytes()):]
		switch {
		case r.Epoch() > 0:
			c.sealed(s, from, r, ref)
		case r.Type() == tls.ContentHandshake:
			c.handshake(s, from, 0, r.Payload(), ref)
		}
	}
}

// record returns the record at the start of b.
func (c *dtlsConn) record(from int, b []byte) (tls.DTLSRecord, error) {
	if tls.ContentType(b[0]) == tls.ContentCID {
		return tls.ParseDTLSCIDRecord(b, c.ids[from])
	}
	return tls.ParseDTLSRecord(b)
}

// wait keeps a copy of records until their keys are known. What exceeds the limit before
// the ClientHello counts for nothing: the beginning was probably not captured.
func (c *dtlsConn) wait(s sink, w dtlsWaiting) {
	if c.size+len(w.b) > dtlsMaxWaiting {
		if c.open.random != nil {
			s.a.stats.Unauthentic++
		}
		return
	}
	w.b = slices.Clone(w.b)
	c.waiting = append(c.waiting, w)
	c.size += len(w.b)
	s.a.hold(segmentCost + len(w.b))
}

// retry processes the records that wait, some of them perhaps in vain.
func (c *dtlsConn) retry(s sink) {
	waiting := c.waiting
	c.forgetWaiting(s.a)
	for _, w := range waiting {
		c.datagram(s, w.from, w.b, w.ref)
	}
}

func (c *dtlsConn) forgetWaiting(a *Assembler) {
	a.hold(-segmentCost*len(c.waiting) - c.size)
	c.waiting, c.size = nil, 0
}

// limitDTLS drops the associations that are idle for too long, and evicts others to
// keep their share.
func (a *Assembler) limitDTLS() {
	idle := a.clock.Time().Add(-withDefault(a.Idle, defaultIdle))
	most := withDefault(a.MaxBytes, defaultMaxBytes) / dtlsShare
	for e := a.secured.conns.Oldest(); e != nil; e = a.secured.conns.Oldest() {
		switch {
		case e.Value.seen.Before(idle):
			a.stats.Expired++
		case a.secured.held > most:
			a.stats.Evicted++
		default:
			return
		}
		held := a.stats.Held
		a.dropDTLS(e.Value)
		a.secured.held += a.stats.Held - held
	}
}

func (a *Assembler) dropDTLS(c *dtlsConn) {
	s := sink{a: a, c: &c.connection}
	c.forgetWaiting(a)
	c.forgetParts(s, func(*dtlsPart) bool { return true })
	c.open.forget(s)
	a.hold(-keysCost*len(c.epochs) - dtlsConnCost)
	a.secured.conns.Remove(c.place)
}

func (a *Assembler) flushSecured() {
	for e := a.secured.conns.Oldest(); e != nil; e = a.secured.conns.Oldest() {
		a.dropDTLS(e.Value)
	}
	a.secured.held = 0
}
