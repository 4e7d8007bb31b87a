package extract

import (
	"net/netip"
	"time"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// liveConns holds the open conversations of a shard, except TCP connections, which
// package stream follows.
type liveConns struct {
	table lru.Table[layers.Flow, liveConn] // by the canonical form
	pairs lru.Quota[[2]netip.Addr]         // limits those of a pair of addresses
	last  *liveEntry                       // of the last packet
	clock clock.Clock
}

type liveEntry = lru.Entry[layers.Flow, liveConn]

// A liveConn is an open conversation. Side 0 is the Src of its key, side 1 the Dst.
type liveConn struct {
	sent        [2]Traffic
	data        [2]bool // it sent a packet with data
	client      int     // the side treated as the client
	sure        bool    // a packet or a message showed that it is
	first, last stream.Ref
	protos      []stream.Proto
	community   string // for ICMP, whose Community ID depends on the type of the message
}

// liveIdle is the longest silence in a conversation, in capture time. A packet after
// that begins a new one.
const liveIdle = time.Minute

// sideOf returns the side of key that sends in direction dir.
func sideOf(key, dir layers.Flow) int {
	if dir.Src == key.Src && (dir.Dst == key.Dst || dir.Src != key.Dst) {
		return 0
	}
	return 1
}

// find returns the conversation with a direction dir, or nil.
func (t *liveConns) find(dir layers.Flow) *liveEntry {
	if e := t.last; e != nil && (e.Key() == dir || e.Key() == dir.Reverse()) {
		return e
	}
	return t.table.Find(dir.Canonical())
}

// touch notes that the packet at ref belongs to e.
func (t *liveConns) touch(e *liveEntry, ref stream.Ref) {
	t.table.Touch(e)
	t.last = e
	e.Value.last = ref
}

func (t *liveConns) add(key layers.Flow, c liveConn) *liveEntry {
	if t.pairs.Counting() {
		t.pairs.Added(flowPair(key))
	}
	return t.table.Add(key, c)
}

func (t *liveConns) remove(e *liveEntry) {
	t.table.Remove(e)
	if t.pairs.Counting() {
		t.pairs.Removed(flowPair(e.Key()), t.table.Len())
	}
	if t.last == e {
		t.last = nil
	}
}

// full reports whether the conversations of a pair of addresses have reached the
// limit.
func (t *liveConns) full(pair [2]netip.Addr) bool {
	return t.pairs.Full(pair, t.table.Len(), func(yield func([2]netip.Addr)) {
		for e := range t.table.All() {
			yield(flowPair(e.Key()))
		}
	})
}

// silentAt reports whether c has been silent for longer than liveIdle at a time.
func (c *liveConn) silentAt(now time.Time) bool {
	last := c.last.Time
	return usable(last) && usable(now) && now.Sub(last) > liveIdle
}

// speaks records the protocols of a message for its conversation, and which side is
// the client.
func (t *liveConns) speaks(m *stream.Message) {
	if m.Conn.Flow.Proto == layers.IPProtoTCP {
		return
	}
	e := t.find(m.Conn.Flow)
	if e == nil {
		return
	}
	if c := &e.Value; !c.sure {
		c.client, c.sure = sideOf(e.Key(), m.Conn.Flow), true
	}
	for _, p := range []stream.Proto{m.Via.Innermost(), m.Proto} {
		if isSpoken(p) {
			e.Value.protos = withProto(e.Value.protos, p)
		}
	}
}

// isSpoken reports whether p is a protocol of the peers, rather than one that only
// carries or starts another, or a format.
func isSpoken(p stream.Proto) bool {
	switch p {
	case stream.TCP, stream.UDP, stream.Connect, stream.Upgrade, stream.StartTLS, stream.Mail:
		return false
	}
	return true
}

func (c *liveConn) ended() Ended {
	if c.sent[0].Packets == 0 || c.sent[1].Packets == 0 {
		return Ended{Unanswered: 1}
	}
	return Ended{Open: 1}
}
