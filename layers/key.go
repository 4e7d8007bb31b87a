package layers

import (
	"errors"

	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A Key is what leads to a layer: a number of one of the tables that say what
// comes next. The zero Key leads to payload.
type Key struct {
	table tables
	n     uint32
}

// tables is a set of tables of keys.
type tables uint8

const (
	tableLinkType tables = 1 << iota
	tableEtherType
	tableIPProto
	tableUDPPort
	tableTCPPort
	tableKind
)

// ByLinkType is the first layer of packets of link type t.
func ByLinkType(t pcap.LinkType) Key { return Key{tableLinkType, uint32(t)} }

// ByEtherType is what an Ethernet frame of type t carries, or a VLAN tag, SNAP,
// Linux cooked capture, Cisco HDLC, GRE or GENEVE header.
func ByEtherType(t EtherType) Key { return Key{tableEtherType, uint32(t)} }

// ByIPProto is what IPv4, IPv6 or an IPv6 extension header carries as n.
func ByIPProto(n IPProto) Key { return Key{tableIPProto, uint32(n)} }

// ByUDPPort is the payload of UDP datagrams to or from port n. If both ports
// lead somewhere, the lower decides.
func ByUDPPort(n uint16) Key { return Key{tableUDPPort, uint32(n)} }

// ByTCPPort is the payload of TCP segments to or from port n. If both ports
// lead somewhere, the lower decides. Messages over TCP span segments: this is for
// what fits into one. Package stream puts messages together.
func ByTCPPort(n uint16) Key { return Key{tableTCPPort, uint32(n)} }

// ByKind is what would be decoded as k. As the Next of a Step it is a layer of
// kind k.
func ByKind(k Kind) Key { return Key{tableKind, uint32(k)} }

// A Protocol teaches a Decoder a layer.
type Protocol struct {
	Kind Kind   // KindUser or above
	Name string // for text
	// Parse decodes the header that b begins with. An error that is a Reason
	// becomes the Packet's; any other counts as Malformed. Parse must not
	// write to b, and is called concurrently if the Decoder is.
	Parse func(b []byte) (Step, error)
}

// A Step is what a Protocol's Parse found.
type Step struct {
	HeaderLen int // in bytes
	Len       int // bytes of header and payload, more than there are if the capture lacks some; 0: all
	Next      Key // of the payload
}

// ErrKind: a Protocol's Kind is below KindUser or taken, or its Parse is nil;
// or a Kind to be bound is none that the Decoder knows.
var ErrKind = errors.New("layers: kind out of range, taken or unknown")

// Register adds a protocol; keys say where it appears. The error is ErrKind.
func (d *Decoder) Register(p Protocol, keys ...Key) error {
	if _, taken := d.protocols[p.Kind]; taken || p.Kind < KindUser || p.Parse == nil {
		return ErrKind
	}
	if d.protocols == nil {
		d.protocols = map[Kind]Protocol{}
	}
	d.protocols[p.Kind] = p
	return d.Bind(p.Kind, keys...)
}

// Bind makes keys lead to k, a layer of this package or a registered one, in
// place of what they lead to otherwise. KindPayload stops decoding there. The
// error is ErrKind.
func (d *Decoder) Bind(k Kind, keys ...Key) error {
	if !d.knows(k) {
		return ErrKind
	}
	if d.bound == nil {
		d.bound = map[Key]Kind{}
	}
	for _, key := range keys {
		d.bound[key] = k
		d.tables |= key.table
	}
	return nil
}

// knows reports whether d can decode layers of kind k.
func (d *Decoder) knows(k Kind) bool {
	_, ok := d.protocols[k]
	return ok || k < kindCount
}

// lookup returns the layer that key leads to: what it is bound to, else k,
// unless that is bound in turn.
func (d *Decoder) lookup(key Key, k Kind) Kind {
	if bound, ok := d.find(key); ok {
		k = bound
	}
	if bound, ok := d.find(ByKind(k)); ok {
		k = bound
	}
	return k
}

func (d *Decoder) find(key Key) (k Kind, ok bool) {
	if d.tables&key.table != 0 {
		k, ok = d.bound[key]
	}
	return k, ok
}

// follow returns what comes after the header of kind in b, next being the
// choice of this package.
func (d *Decoder) follow(kind Kind, b []byte, next Kind) Kind {
	if kind >= KindUser {
		return next
	}
	var key Key
	switch kind {
	case KindIPv4:
		if h := (IPv4{b}); h.FragmentOffset() == 0 {
			key = ByIPProto(h.Protocol())
		}
	case KindIPv6:
		key = ByIPProto(IPv6{b}.NextHeader())
	case KindUDP:
		key = d.portKey(tableUDPPort, UDP{b}.SrcPort(), UDP{b}.DstPort())
	case KindTCP:
		key = d.portKey(tableTCPPort, TCP{b}.SrcPort(), TCP{b}.DstPort())
	default:
		if t, ok := etherTypeOf(kind, b); ok {
			key = ByEtherType(t)
		} else if kind.isIPv6Ext() && (kind != KindIPv6Fragment || IPv6Fragment{b}.FragmentOffset() == 0) {
			key = ByIPProto(IPProto(b[0])) // every extension header begins with it
		}
	}
	return d.lookup(key, next)
}

// portKey returns the key of the lower of two ports if that is bound, else of
// the other.
func (d *Decoder) portKey(table tables, src, dst uint16) Key {
	key := Key{table, uint32(min(src, dst))}
	if _, ok := d.find(key); !ok {
		key.n = uint32(max(src, dst))
	}
	return key
}

// etherTypeOf returns the EtherType in a header of kind, false when it has none.
func etherTypeOf(kind Kind, b []byte) (t EtherType, ok bool) {
	switch kind {
	case KindEthernet:
		return Ethernet{b}.EtherType(), true
	case KindVLAN:
		return VLAN{b}.EtherType(), true
	case KindLinuxSLL:
		return LinuxSLL{b}.EtherType(), true
	case KindLinuxSLL2:
		return LinuxSLL2{b}.EtherType(), true
	case KindCHDLC:
		return CHDLC{b}.EtherType(), true
	case KindGRE:
		return GRE{b}.EtherType(), true
	case KindGENEVE:
		return GENEVE{b}.EtherType(), true
	case KindLLC:
		h := LLC{b}
		return h.EtherType(), h.IsSNAP() && h.OUI() == ouiEthernet
	}
	return 0, false
}

// reasonOf returns the Reason of an error of a caller's protocol, Malformed if it
// has none, and how many bytes it needs.
func reasonOf(err error) (need int, r wire.Reason) {
	switch e := err.(type) {
	case wire.Reason:
		return 0, max(e, wire.Short)
	case *wire.Error:
		return e.Need, max(e.Reason, wire.Short)
	}
	return 0, wire.Malformed
}

// stepUser decodes a header by a caller's protocol, and holds it to its bounds.
func (d *Decoder) stepUser(kind Kind, b []byte) (hdr, size int, next Kind, r wire.Reason) {
	s, err := d.protocols[kind].Parse(b)
	if err != nil {
		need, r := reasonOf(err)
		return need, 0, 0, r
	}
	if s.Len == 0 {
		s.Len = len(b)
	}
	if s.HeaderLen < 0 || s.HeaderLen > min(len(b), s.Len, maxHeaderLen) {
		return 0, 0, 0, wire.Malformed
	}
	next = d.lookup(s.Next, s.Next.kind())
	if !d.knows(next) {
		next = KindPayload
	}
	return s.HeaderLen, s.Len, next, 0
}

// kind returns the layer that k leads to in a Decoder without bindings.
func (k Key) kind() Kind {
	switch k.table {
	case tableLinkType:
		return linkKind(pcap.LinkType(k.n))
	case tableEtherType:
		return EtherType(k.n).kind()
	case tableIPProto:
		return IPProto(k.n).kind()
	case tableUDPPort:
		return udpPortKind(uint16(k.n))
	case tableKind:
		return Kind(k.n)
	}
	return KindPayload
}
