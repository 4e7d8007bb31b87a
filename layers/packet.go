package layers

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers/wire"
)

// MaxLayers is the maximum number of layers in a Packet. Decoding a packet with
// more stops there with Reason TooDeep.
const MaxLayers = 32

// A Packet is a decoded packet: its layers, outermost first. Reuse it: Decode
// overwrites it. Everything a Packet returns aliases the packet's bytes, and is
// valid as long as they are. The zero value is a packet without layers.
type Packet struct {
	data      []byte
	spans     [MaxLayers]span
	last      [kindCount]uint8 // by kind, index + 1 of the innermost span, or 0
	n         int              // spans in use
	off, end  int              // of the payload after the last layer, in data
	cut       bool             // the capture has fewer bytes than the wire
	quote     bool             // data came without a record, so cut is unknown
	truncated bool
	stop      stop
	protocols map[Kind]Protocol // the Decoder's, if it decoded a layer with one
}

// lacking notes that a length field states more bytes than available. In the
// first fragment of a datagram that is normal: the field describes the whole
// datagram.
func (p *Packet) lacking() { p.truncated = p.truncated || !p.IsFragment() }

const maxHeaderLen = 1<<16 - 1 // limit of a span

// A span is one layer's place in the packet.
type span struct {
	off, end uint32 // header and payload
	hdr      uint16
	kind     Kind
}

// set fills a span field by field, because a copy of the whole is slow to read
// back.
func (s *span) set(kind Kind, off, hdr, end int) {
	s.off, s.end, s.hdr, s.kind = uint32(off), uint32(end), uint16(hdr), kind
}

// Err returns nil, or a *wire.Error that reports why decoding stopped. The
// layers before it are valid.
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

// Stopped returns the kind of the layer that could not be decoded. It reports
// false if Err returns nil.
func (p *Packet) Stopped() (k Kind, ok bool) { return p.stop.kind, p.stop.reason != 0 }

// A stop is the reason why decoding stopped after the last layer.
type stop struct {
	kind   Kind
	reason wire.Reason // 0: it did not stop
	need   int         // bytes of header, 0 if unknown
}

// limitedBy returns the name of the outermost layer whose length field ends at
// end, or "" if the packet itself ends there.
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

// fail returns the error of a Parse function.
func fail(kind Kind, r wire.Reason, b []byte, need int) error {
	return wire.Fail(kind.String(), r, len(b), need)
}

// Truncated reports whether a length field states more bytes than were
// captured. The layer with that field is decoded anyway. (See pcap.Record's
// Truncated for whether the capture has fewer bytes than the wire.)
func (p *Packet) Truncated() bool { return p.truncated }

// IsTunnelled reports whether an IP layer of the packet carries another.
func (p *Packet) IsTunnelled() bool {
	found := false
	for _, s := range p.spans[:p.n] {
		if s.kind == KindIPv4 || s.kind == KindIPv6 {
			if found {
				return true
			}
			found = true
		}
	}
	return false
}

// IsFragment reports whether an IP layer of the packet is a fragment of a
// larger datagram. Only a first fragment has layers after it, which end with
// the fragment.
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

// Bytes returns the whole packet as captured.
func (p *Packet) Bytes() []byte { return p.data }

// Payload returns the bytes after the last layer, up to the length that the
// layers state.
func (p *Packet) Payload() []byte { return p.data[p.off:p.end:p.end] }

// A Layer is a layer of a Packet. Bytes aliases the packet.
type Layer struct {
	Kind      Kind
	Offset    int    // of the header in the packet, in bytes
	HeaderLen int    // in bytes
	Bytes     []byte // header and payload
}

// Header returns the layer's header.
func (l Layer) Header() []byte { return l.Bytes[:l.HeaderLen:l.HeaderLen] }

// Payload returns the layer's payload.
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

// find returns the index of the innermost layer of kind k, or -1.
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

// bytes returns header and payload of the innermost layer of kind k, or nil.
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
		return WLAN{b, wlanPad, 0}, true
	}
	if b := p.bytes(KindWLANSwapped); b != nil {
		return WLAN{b, 0, wlanSwapped}, true
	}
	b := p.bytes(KindWLAN)
	return WLAN{b, 0, 0}, b != nil
}

// network returns index + 1 of the innermost IP layer, or 0.
func (p *Packet) network() int { return int(max(p.last[KindIPv4], p.last[KindIPv6])) }

// transport returns index + 1 of the innermost layer that begins with ports, or
// 0.
func (p *Packet) transport() int {
	return int(max(p.last[KindTCP], p.last[KindUDP], p.last[KindSCTP], p.last[KindUDPLite]))
}

// Addrs returns the addresses of the innermost IP layer. It reports false if
// there is none.
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

// Flow returns the innermost IP layer's addresses and protocol, and the ports
// if the protocol is TCP, UDP, UDP-Lite or SCTP and the packet has them. It
// reports false if the packet has no IP layer.
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

// ipProto returns the protocol of the innermost IP layer, after its extension
// headers.
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
