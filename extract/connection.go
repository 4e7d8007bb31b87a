package extract

import (
	"iter"
	"net/netip"
	"slices"

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

// Ended counts how connections ended.
type Ended struct {
	Closed     int64 `json:"closed,omitempty"`     // TCP: by both sides, in order
	Reset      int64 `json:"reset,omitempty"`      // TCP: by a RST
	Refused    int64 `json:"refused,omitempty"`    // TCP: a RST was the answer
	Unanswered int64 `json:"unanswered,omitempty"` // nothing came back
	Open       int64 `json:"open,omitempty"`       // no end was seen
}

func (e *Ended) add(o Ended) {
	e.Closed += o.Closed
	e.Reset += o.Reset
	e.Refused += o.Refused
	e.Unanswered += o.Unanswered
	e.Open += o.Open
}

// An Exchange is what went between the two sides of connections.
type Exchange struct {
	Sent     Traffic        `json:"sent"`             // by the client
	Received Traffic        `json:"received"`         // by the client
	Protos   []stream.Proto `json:"protos,omitempty"` // what they were recognised as
	Ended    Ended          `json:"ended"`
}

func (x *Exchange) add(o *Exchange) {
	x.Sent.add(o.Sent)
	x.Received.add(o.Received)
	for _, p := range o.Protos {
		x.Protos = withProto(x.Protos, p)
	}
	x.Ended.add(o.Ended)
}

// withProto returns a list, which is sorted, with p in it.
func withProto(list []stream.Proto, p stream.Proto) []stream.Proto {
	i, found := slices.BinarySearch(list, p)
	if found {
		return list
	}
	return slices.Insert(slices.Clip(list), i, p)
}

// A Connection is all connections of one client to one port of one server, with
// one protocol. Count is how many; the evidence of each is its first and last
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

// Connections returns who spoke to whom: all connections of one client to one
// port of one server together.
func (r *Report) Connections() iter.Seq[*Connection] { return connections.all(r) }

// connection notes a connection from dir.Src, the client, to dir.Dst.
func (w *worker) connection(dir layers.Flow, e Evidence, x *Exchange) {
	row := Connection{Client: dir.Src.Addr(), Server: dir.Dst, Proto: dir.Proto}
	if c := connections.observe(w, row, e); c != nil {
		c.Exchange.add(x)
		c.Evidence.carry(e, dir)
	}
}
