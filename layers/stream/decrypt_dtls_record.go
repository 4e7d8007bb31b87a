package stream

import (
	"slices"

	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/tls"
)

// dtlsMaxEpochs limits the epochs of an association whose keys are kept for records
// that arrive late. At the limit, the oldest is forgotten.
const dtlsMaxEpochs = 4

// A dtlsEpoch is the keys of both sides after a handshake. Two of them have the same
// number if a client used its port for another association.
type dtlsEpoch struct {
	number uint16
	keys   [2]*tls.Protection // of the client and the server
	opened [2]replayWindow    // likewise
	some   bool               // a record was opened
}

// install makes the keys of the handshake those of an epoch, if they are known.
func (c *dtlsConn) install(s sink) {
	o := &c.open
	if c.installed {
		return
	}
	if o.protections(s); o.next[0] == nil || o.next[1] == nil {
		return
	}
	c.installed = true
	c.epochs = append(c.epochs, &dtlsEpoch{number: c.sent + 1, keys: o.next})
	s.a.hold(keysCost)
	if len(c.epochs) > dtlsMaxEpochs {
		c.epochs = slices.Delete(c.epochs, 0, 1)
		s.a.hold(-keysCost)
	}
}

// pending reports whether the keys of an epoch may become known.
func (c *dtlsConn) pending(epoch uint16) bool {
	o := &c.open
	switch {
	case o.random == nil:
		return true
	case epoch == c.sent+1:
		return !c.installed && !o.refused && (!o.negotiated || o.collect)
	}
	return epoch == c.sent+2 && (c.installed || c.pending(c.sent+1)) // of a renegotiation
}

// sealed processes a protected record. Its content is passed on once.
func (c *dtlsConn) sealed(s sink, from int, r tls.DTLSRecord, ref Ref) {
	if r.Epoch() == c.sent+1 {
		c.install(s)
		c.settle(s)
	}
	known, old := false, false
	for _, e := range slices.Backward(c.epochs) {
		if e.number != r.Epoch() {
			continue
		}
		known = true
		if !e.opened[sideOf(from == c.client)].fresh(r.Sequence()) {
			old = true
			continue
		}
		if content, typ, ok := c.openRecord(s, e, from, r); ok {
			c.opened(s, from, r.Epoch(), content, typ, ref)
			return
		}
	}
	switch {
	case c.pending(r.Epoch()):
		c.wait(s, dtlsWaiting{from, r.Bytes(), ref})
	case old:
		s.a.stats.Retransmitted += int64(len(r.Bytes()))
	case known:
		s.a.stats.Unauthentic++
	}
}

// openRecord returns the content of a record and its type, or reports false if it does
// not authenticate.
func (c *dtlsConn) openRecord(s sink, e *dtlsEpoch, from int, r tls.DTLSRecord) ([]byte, tls.ContentType, bool) {
	side := sideOf(from == c.client)
	p := e.keys[side]
	if !s.buys(p.Cost(len(r.Payload()))) {
		return nil, 0, false
	}
	dst := slices.Grow(s.a.getSpare(), len(r.Payload()))
	defer s.a.lend(dst)
	content, typ, ok := p.Open(dst, r.Header(), r.Payload(), uint64(r.Epoch())<<48|r.Sequence())
	if !ok {
		return nil, 0, false
	}
	e.opened[side].add(r.Sequence())
	if !e.some {
		e.some = true
		if e.number == 1 {
			s.a.stats.Decrypted++
		}
	}
	return content, typ, true
}

// opened processes the content of a record.
func (c *dtlsConn) opened(s sink, from int, epoch uint16, content []byte, typ tls.ContentType, ref Ref) {
	switch typ {
	case tls.ContentHandshake:
		c.handshake(s, from, epoch, content, ref)
	case tls.ContentApplicationData:
		c.content(s, from, content, ref)
	}
}

// content emits what a record carries, which is a datagram, if it is of a known
// protocol: DNS (RFC 8094).
func (c *dtlsConn) content(s sink, from int, b []byte, ref Ref) {
	m, err := dns.ParseMessage(b)
	if err != nil || !dnsPort(c.Flow.Src.Port()) && !dnsPort(c.Flow.Dst.Port()) && (!plausibleDNS(b) || m.Validate() != nil) {
		return
	}
	if !c.dns {
		c.dns = true
		s.count(DNS)
	}
	s.emit(Message{Proto: DNS, Kind: DNSMessage, FromClient: from == c.client, First: ref, Last: ref, Data: m.Bytes()})
}

// replayLen is how much older than the newest record another one may be. Receivers have a
// window of 64 (RFC 6347 section 4.1.2.6), but a capture may be reordered more.
const replayLen = 1024

// A replayWindow remembers the sequence numbers of records.
type replayWindow struct {
	next uint64 // one more than the largest
	seen [replayLen/64 + 1]uint64
}

// fresh reports whether a record was not seen before. Of those too old it is unknown.
func (w *replayWindow) fresh(n uint64) bool {
	if n < w.next && w.next-n > replayLen {
		return false
	}
	return n >= w.next || w.seen[n/64%uint64(len(w.seen))]&(1<<(n%64)) == 0
}

func (w *replayWindow) add(n uint64) {
	size := uint64(len(w.seen))
	if n >= w.next {
		begun := (w.next + 63) / 64
		for i := begun; i <= n/64 && i < begun+size; i++ {
			w.seen[i%size] = 0
		}
		w.next = n + 1
	}
	w.seen[n/64%size] |= 1 << (n % 64)
}
