package extract

import (
	"encoding/binary"
	"iter"
	"net/netip"
	"slices"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A Host is an address that sent or was sent packets. Count is how many.
type Host struct {
	Fact
	Addr     netip.Addr `json:"addr"`
	Sent     Traffic    `json:"sent"`
	Received Traffic    `json:"received"`

	// Server and Client count the connections in which it was on that side.
	Server int64 `json:"server,omitempty"`
	Client int64 `json:"client,omitempty"`
}

// Contacted reports whether the address was on the server's side of a
// connection, or on no side that is known.
func (h *Host) Contacted() bool { return h.Server > 0 || h.Client == 0 }

func (h *Host) appendKey(dst []byte) []byte { return appendAddr(dst, h.Addr) }

func (h *Host) merge(o *Host) {
	h.Fact.merge(&o.Fact)
	h.Sent.add(o.Sent)
	h.Received.add(o.Received)
	h.Server += o.Server
	h.Client += o.Client
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

// A Flow is a single connection, by its five-tuple. Count is more than 1 when
// the same ports were used again.
type Flow struct {
	Fact
	Client      netip.AddrPort `json:"client"`
	Server      netip.AddrPort `json:"server"`
	Proto       layers.IPProto `json:"proto"`
	CommunityID string         `json:"community_id,omitempty"` // version 1, seed 0
	Exchange
}

func (f *Flow) appendKey(dst []byte) []byte {
	return append(appendAddrPort(appendAddrPort(dst, f.Client), f.Server), byte(f.Proto))
}

func (f *Flow) merge(o *Flow) {
	f.Fact.merge(&o.Fact)
	f.Exchange.add(&o.Exchange)
	f.nameID(o.CommunityID)
}

// nameID takes another Community ID, of which ICMP may have several.
func (f *Flow) nameID(id string) {
	if f.CommunityID == "" || id != "" && id < f.CommunityID {
		f.CommunityID = id
	}
}

// identify sets the Community ID, as far as it follows from the addresses and
// ports alone.
func (f *Flow) identify() {
	if f.CommunityID == "" {
		f.CommunityID = f.flow().CommunityID(0)
	}
}

// ConnEvidence returns the evidence with its Conn set. Evidence leaves Conn nil,
// as it follows from the addresses and ports of the Flow.
func (f *Flow) ConnEvidence() Trail { return f.Evidence.of(f.flow()) }

func (f *Flow) flow() layers.Flow { return layers.Flow{Src: f.Client, Dst: f.Server, Proto: f.Proto} }

func appendAddr(dst []byte, a netip.Addr) []byte {
	b := a.As16()
	dst = append(dst, byte(a.BitLen())) // IPv4 comes first, and is not its mapped form
	return append(dst, b[:]...)
}

func appendAddrPort(dst []byte, a netip.AddrPort) []byte {
	return binary.BigEndian.AppendUint16(appendAddr(dst, a.Addr()), a.Port())
}

// traffic counts a packet for its addresses, and for its connection.
func (l *lane) traffic(s *shard, p *layers.Packet, rec *pcap.Record) {
	dir, ok := p.Flow()
	if !ok {
		l.arp(p)
		return
	}
	f := l.flow(s, p, dir, rec)
	side := f.side(dir)
	f.sent[side].count(rec.WireLen)
	if tunnelled(p) {
		l.addresses(p, rec.WireLen, false)
		return
	}
	l.sampled(p)
	l.saw(f.hosts[side], rec.WireLen, true)
	l.saw(f.hosts[1-side], rec.WireLen, false)
	if !f.linked[side] {
		f.linked[side] = true
		l.linkOf(p)
	}
}

// datagramTraffic does the same for a datagram that was put together: the
// outermost addresses, and the bytes, were counted with its fragments.
func (l *lane) datagramTraffic(s *shard, p *layers.Packet, rec *pcap.Record) {
	if dir, ok := p.Flow(); ok {
		f := l.flow(s, p, dir, rec)
		f.sent[f.side(dir)].count(len(p.Bytes()))
		l.addresses(p, len(p.Bytes()), true)
	}
}

// tunnelled reports whether there is an IP layer in another.
func tunnelled(p *layers.Packet) bool {
	for range outerFlows(p) {
		return true
	}
	return false
}

// outerFlows returns the flows of the IP layers that carry others, outermost
// first: those of tunnels.
func outerFlows(p *layers.Packet) iter.Seq[layers.Flow] {
	return func(yield func(layers.Flow) bool) {
		var f layers.Flow
		for layer := range p.Layers() {
			isIP := layer.Kind == layers.KindIPv4 || layer.Kind == layers.KindIPv6
			if isIP && f.Src.IsValid() && !yield(f) {
				return
			}
			switch layer.Kind {
			case layers.KindIPv4:
				ip, _ := layers.ParseIPv4(layer.Bytes)
				f = layers.Flow{Src: netip.AddrPortFrom(ip.Src(), 0), Dst: netip.AddrPortFrom(ip.Dst(), 0), Proto: ip.Protocol()}
			case layers.KindIPv6:
				ip, _ := layers.ParseIPv6(layer.Bytes)
				f = layers.Flow{Src: netip.AddrPortFrom(ip.Src(), 0), Dst: netip.AddrPortFrom(ip.Dst(), 0), Proto: ip.NextHeader()}
			case layers.KindUDP:
				udp, _ := layers.ParseUDP(layer.Bytes)
				f.Src = netip.AddrPortFrom(f.Src.Addr(), udp.SrcPort())
				f.Dst = netip.AddrPortFrom(f.Dst.Addr(), udp.DstPort())
				f.Proto = layers.IPProtoUDP
			}
		}
	}
}

// tunnel counts a packet that a tunnel carries for the connection that the
// tunnel itself is.
func (l *lane) tunnel(s *shard, dir layers.Flow, rec *pcap.Record, ref stream.Ref) {
	l.ref = ref
	f := l.track(s, dir, rec)
	f.sent[f.side(dir)].count(rec.WireLen)
}

// flow returns the connection of a packet that goes in direction dir.
func (l *lane) flow(s *shard, p *layers.Packet, dir layers.Flow, rec *pcap.Record) *flow {
	tcp, isTCP := p.TCP()
	isTCP = isTCP && dir.Proto == layers.IPProtoTCP
	if isTCP {
		if f := s.flows.find(dir); f != nil && f.reopened(f.side(dir), tcp) {
			l.close(s, f)
		}
	}
	f := l.track(s, dir, rec)
	side := f.side(dir)
	f.judge(side, p)
	if isTCP {
		f.flags[side] |= tcp.Flags()
		if tcp.Flags().Has(layers.TCPSyn) {
			f.syn[side] = tcp.Seq()
		}
	}
	if f.community == "" && (dir.Proto == layers.IPProtoICMPv4 || dir.Proto == layers.IPProtoICMPv6) {
		f.community = p.CommunityID(0)
	}
	return f
}

// track returns the connection of something that goes in direction dir, a new
// one when there is none, or when that was silent for too long.
func (l *lane) track(s *shard, dir layers.Flow, rec *pcap.Record) *flow {
	t := &s.flows
	if usable(rec.Time) {
		t.tick(rec.Time)
		for f := t.oldest; f != nil && t.now.Sub(f.last.Time) > tcpIdle; f = t.oldest {
			l.close(s, f)
		}
	}
	f := t.find(dir)
	if f != nil && t.now.Sub(f.last.Time) > f.idle() {
		l.close(s, f)
		f = nil
	}
	if f == nil {
		f = l.open(s, dir)
	}
	t.touch(f)
	f.last = l.ref
	return f
}

// reopened reports whether a packet begins another connection with the same
// ports: a SYN with another sequence number, after an end.
func (f *flow) reopened(side int, tcp layers.TCP) bool {
	if !tcp.Flags().Has(layers.TCPSyn) || tcp.Flags().Has(layers.TCPAck) || f.syn[side] == tcp.Seq() {
		return false
	}
	return f.ended().Open+f.ended().Unanswered == 0
}

var broadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255}) // RFC 919 section 7

func (l *lane) open(s *shard, dir layers.Flow) *flow {
	t := &s.flows
	if len(t.flows) >= t.max {
		l.report.Unseen.Parted++
		l.close(s, t.oldest)
	}
	f := t.fresh()
	f.key, f.first, f.last = dir.Canonical(), l.ref, l.ref
	f.hosts = [2]*Host{l.host(f.key.Src.Addr()), l.host(f.key.Dst.Addr())}
	f.client = firstSide(f.side(dir), dir)
	if to := dir.Dst.Addr(); to.IsMulticast() || to == broadcast { // what is sent to all answers nobody
		f.client, f.sure = f.side(dir), true
	}
	t.add(f)
	return f
}

// ended tells how the connection ended.
func (f *flow) ended() Ended {
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

// close ends a connection and adds it to the report.
func (l *lane) close(s *shard, f *flow) {
	s.flows.remove(f)
	defer s.flows.reuse(f)
	client, server := f.key.Src, f.key.Dst
	if f.client == 1 {
		client, server = server, client
	}
	if h := f.hosts[f.client]; h != nil {
		h.Client++
	}
	if h := f.hosts[1-f.client]; h != nil {
		h.Server++
	}
	if !l.want.connections {
		return
	}
	e := Evidence{First: f.first, Last: f.last}
	x := Exchange{Sent: f.sent[f.client], Received: f.sent[1-f.client], Protos: f.protos, Ended: f.ended()}
	if c := l.report.connections.observe(Connection{Client: client.Addr(), Server: server, Proto: f.key.Proto}, e, l.maxValues()); c != nil {
		c.Exchange.add(&x)
		c.Evidence.carry(e, layers.Flow{Src: client, Dst: server, Proto: f.key.Proto})
	}
	one := Flow{Client: client, Server: server, Proto: f.key.Proto}
	if o := l.report.flows.observe(one, e, l.maxConns()); o != nil {
		o.Exchange.add(&x)
		o.nameID(f.community)
	}
}

// addresses counts a packet for the addresses of all its IP layers, those of
// tunnels included. Inner leaves out the outermost, which were counted with the
// fragments of a datagram.
func (l *lane) addresses(p *layers.Packet, size int, inner bool) {
	for layer := range p.Layers() {
		var src, dst netip.Addr
		switch layer.Kind {
		case layers.KindIPv4:
			ip, _ := layers.ParseIPv4(layer.Bytes)
			src, dst = ip.Src(), ip.Dst()
		case layers.KindIPv6:
			ip, _ := layers.ParseIPv6(layer.Bytes)
			src, dst = ip.Src(), ip.Dst()
		default:
			continue
		}
		if !inner {
			l.saw(l.host(src), size, true)
			l.saw(l.host(dst), size, false)
		}
		inner = false
	}
}

// sampled counts the packets that a datagram of sFlow holds samples of for their
// addresses: they crossed a wire, though not this one.
func (l *lane) sampled(p *layers.Packet) {
	layer, ok := p.Layer(layers.KindSFlow)
	if !ok {
		return
	}
	s, err := layers.ParseSFlow(layer.Bytes)
	if err != nil {
		return
	}
	var inner layers.Packet
	for sample := range s.Packets() {
		if sample.Known {
			new(layers.Decoder).DecodeBytes(&inner, sample.LinkType, sample.Data)
			l.addresses(&inner, sample.WireLen, false)
		}
	}
}

// host returns the row of an address, nil when there is no room for it.
func (l *lane) host(a netip.Addr) *Host {
	return l.report.hosts.row(Host{Addr: a}, l.maxValues())
}

// saw counts a packet that a host sent or was sent. h is nil, or dropped, when
// there was no room for it.
func (l *lane) saw(h *Host, size int, sent bool) {
	if h == nil || h.dropped {
		l.report.hosts.leftOut++
		return
	}
	e := l.byPacket()
	h.add(&e)
	if sent {
		h.Sent.count(size)
	} else {
		h.Received.count(size)
	}
}
