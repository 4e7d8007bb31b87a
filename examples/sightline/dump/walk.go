package dump

import (
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// layers adds the fields of all layers, including the complete ones of a layer that
// could not be decoded. wireEnd is the packet's length on the wire, or 0 for a
// quoted packet, whose length is not known.
func (f *fields) layers(p *layers.Packet, wireEnd int) {
	f.fragment, f.tag = false, 0
	_, switched := p.Layer(layers.KindFabricPath)
	for l := range p.Layers() {
		if switched && l.Offset == 0 {
			continue // its addresses are those of switches
		}
		f.object.put(fieldsOf(l.Kind), l.Header())
		wireEnd = f.end(l, wireEnd)
		f.special(l, wireEnd)
	}
	f.stopped(p, wireEnd)
	if l, ok := p.Layer(layers.KindWLAN); ok {
		f.subframes(l)
	}
}

// end returns where the layers inside l end on the wire.
func (f *fields) end(l layers.Layer, end int) int {
	size := 0
	switch l.Kind {
	case layers.KindIPv4:
		ip, _ := layers.ParseIPv4(l.Bytes)
		f.fragment, size = ip.IsFragment(), ip.TotalLen()
	case layers.KindIPv6:
		f.fragment = false
		if ip, _ := layers.ParseIPv6(l.Bytes); ip.PayloadLen() > 0 {
			size = l.HeaderLen + ip.PayloadLen()
		}
	case layers.KindIPv6Fragment:
		h, _ := layers.ParseIPv6Fragment(l.Bytes)
		f.fragment = h.IsFragment()
	case layers.KindPPPoE:
		h, _ := layers.ParsePPPoE(l.Bytes)
		size = l.HeaderLen + h.Len()
	}
	if size == 0 {
		return end
	}
	return min(end, l.Offset+size)
}

// gtp adds the tunnel endpoint of a GTP version 1 header. Other versions have other
// fields there, and GTP' has no tunnels (3GPP TS 32.295 section 6.1).
func (f *fields) gtp(b []byte) {
	const version, protocolType = 0xe0, 0x10
	if len(b) > 0 && b[0]&(version|protocolType) == 1<<5|protocolType {
		f.object.put(gtpFields, b)
	}
}

// special adds fields without a fixed position, and the packets inside a layer.
func (f *fields) special(l layers.Layer, wireEnd int) {
	o := &f.object
	switch l.Kind {
	case layers.KindEthernet:
		h, _ := layers.ParseEthernet(l.Bytes)
		f.announce(ethType, h.EtherType())
	case layers.KindVLAN:
		h, _ := layers.ParseVLAN(l.Bytes)
		if f.tag != layers.EtherTypeQinQ {
			f.announce(vlanType, h.EtherType())
		}
		f.tag = h.EtherType()
	case layers.KindGTP:
		f.gtp(l.Header())
	case layers.KindLinuxSLL:
		h, _ := layers.ParseLinuxSLL(l.Bytes)
		f.announce(sllEType, h.EtherType())
		f.sllAddr(h.Addr())
	case layers.KindLinuxSLL2:
		h, _ := layers.ParseLinuxSLL2(l.Bytes)
		f.announce(sllEType, h.EtherType())
		f.sllAddr(h.Addr())
	case layers.KindMPLS:
		h, _ := layers.ParseMPLS(l.Bytes)
		for e := range h.Labels() {
			o.number(mplsLabel, uint64(e.Label))
		}
	case layers.KindPPP:
		h, _ := layers.ParsePPP(l.Bytes)
		o.number(pppProtocol, uint64(h.Protocol()))
	case layers.KindARP:
		h, _ := layers.ParseARP(l.Bytes)
		f.arp(h)
	case layers.KindICMPv4:
		h, _ := layers.ParseICMPv4(l.Bytes)
		if id, seq, ok := h.Echo(); ok {
			o.number(icmpIdent, uint64(id))
			o.number(icmpSeq, uint64(seq))
		}
		f.inside(pcap.LinkTypeRaw, h.Quoted(), 0)
	case layers.KindICMPv6:
		h, _ := layers.ParseICMPv6(l.Bytes)
		f.inside(pcap.LinkTypeRaw, h.Quoted(), 0)
	case layers.KindTCP:
		h, _ := layers.ParseTCP(l.Bytes)
		f.tcpLen(h.HeaderLen(), l.Offset, wireEnd)
		f.tcp(h)
	case layers.KindSFlow:
		h, _ := layers.ParseSFlow(l.Bytes)
		for p := range h.Packets() {
			if p.Known {
				f.inside(p.LinkType, p.Data, p.WireLen)
			}
		}
	case layers.KindDNS:
		m, _ := dns.ParseMessage(l.Bytes)
		f.dns(m)
	}
}

// announce adds the type of the next layer, unless the field is a length.
func (f *fields) announce(k key, t layers.EtherType) {
	const minEtherType = 1536 // IEEE 802.3 clause 3.2.6
	if t >= minEtherType {
		f.object.number(k, uint64(t))
	}
	f.tag = t
}

func (f *fields) sllAddr(b []byte) {
	if len(b) == len(wire.MAC{}) {
		f.object.mac(sllSrcMAC, wire.MAC(b))
	}
}

// arp adds Ethernet and IPv4 addresses.
func (f *fields) arp(h layers.ARP) {
	o := &f.object
	o.number(arpOpcode, uint64(h.Operation()))
	if b := h.SenderHardware(); len(b) == len(wire.MAC{}) {
		o.mac(arpSrcMAC, wire.MAC(b))
		o.mac(arpDstMAC, wire.MAC(h.TargetHardware()))
	}
	if a := h.SenderIP(); a.IsValid() {
		o.addr(arpSrcIP, a)
		o.addr(arpDstIP, h.TargetIP())
	}
}

// tcpLen adds the length of a segment's data, which follows from the outer headers.
// It is not known for a fragment or a quoted segment.
func (f *fields) tcpLen(hdr, off, wireEnd int) {
	if wireEnd > 0 && !f.fragment {
		f.object.number(tcpLen, uint64(max(0, wireEnd-off-hdr)))
	}
}

func (f *fields) tcp(h layers.TCP) {
	o := &f.object
	if v, ok := h.MSS(); ok {
		o.number(tcpMSS, uint64(v))
	}
	if v, ok := h.WindowScale(); ok {
		o.number(tcpWScale, uint64(v))
	}
	if v, _, ok := h.Timestamps(); ok {
		o.number(tcpTSVal, uint64(v))
	}
	if h.SrcPort() == portDNS || h.DstPort() == portDNS {
		f.dnsOverTCP(h.Payload())
	}
}

// inside adds the fields of an encapsulated packet.
func (f *fields) inside(link pcap.LinkType, b []byte, wireLen int) {
	if b == nil {
		return
	}
	fragment, tag := f.fragment, f.tag
	new(layers.Decoder).DecodeBytes(&f.inner, link, b)
	f.layers(&f.inner, wireLen)
	f.fragment, f.tag = fragment, tag
}

// subframes adds the fields of the subframes of an A-MSDU, except the first, which
// is among the packet's layers.
func (f *fields) subframes(l layers.Layer) {
	h, _ := layers.ParseWLAN(l.Bytes)
	first := true
	for b := range h.Subframes() {
		if a, err := layers.ParseAMSDU(b); err == nil && !first {
			f.inside(pcap.LinkTypeATMRFC1483, a.Payload(), len(a.Payload()))
		}
		first = false
	}
}
