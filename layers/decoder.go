package layers

import "github.com/sightline-go/sightline/pcap"

// A Decoder decodes packets. The zero value is ready and knows every layer of
// this package. It keeps no state: it may be used concurrently on distinct
// Packets.
type Decoder struct{}

// Decode decodes the packet of rec into p. It does not fail: p holds the
// layers that could be decoded, and p.Err says what stopped it. It does not
// allocate. p aliases rec.Data.
func (d *Decoder) Decode(p *Packet, rec *pcap.Record) {
	end := len(rec.Data)
	missing := rec.WireLen - end
	if fcs := rec.FCSLen - max(missing, 0); fcs > 0 {
		end -= min(fcs, end)
	}
	p.reset(rec.Data, missing > 0)
	p.decode(linkKind(rec.LinkType), end)
}

// DecodeBytes decodes data, a packet of link type link, into p as Decode does.
// p aliases data.
func (d *Decoder) DecodeBytes(p *Packet, link pcap.LinkType, data []byte) {
	p.reset(data, false)
	p.decode(linkKind(link), len(data))
}

func (p *Packet) reset(data []byte, cut bool) {
	p.data = data
	p.n, p.network, p.transport = 0, 0, 0
	p.cut, p.fragment, p.truncated = cut, false, false
	p.stop.Reason = 0
}

// decode walks the layers. Each step is given the bytes that the layer before
// it leaves, so no layer can reach beyond what encloses it.
func (p *Packet) decode(kind Kind, end int) {
	off := 0
	for kind != KindPayload {
		b := p.data[off:end]
		kind = ipVersion(kind, b)
		hdr, size, next, reason := step(kind, b)
		if reason == 0 && p.n == MaxLayers {
			reason = TooDeep
		}
		if reason != 0 {
			p.fail(kind, reason, off, end)
			break
		}
		if size > len(b) {
			// A first fragment ends before the datagram that its headers describe.
			p.truncated = p.truncated || !p.fragment
			size = len(b)
		}
		p.push(kind, off, hdr, off+size)
		off, end, kind = off+hdr, off+size, next
	}
	p.off, p.end = off, end
}

// step decodes the header that b begins with: its length, how many bytes of b
// belong to the layer (more than len(b) when the capture lacks some) and what
// follows it.
func step(kind Kind, b []byte) (hdr, size int, next Kind, reason Reason) {
	switch kind {
	case KindEthernet:
		return stepEthernet(b)
	case KindVLAN:
		return stepVLAN(b)
	case KindLinuxSLL:
		return stepLinuxSLL(b)
	case KindLinuxSLL2:
		return stepLinuxSLL2(b)
	case KindNull:
		return stepNull(b)
	case KindLoop:
		return stepLoop(b)
	case KindARP:
		return stepARP(b)
	case KindIPv4:
		return stepIPv4(b)
	case KindIPv6:
		return stepIPv6(b)
	case KindIPv6HopByHop, KindIPv6Routing, KindIPv6Destination, KindIPv6Mobility:
		return stepIPv6Ext(b)
	case KindIPv6Fragment:
		return stepIPv6Fragment(b)
	case KindAH:
		return stepAH(b)
	case KindICMPv4:
		return stepICMPv4(b)
	case KindICMPv6:
		return stepICMPv6(b)
	case KindTCP:
		return stepTCP(b)
	case KindUDP:
		return stepUDP(b)
	case KindDNS, KindNBNS:
		return stepDNS(b)
	case KindDHCPv4:
		return stepDHCPv4(b)
	case KindDHCPv6:
		return stepDHCPv6(b)
	case KindNTP:
		return stepNTP(b)
	}
	return 0, 0, KindPayload, Malformed
}

func (p *Packet) push(kind Kind, off, hdr, end int) {
	p.spans[p.n] = span{uint32(off), uint32(end), uint16(hdr), kind}
	p.n++
	switch kind {
	case KindIPv4:
		p.network, p.transport = p.n, 0
		p.fragment = p.fragment || IPv4{p.data[off:]}.IsFragment()
	case KindIPv6:
		p.network, p.transport = p.n, 0
	case KindIPv6Fragment:
		p.fragment = true
	case KindTCP, KindUDP:
		p.transport = p.n
	}
}

// fail records what stopped decoding. A header that ends where the capture
// ends was cut by it if more was on the wire; else it is too short by itself.
func (p *Packet) fail(kind Kind, reason Reason, off, end int) {
	if reason == Short && (p.cut || p.truncated) && end == len(p.data) {
		reason = Truncated
	}
	p.stop = Error{kind, reason, off, end - off}
}

// ipVersion corrects what the layer before says of the IP version: the first
// four bits of b decide.
func ipVersion(kind Kind, b []byte) Kind {
	if (kind == KindIPv4 || kind == KindIPv6) && len(b) > 0 {
		switch b[0] >> 4 {
		case 4:
			return KindIPv4
		case 6:
			return KindIPv6
		}
	}
	return kind
}

// linkKind returns the layer that a packet of link type t begins with.
func linkKind(t pcap.LinkType) Kind {
	switch t {
	case pcap.LinkTypeEthernet:
		return KindEthernet
	case pcap.LinkTypeNull:
		return KindNull
	case pcap.LinkTypeLoop:
		return KindLoop
	case pcap.LinkTypeRaw, pcap.LinkTypeRawBSD, pcap.LinkTypeRawOpen, pcap.LinkTypeIPv4:
		return KindIPv4
	case pcap.LinkTypeIPv6:
		return KindIPv6
	case pcap.LinkTypeLinuxSLL:
		return KindLinuxSLL
	case pcap.LinkTypeLinuxSLL2:
		return KindLinuxSLL2
	}
	return KindPayload
}
