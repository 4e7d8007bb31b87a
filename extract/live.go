package extract

import (
	"time"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// liveConns holds the open conversations of a shard, other than TCP connections,
// which package stream follows.
type liveConns struct {
	limit int
	table lru.Table[layers.Flow, liveConn] // by the canonical form
	last  *liveEntry                       // where the last packet went
	clock clock.Clock
}

type liveEntry = lru.Entry[layers.Flow, liveConn]

// A liveConn is an open conversation. Side 0 is the Src of its key, side 1 the Dst.
type liveConn struct {
	sent        [2]Traffic
	client      int  // the side that is treated as the client
	sure        bool // a packet or a message showed that
	first, last stream.Ref
	protos      []stream.Proto
	community   string // of ICMP, whose Community ID depends on the message's type
}

// liveIdle is how long a conversation may be silent, in capture time: the next
// packet begins another one.
const liveIdle = time.Minute

// sideOf returns the side of the conversation of key that sends in direction dir.
func sideOf(key, dir layers.Flow) int {
	if dir.Src == key.Src && (dir.Dst == key.Dst || dir.Src != key.Dst) {
		return 0
	}
	return 1
}

// find returns the conversation that dir is a direction of, nil if there is none.
func (t *liveConns) find(dir layers.Flow) *liveEntry {
	if e := t.last; e != nil && (e.Key() == dir || e.Key() == dir.Reverse()) {
		return e
	}
	return t.table.Find(dir.Canonical())
}

// touch notes that e had a packet now.
func (t *liveConns) touch(e *liveEntry, ref stream.Ref) {
	t.table.Touch(e)
	t.last = e
	e.Value.last = ref
}

func (t *liveConns) remove(e *liveEntry) {
	t.table.Remove(e)
	if t.last == e {
		t.last = nil
	}
}

// silent reports whether e has been silent for longer than liveIdle.
func (t *liveConns) silent(e *liveEntry) bool {
	last := e.Value.last.Time
	return usable(last) && t.clock.Time().Sub(last) > liveIdle
}

// speaks notes what a message shows of its conversation: the protocol, and which
// side is the client.
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

// isSpoken reports whether p is what peers speak, and not merely what carries it.
func isSpoken(p stream.Proto) bool {
	switch p {
	case stream.TCP, stream.UDP, stream.Connect, stream.Upgrade, stream.StartTLS:
		return false
	}
	return true
}

// ended returns how the conversation ended.
func (c *liveConn) ended() Ended {
	if c.sent[0].Packets == 0 || c.sent[1].Packets == 0 {
		return Ended{Unanswered: 1}
	}
	return Ended{Open: 1}
}
