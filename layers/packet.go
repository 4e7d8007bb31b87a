package layers

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers/wire"
)

// MaxLayers is the most layers that a Packet holds. Decoding a packet that has
// more stops there with the Reason TooDeep.
const MaxLayers = 32

// A Packet is the result of decoding: the layers of one packet, outermost
// first. Reuse it: Decode overwrites it. What a Packet returns aliases the
// packet's bytes and lives exactly as long as they do. The zero value is a
// packet without layers.
type Packet struct {
	data      []byte
	spans     [MaxLayers]span
	last      [kindCount]uint8 // for each kind, index + 1 of its innermost span, 0: none
	n         int              // spans in use
	off, end  int              // what follows the last layer, in data
	cut       bool             // the capture holds less than was on the wire
	quote     bool             // nobody says whether it does
	truncated bool
	stop      stop
	protocols map[Kind]Protocol // the Decoder's, if a layer is of one
}

// lacking notes that a length field promises more than there is. That of a
// first fragment's headers does: they describe the whole datagram.
func (p *Packet) lacking() { p.truncated = p.truncated || !p.IsFragment() }

const maxHeaderLen = 1<<16 - 1 // what a span holds

// A span is one layer's place in the packet.
type span struct {
	off, end uint32 // header and payload
	hdr      uint16
	kind     Kind
}

// set fills a span field by field: a copy of the whole is slow to read again.
func (s *span) set(kind Kind, off, hdr, end int) {
	s.off, s.end, s.hdr, s.kind = uint32(off), uint32(end), uint16(hdr), kind
}

// Err returns nil, or a *wire.Error that says what stopped decoding. The layers
// before it are good.
func (p *Packet) Err() error {
	if p.stop.reason == 0 {
		return nil
	}
	e := &wire.Error{Layer: p.name(p.stop.kind), Reason: p.stop.reason, Offset: p.off, Have: p.end - p.off}
	if p.stop.need > e.Have {
		e.Need = p.stop.need
	}
	if e.Reason == wire.Short {
		e.By = p.limitedBy(p.end)
	}
	return e
}

// Stopped returns the layer that could not be decoded: ok is false if Err returns
// nil.
func (p *Packet) Stopped() (k Kind, ok bool) { return p.stop.kind, p.stop.reason != 0 }

// A stop is what stopped decoding, at the end of the last layer.
type stop struct {
	kind   Kind
	reason wire.Reason // 0: nothing did
	need   int         // bytes of header, 0: not known
}

// limitedBy returns the name of the outermost layer that ends at end, if its
// length field is why there are no more bytes.
func (p *Packet) limitedBy(end int) string {
	if end < len(p.data) {
		for _, s := range p.spans[:p.n] {
			if int(s.end) == end {
				return p.name(s.kind)
			}
		}
	}
	return ""
}

// fail returns the error of a Parse function: b is not what kind says, as it has
// not the bytes needed or for another reason.
func fail(kind Kind, r wire.Reason, b []byte, need int) error {
	return wire.Fail(kind.String(), r, len(b), need)
}

// Truncated reports whether a length field promises more bytes than were
// captured. The layer that says so is decoded all the same. (Whether the
// capture is shorter than the wire is pcap.Record's Truncated.)
func (p *Packet) Truncated() bool { return p.truncated }

// IsFragment reports whether an IP layer of the packet is a fragment of a larger
// datagram: the layers behind it are those of the first fragment, cut where
// the fragment ends, or there are none.
func (p *Packet) IsFragment() bool {
	for _, s := range p.spans[:p.n] {
		switch s.kind {
		case KindIPv4:
			if (IPv4{p.data[s.off:]}).IsFragment() {
				return true
			}
		case KindIPv6Fragment:
			if (IPv6Fragment{p.data[s.off:]}).IsFragment() {
				return true
			}
		}
	}
	return false
}

// Bytes returns the whole packet as it was captured.
func (p *Packet) Bytes() []byte { return p.data }

// Payload returns the bytes after the last layer, without what lies behind the
// length that the layers state.
func (p *Packet) Payload() []byte { return p.data[p.off:p.end:p.end] }

// A Layer is one layer of a Packet. Bytes aliases the packet.
type Layer struct {
	Kind      Kind
	Offset    int    // of the header in the packet, in bytes
	HeaderLen int    // length of the header, in bytes
	Bytes     []byte // header and payload
}

// Header returns the layer's header.
func (l Layer) Header() []byte { return l.Bytes[:l.HeaderLen:l.HeaderLen] }

// Payload returns what the layer carries.
func (l Layer) Payload() []byte { return l.Bytes[l.HeaderLen:] }

// Layers returns the layers, outermost first.
func (p *Packet) Layers() iter.Seq[Layer] {
	return func(yield func(Layer) bool) {
		for i := range p.n {
			if !yield(p.layer(i)) {
				return
			}
		}
	}
}

// Layer returns the innermost layer of kind k.
func (p *Packet) Layer(k Kind) (Layer, bool) {
	if i := p.find(k); i >= 0 {
		return p.layer(i), true
	}
	return Layer{}, false
}

func (p *Packet) layer(i int) Layer {
	s := p.spans[i]
	return Layer{s.kind, int(s.off), int(s.hdr), p.data[s.off:s.end:s.end]}
}

// find returns the index of the innermost layer of kind k, -1 when there is none.
func (p *Packet) find(k Kind) int {
	if k < kindCount {
		return int(p.last[k]) - 1
	}
	for i := p.n - 1; i >= 0; i-- {
		if p.spans[i].kind == k {
			return i
		}
	}
	return -1
}

// bytes returns header and payload of the innermost layer of kind k, nil when
// there is none.
func (p *Packet) bytes(k Kind) []byte {
	i := p.last[k]
	if i == 0 {
		return nil
	}
	s := &p.spans[i-1]
	return p.data[s.off:s.end:s.end]
}

// Ethernet returns the innermost Ethernet layer.
func (p *Packet) Ethernet() (Ethernet, bool) {
	b := p.bytes(KindEthernet)
	return Ethernet{b}, b != nil
}

// VLAN returns the innermost VLAN tag.
func (p *Packet) VLAN() (VLAN, bool) {
	b := p.bytes(KindVLAN)
	return VLAN{b}, b != nil
}

// ARP returns the innermost ARP layer.
func (p *Packet) ARP() (ARP, bool) {
	b := p.bytes(KindARP)
	return ARP{b}, b != nil
}

// IPv4 returns the innermost IPv4 layer.
func (p *Packet) IPv4() (IPv4, bool) {
	b := p.bytes(KindIPv4)
	return IPv4{b}, b != nil
}

// IPv6 returns the innermost IPv6 layer.
func (p *Packet) IPv6() (IPv6, bool) {
	b := p.bytes(KindIPv6)
	return IPv6{b}, b != nil
}

// ICMPv4 returns the innermost ICMPv4 layer.
func (p *Packet) ICMPv4() (ICMPv4, bool) {
	b := p.bytes(KindICMPv4)
	return ICMPv4{b}, b != nil
}

// ICMPv6 returns the innermost ICMPv6 layer.
func (p *Packet) ICMPv6() (ICMPv6, bool) {
	b := p.bytes(KindICMPv6)
	return ICMPv6{b}, b != nil
}

// TCP returns the innermost TCP layer.
func (p *Packet) TCP() (TCP, bool) {
	b := p.bytes(KindTCP)
	return TCP{b}, b != nil
}

// UDP returns the innermost UDP layer.
func (p *Packet) UDP() (UDP, bool) {
	b := p.bytes(KindUDP)
	return UDP{b}, b != nil
}

// SCTP returns the innermost SCTP layer.
func (p *Packet) SCTP() (SCTP, bool) {
	b := p.bytes(KindSCTP)
	return SCTP{b}, b != nil
}

// MPLS returns the innermost label stack.
func (p *Packet) MPLS() (MPLS, bool) {
	b := p.bytes(KindMPLS)
	return MPLS{b}, b != nil
}

// GRE returns the innermost GRE layer.
func (p *Packet) GRE() (GRE, bool) {
	b := p.bytes(KindGRE)
	return GRE{b}, b != nil
}

// WLAN returns the innermost 802.11 frame.
func (p *Packet) WLAN() (WLAN, bool) {
	if b := p.bytes(KindWLANPadded); b != nil {
		return WLAN{b, wlanPad}, true
	}
	b := p.bytes(KindWLAN)
	return WLAN{b, 0}, b != nil
}

// network returns index + 1 of the innermost IP layer, 0 when there is none.
func (p *Packet) network() int { return int(max(p.last[KindIPv4], p.last[KindIPv6])) }

// transport returns index + 1 of the innermost layer that begins with ports, 0
// when there is none.
func (p *Packet) transport() int {
	return int(max(p.last[KindTCP], p.last[KindUDP], p.last[KindSCTP], p.last[KindUDPLite]))
}

// Addrs returns the addresses of the innermost IP layer.
func (p *Packet) Addrs() (src, dst netip.Addr, ok bool) {
	i := p.network()
	if i == 0 {
		return netip.Addr{}, netip.Addr{}, false
	}
	s := p.spans[i-1]
	b := p.data[s.off:s.end]
	if s.kind == KindIPv4 {
		return IPv4{b}.Src(), IPv4{b}.Dst(), true
	}
	return IPv6{b}.Src(), IPv6{b}.Dst(), true
}

// Flow returns the innermost IP layer's addresses, the protocol that it
// carries, and the ports when that is TCP, UDP, UDP-Lite or SCTP and the packet
// holds them. It reports false when the packet has no IP layer.
func (p *Packet) Flow() (Flow, bool) {
	src, dst, ok := p.Addrs()
	if !ok {
		return Flow{}, false
	}
	var sport, dport uint16
	if i := p.transport(); i > p.network() {
		s := p.spans[i-1]
		u := UDP{p.data[s.off:s.end]} // all of them begin with the two ports
		sport, dport = u.SrcPort(), u.DstPort()
	}
	return Flow{netip.AddrPortFrom(src, sport), netip.AddrPortFrom(dst, dport), p.ipProto()}, true
}

// ipProto returns the protocol that the innermost IP layer carries, behind its
// extension headers.
func (p *Packet) ipProto() IPProto {
	network := p.network()
	s := p.spans[network-1]
	if s.kind == KindIPv4 {
		return IPv4{p.data[s.off:s.end]}.Protocol()
	}
	next := IPv6{p.data[s.off:s.end]}.NextHeader()
	for _, s := range p.spans[network:p.n] {
		if !s.kind.isIPv6Ext() {
			break
		}
		next = IPProto(p.data[s.off]) // every extension header begins with it
	}
	return next
}
