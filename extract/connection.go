package extract

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// Traffic counts the packets and bytes of one direction.
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

// Ended counts how connections ended.
type Ended struct {
	Closed     int64 `json:"closed,omitempty"`     // TCP: with a FIN from both sides
	Reset      int64 `json:"reset,omitempty"`      // TCP: with a RST
	Refused    int64 `json:"refused,omitempty"`    // TCP: the SYN was answered with a RST
	Unanswered int64 `json:"unanswered,omitempty"` // only one side sent packets
	Open       int64 `json:"open,omitempty"`       // no end was observed

	// Opened counts the TCP connections whose opening (SYN) is in the capture.
	Opened int64 `json:"opened,omitempty"`

	// Bare counts the TCP connections of which the capture has neither the opening nor
	// data: the tail of a connection from before it.
	Bare int64 `json:"bare,omitempty"`
}

func (e *Ended) add(o Ended) {
	e.Closed += o.Closed
	e.Reset += o.Reset
	e.Refused += o.Refused
	e.Unanswered += o.Unanswered
	e.Open += o.Open
	e.Opened += o.Opened
	e.Bare += o.Bare
}

// An Exchange sums up the traffic between the client and the server of connections.
type Exchange struct {
	Sent     Traffic        `json:"sent"`             // by the client
	Received Traffic        `json:"received"`         // by the client
	Protos   []stream.Proto `json:"protos,omitempty"` // the protocols recognised, in ascending order
	Ended    Ended          `json:"ended"`

	// Answered counts the connections in which the server sent data: payload of TCP or
	// UDP, or a packet of another protocol.
	Answered int64 `json:"answered,omitempty"`
}

func (x *Exchange) add(o *Exchange) {
	x.Sent.add(o.Sent)
	x.Received.add(o.Received)
	for _, p := range o.Protos {
		x.Protos = withProto(x.Protos, p)
	}
	x.Ended.add(o.Ended)
	x.Answered += o.Answered
}

// withProto returns the sorted list with p inserted, unless list has it already.
func withProto(list []stream.Proto, p stream.Proto) []stream.Proto {
	i, found := slices.BinarySearch(list, p)
	if found {
		return list
	}
	return slices.Insert(slices.Clip(list), i, p)
}

// A Connection sums up all connections of one client to one port of one server with
// one protocol. Count is their number; the evidence of each is its first and last
// packet.
type Connection struct {
	Fact
	Client netip.Addr     `json:"client"`
	Server netip.AddrPort `json:"server"` // port 0 where the protocol has none
	Proto  layers.IPProto `json:"proto"`
	Exchange
}

func (c *Connection) appendKey(dst []byte) []byte {
	return append(appendAddrPort(appendAddr(dst, c.Client), c.Server), byte(c.Proto))
}

func (c *Connection) merge(o *Connection) {
	c.Fact.merge(&o.Fact)
	c.Exchange.add(&o.Exchange)
}

var connections = handleOf[Connection]()

// Connections returns the connections, one row for all of one client to one port of
// one server, in order of the clients' addresses.
func (r *Report) Connections() iter.Seq[*Connection] { return connections.all(r) }

// connection records a connection from dir.Src, the client, to dir.Dst.
func (w *worker) connection(dir layers.Flow, e Evidence, x *Exchange) {
	row := Connection{Client: dir.Src.Addr(), Server: dir.Dst, Proto: dir.Proto}
	if c := connections.observe(w, row, e); c != nil {
		c.Exchange.add(x)
		c.Evidence.carry(e, dir)
	}
}
