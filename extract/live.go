package extract

import (
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// liveConns holds the connections of a shard that are going on, of whatever
// protocol, in the order of their last packets.
type liveConns struct {
	limit          int
	byKey          map[layers.Flow]*liveConn // by the canonical form
	oldest, newest *liveConn
	last           *liveConn // where the last packet went
	spare          *liveConn // one to use again
	before, now    time.Time
}

// fresh returns an empty liveConn.
func (t *liveConns) fresh() *liveConn {
	f := t.spare
	if f == nil {
		return new(liveConn)
	}
	t.spare = nil
	*f = liveConn{}
	return f
}

// reuse says that nobody refers to f any more.
func (t *liveConns) reuse(f *liveConn) { t.spare = f }

// A liveConn is a connection that is going on. Side 0 is key.Src, side 1 key.Dst.
type liveConn struct {
	key         layers.Flow
	hosts       [2]*Host
	sent        [2]Traffic
	flags       [2]layers.TCPFlags // all that were seen
	syn         [2]uint32          // sequence numbers of a SYN that was seen
	linked      [2]bool            // the hardware address was noted
	client      int                // the side that is taken for the client
	sure        bool               // by a SYN or by what it said
	first, last stream.Ref
	protos      []stream.Proto
	community   string // of ICMP, whose Community ID needs the message's type

	prev, next *liveConn
}

// How long a connection may be silent in capture time before the next packet is
// taken for another's.
const (
	tcpIdle   = 5 * time.Minute
	otherIdle = time.Minute
)

func (f *liveConn) idle() time.Duration {
	if f.key.Proto == layers.IPProtoTCP {
		return tcpIdle
	}
	return otherIdle
}

// side returns the side that sends in f's direction.
func (f *liveConn) side(dir layers.Flow) int {
	if dir.Src == f.key.Src && (dir.Dst == f.key.Dst || dir.Src != f.key.Dst) {
		return 0
	}
	return 1
}

// tick moves the clock. It is the earlier of the last two packets' times, so
// that one packet from the far future ends nothing, and never goes back.
func (t *liveConns) tick(at time.Time) {
	earlier := at
	if t.before.Before(at) {
		earlier = t.before
	}
	t.before = at
	if earlier.After(t.now) {
		t.now = earlier
	}
}

// find returns the connection that dir is a direction of, nil when there is none.
func (t *liveConns) find(dir layers.Flow) *liveConn {
	if f := t.last; f != nil && (f.key == dir || f.key == dir.Reverse()) {
		return f
	}
	return t.byKey[dir.Canonical()]
}

func (t *liveConns) add(f *liveConn) {
	if t.byKey == nil {
		t.byKey = map[layers.Flow]*liveConn{}
	}
	t.byKey[f.key] = f
	t.link(f)
}

// link puts f behind all others.
func (t *liveConns) link(f *liveConn) {
	f.prev, f.next = t.newest, nil
	if t.newest != nil {
		t.newest.next = f
	} else {
		t.oldest = f
	}
	t.newest, t.last = f, f
}

func (t *liveConns) unlink(f *liveConn) {
	if f.prev != nil {
		f.prev.next = f.next
	} else {
		t.oldest = f.next
	}
	if f.next != nil {
		f.next.prev = f.prev
	} else {
		t.newest = f.prev
	}
}

func (t *liveConns) remove(f *liveConn) {
	t.unlink(f)
	delete(t.byKey, f.key)
	if t.last == f {
		t.last = nil
	}
}

// touch notes that f had a packet now.
func (t *liveConns) touch(f *liveConn) {
	if t.newest != f {
		t.unlink(f)
		t.link(f)
	}
	t.last = f
}

// speaks notes what a message shows of its connection: the protocol, and who is
// the client.
func (t *liveConns) speaks(m *stream.Message) {
	f := t.find(m.Conn.Flow)
	if f == nil {
		return
	}
	if !f.sure {
		f.client, f.sure = f.side(m.Conn.Flow), true
	}
	for _, p := range []stream.Proto{m.Via.Innermost(), m.Proto} {
		switch p {
		case stream.TCP, stream.UDP, stream.Connect, stream.Upgrade, stream.StartTLS:
		default:
			f.protos = withProto(f.protos, p)
		}
	}
}

// reopened reports whether a packet begins another connection with the same
// ports: a SYN with another sequence number, after an end.
func (f *liveConn) reopened(side int, tcp layers.TCP) bool {
	if !tcp.Flags().Has(layers.TCPSyn) || tcp.Flags().Has(layers.TCPAck) || f.syn[side] == tcp.Seq() {
		return false
	}
	return f.ended().Open+f.ended().Unanswered == 0
}

// ended tells how the connection ended.
func (f *liveConn) ended() Ended {
	from, to := f.flags[f.client], f.flags[1-f.client]
	switch {
	case f.sent[1-f.client].Packets == 0 || f.sent[f.client].Packets == 0:
		return Ended{Unanswered: 1}
	case f.key.Proto != layers.IPProtoTCP:
		return Ended{Open: 1}
	case to.Has(layers.TCPRst) && from.Has(layers.TCPSyn) && !to.Has(layers.TCPSyn):
		return Ended{Refused: 1}
	case (from | to).Has(layers.TCPRst):
		return Ended{Reset: 1}
	case from.Has(layers.TCPFin) && to.Has(layers.TCPFin):
		return Ended{Closed: 1}
	}
	return Ended{Open: 1}
}
