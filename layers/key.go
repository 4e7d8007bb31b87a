package layers

import (
	"errors"

	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A Key selects a layer by a number, such as an EtherType or a port. The zero
// Key selects payload.
type Key struct {
	table tables
	n     uint32
}

// tables is a set of key tables.
type tables uint8

const (
	tableLinkType tables = 1 << iota
	tableEtherType
	tableIPProto
	tableUDPPort
	tableTCPPort
	tableKind
)

// ByLinkType returns the key of packets of link type t.
func ByLinkType(t pcap.LinkType) Key { return Key{tableLinkType, uint32(t)} }

// ByEtherType returns the key of payloads of EtherType t, in Ethernet frames,
// VLAN tags, SNAP, Linux cooked capture, Cisco HDLC, GRE and GENEVE headers.
func ByEtherType(t EtherType) Key { return Key{tableEtherType, uint32(t)} }

// ByIPProto returns the key of payloads of IPv4, IPv6 and IPv6 extension
// headers with protocol n.
func ByIPProto(n IPProto) Key { return Key{tableIPProto, uint32(n)} }

// ByUDPPort returns the key of UDP datagrams to or from port n. If both ports
// are bound, the lower one is used.
func ByUDPPort(n uint16) Key { return Key{tableUDPPort, uint32(n)} }

// ByTCPPort returns the key of TCP segments to or from port n. If both ports
// are bound, the lower one is used. A segment's payload is decoded alone; use
// package stream for messages that span segments.
func ByTCPPort(n uint16) Key { return Key{tableTCPPort, uint32(n)} }

// ByKind returns the key of layers of kind k. As the Next of a Step it selects
// k; in Bind it replaces k.
func ByKind(k Kind) Key { return Key{tableKind, uint32(k)} }

// A Protocol adds a layer to a Decoder.
type Protocol struct {
	Kind Kind   // at least KindUser
	Name string // used in text
	// Parse decodes the header at the start of b. If its error is a wire.Reason
	// or a *wire.Error, the Packet reports that Reason; any other error counts
	// as Malformed. Parse must not write to b. It is called concurrently if the
	// Decoder is used concurrently.
	Parse func(b []byte) (Step, error)
}

// A Step is the result of a Protocol's Parse.
type Step struct {
	HeaderLen int // in bytes
	Len       int // bytes of header and payload, more than available if the capture lacks some; 0 means all
	Next      Key // of the payload
}

// ErrKind is returned by Register if the Protocol's Kind is below KindUser or
// already registered, or its Parse is nil, and by Bind if the Decoder does not
// know the Kind.
var ErrKind = errors.New("layers: kind out of range, taken or unknown")

// Register adds a protocol and binds it to keys. The error is ErrKind.
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

// Bind makes keys select k, a layer of this package or a registered one,
// instead of their default. Binding KindPayload stops decoding there. The error
// is ErrKind.
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

// lookup returns the layer that key selects: its binding or else k, replaced by
// the binding of that kind, if any.
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

// follow returns the kind after the header of kind in b. Without bindings it is
// next.
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

// portKey returns the key of the lower of two ports if bound, else of the
// other.
func (d *Decoder) portKey(table tables, src, dst uint16) Key {
	key := Key{table, uint32(min(src, dst))}
	if _, ok := d.find(key); !ok {
		key.n = uint32(max(src, dst))
	}
	return key
}

// etherTypeOf returns the EtherType in a header of kind. It reports false if
// kind has none.
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

// reasonOf returns the Reason in the error of a registered protocol, or
// Malformed, and the number of bytes needed.
func reasonOf(err error) (need int, r wire.Reason) {
	switch e := err.(type) {
	case wire.Reason:
		return 0, max(e, wire.Short)
	case *wire.Error:
		return e.Need, max(e.Reason, wire.Short)
	}
	return 0, wire.Malformed
}

// stepUser decodes a header with a registered protocol and checks the lengths
// it returns.
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

// kind returns the layer that k selects without bindings.
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
