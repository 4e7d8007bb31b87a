package extract

import (
	"slices"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// Traffic counts what went one way.
type Traffic struct {
	Packets int64 `json:"packets"`
	Bytes   int64 `json:"bytes"` // on the wire, all headers included
}

func (t *Traffic) count(size int) {
	t.Packets++
	t.Bytes += int64(size)
}

func (t *Traffic) add(o Traffic) {
	t.Packets += o.Packets
	t.Bytes += o.Bytes
}

// A flowTable holds the connections of a shard that are going on, of whatever
// protocol, in the order of their last packets.
type flowTable struct {
	max            int
	flows          map[layers.Flow]*flow // by the canonical form
	oldest, newest *flow
	last           *flow // where the last packet went
	spare          *flow // one to use again
	before, now    time.Time
}

// fresh returns an empty flow.
func (t *flowTable) fresh() *flow {
	f := t.spare
	if f == nil {
		return new(flow)
	}
	t.spare = nil
	*f = flow{}
	return f
}

// reuse says that nobody refers to f any more.
func (t *flowTable) reuse(f *flow) { t.spare = f }

// A flow is a connection that is going on. Side 0 is key.Src, side 1 key.Dst.
type flow struct {
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

	prev, next *flow
}

// How long a connection may be silent in capture time before the next packet is
// taken for another's.
const (
	tcpIdle   = 5 * time.Minute
	otherIdle = time.Minute
)

func (f *flow) idle() time.Duration {
	if f.key.Proto == layers.IPProtoTCP {
		return tcpIdle
	}
	return otherIdle
}

// side returns the side that sends in f's direction.
func (f *flow) side(dir layers.Flow) int {
	if dir.Src == f.key.Src && (dir.Dst == f.key.Dst || dir.Src != f.key.Dst) {
		return 0
	}
	return 1
}

// tick moves the clock. It is the earlier of the last two packets' times, so
// that one packet from the far future ends nothing, and never goes back.
func (t *flowTable) tick(at time.Time) {
	earlier := at
	if t.before.Before(at) {
		earlier = t.before
	}
	t.before = at
	if earlier.After(t.now) {
		t.now = earlier
	}
}

// find returns the flow that dir is a direction of, nil when there is none.
func (t *flowTable) find(dir layers.Flow) *flow {
	if f := t.last; f != nil && (f.key == dir || f.key == dir.Reverse()) {
		return f
	}
	return t.flows[dir.Canonical()]
}

func (t *flowTable) add(f *flow) {
	if t.flows == nil {
		t.flows = map[layers.Flow]*flow{}
	}
	t.flows[f.key] = f
	t.link(f)
}

// link puts f behind all others.
func (t *flowTable) link(f *flow) {
	f.prev, f.next = t.newest, nil
	if t.newest != nil {
		t.newest.next = f
	} else {
		t.oldest = f
	}
	t.newest, t.last = f, f
}

func (t *flowTable) unlink(f *flow) {
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

func (t *flowTable) remove(f *flow) {
	t.unlink(f)
	delete(t.flows, f.key)
	if t.last == f {
		t.last = nil
	}
}

// touch notes that f had a packet now.
func (t *flowTable) touch(f *flow) {
	if t.newest != f {
		t.unlink(f)
		t.link(f)
	}
	t.last = f
}

// speaks notes what a message shows of its connection: the protocol, and who is
// the client.
func (t *flowTable) speaks(m *stream.Message) {
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

// judge notes what a packet from side says of who is the client.
func (f *flow) judge(side int, p *layers.Packet) {
	if f.sure {
		return
	}
	if tcp, ok := p.TCP(); ok && f.key.Proto == layers.IPProtoTCP {
		if tcp.Flags().Has(layers.TCPSyn) {
			f.client, f.sure = side, true
			if tcp.Flags().Has(layers.TCPAck) {
				f.client = 1 - side
			}
		}
	} else if m, ok := p.DNS(); ok {
		f.client, f.sure = side, true
		if m.Response() {
			f.client = 1 - side
		}
	} else if answers(p) {
		f.client, f.sure = 1-side, true
	}
}

// answers reports whether a packet is an ICMP message that answers the other
// side: an echo reply, or an error.
func answers(p *layers.Packet) bool {
	if m, ok := p.ICMPv4(); ok {
		quotes := len(m.Quoted()) > 0
		return quotes || m.Type() == layers.ICMPv4EchoReply
	}
	if m, ok := p.ICMPv6(); ok {
		quotes := len(m.Quoted()) > 0
		return quotes || m.Type() == layers.ICMPv6EchoReply
	}
	return false
}

// firstSide returns the side that is taken for the client before anything is
// known: who sent the first packet, unless that came from the port of a service,
// and went to none.
func firstSide(side int, f layers.Flow) int {
	if isService(f.Src.Port()) && !isService(f.Dst.Port()) {
		return 1 - side
	}
	return side
}

// isService reports whether a port is one that services listen on: a system
// port (RFC 6335 section 6), or one of the registered ports that are in
// common use.
func isService(port uint16) bool {
	if port < 1024 {
		return port != 0 && port != dhcpClient && port != dhcpv6Client
	}
	_, found := slices.BinarySearch(servicePorts, port)
	return found
}

// The system ports that clients have.
const (
	dhcpClient   = 68  // RFC 2131 section 4.1
	dhcpv6Client = 546 // RFC 8415 section 7.2
)

var servicePorts = []uint16{
	1080, 1194, 1433, 1434, 1521, 1701, 1723, 1812, 1813, 1883, 1900, 2049, 2055, 2123, 2152, 2222, 2375, 2376, 2404,
	2811, 3128, 3268, 3269, 3306, 3389, 3478, 3544, 3702, 4369, 4500, 4739, 4789, 5000, 5060, 5061, 5222, 5269, 5353,
	5355, 5432, 5671, 5672, 5900, 5985, 5986, 6081, 6343, 6379, 6443, 6514, 6667, 6697, 8000, 8008, 8080, 8081, 8088,
	8443, 8883, 8888, 9000, 9042, 9092, 9200, 9300, 9418, 11211, 20000, 27017, 33434, 44818, 47808, 51820,
}
