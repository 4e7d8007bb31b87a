package main

import (
	"encoding/binary"

	"github.com/gopacket/gopacket"
	golayers "github.com/gopacket/gopacket/layers"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// decodeRow decodes the packets in memory: Ethernet, VLAN tags, IPv4 or IPv6,
// TCP or UDP, and the header of DNS over UDP. It reads addresses, ports, TCP's
// sequence number, DNS's ID and count of answers.
func decodeRow(in *input) *row {
	return &row{"decode, " + in.shape, []contestant{
		{"sightline layers.Decoder", in.decode},
		{"gopacket DecodingLayerParser", in.decodeGopacket},
		{"floor: written by hand for these protocols", in.decodeByHand},
	}}
}

func (in *input) decode() (res result, err error) {
	var d layers.Decoder
	var p layers.Packet
	for _, data := range in.packets {
		d.DecodeBytes(&p, pcap.LinkTypeEthernet, data)
		res.items++
		if h, ok := p.IPv4(); ok {
			src, dst := h.Src().As4(), h.Dst().As4()
			res.sum += uint64(binary.BigEndian.Uint32(src[:])) + uint64(binary.BigEndian.Uint32(dst[:]))
		} else if h, ok := p.IPv6(); ok {
			src, dst := h.Src().As16(), h.Dst().As16()
			res.sum += binary.BigEndian.Uint64(src[8:]) + binary.BigEndian.Uint64(dst[8:])
		}
		if h, ok := p.TCP(); ok {
			res.sum += uint64(h.SrcPort()) + uint64(h.DstPort()) + uint64(h.Seq())
			res.bytes += len(h.Payload())
		} else if h, ok := p.UDP(); ok {
			res.sum += uint64(h.SrcPort()) + uint64(h.DstPort())
			res.bytes += len(h.Payload())
		}
		if m, ok := p.DNS(); ok {
			res.sum += uint64(m.ID()) + uint64(m.ANCount())
		}
	}
	return res, nil
}

func (in *input) decodeGopacket() (res result, err error) {
	var (
		eth  golayers.Ethernet
		vlan golayers.Dot1Q
		ip4  golayers.IPv4
		ip6  golayers.IPv6
		tcp  golayers.TCP
		udp  golayers.UDP
		dns  golayers.DNS
		data gopacket.Payload
	)
	parser := gopacket.NewDecodingLayerParser(golayers.LayerTypeEthernet, &eth, &vlan, &ip4, &ip6, &tcp, &udp, &dns, &data)
	parser.IgnoreUnsupported = true
	var decoded []gopacket.LayerType
	for _, packet := range in.packets {
		if err := parser.DecodeLayers(packet, &decoded); err != nil {
			return res, err
		}
		res.items++
		for _, t := range decoded {
			switch t {
			case golayers.LayerTypeIPv4:
				res.sum += uint64(binary.BigEndian.Uint32(ip4.SrcIP)) + uint64(binary.BigEndian.Uint32(ip4.DstIP))
			case golayers.LayerTypeIPv6:
				res.sum += binary.BigEndian.Uint64(ip6.SrcIP[8:]) + binary.BigEndian.Uint64(ip6.DstIP[8:])
			case golayers.LayerTypeTCP:
				res.sum += uint64(tcp.SrcPort) + uint64(tcp.DstPort) + uint64(tcp.Seq)
				res.bytes += len(tcp.Payload)
			case golayers.LayerTypeUDP:
				res.sum += uint64(udp.SrcPort) + uint64(udp.DstPort)
				res.bytes += len(udp.Payload)
			case golayers.LayerTypeDNS:
				res.sum += uint64(dns.ID) + uint64(dns.ANCount)
			}
		}
	}
	return res, nil
}

func (in *input) decodeByHand() (res result, err error) {
	for _, data := range in.packets {
		res.items++
		handEthernet(data, &res)
	}
	return res, nil
}

func handEthernet(b []byte, res *result) {
	if len(b) < 14 {
		return
	}
	typ, b := binary.BigEndian.Uint16(b[12:]), b[14:]
	for typ == 0x8100 && len(b) >= 4 {
		typ, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
	switch {
	case typ == 0x0800 && len(b) >= 20:
		handIPv4(b, res)
	case typ == 0x86dd && len(b) >= 40:
		res.sum += binary.BigEndian.Uint64(b[16:]) + binary.BigEndian.Uint64(b[32:])
		end := min(40+int(binary.BigEndian.Uint16(b[4:])), len(b))
		handTransport(b[6], b[40:end], res)
	}
}

func handIPv4(b []byte, res *result) {
	size, end := int(b[0]&15)*4, min(int(binary.BigEndian.Uint16(b[2:])), len(b))
	if b[0]>>4 != 4 || size < 20 || size > end {
		return
	}
	res.sum += uint64(binary.BigEndian.Uint32(b[12:])) + uint64(binary.BigEndian.Uint32(b[16:]))
	if binary.BigEndian.Uint16(b[6:])&0x1fff == 0 {
		handTransport(b[9], b[size:end], res)
	}
}

func handTransport(proto byte, b []byte, res *result) {
	switch {
	case proto == 6 && len(b) >= 20:
		size := int(b[12]>>4) * 4
		if size < 20 || size > len(b) {
			return
		}
		res.sum += uint64(binary.BigEndian.Uint16(b)) + uint64(binary.BigEndian.Uint16(b[2:])) + uint64(binary.BigEndian.Uint32(b[4:]))
		res.bytes += len(b) - size
	case proto == 17 && len(b) >= 8:
		src, dst := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
		res.sum += uint64(src) + uint64(dst)
		b = b[8:min(max(8, int(binary.BigEndian.Uint16(b[4:]))), len(b))]
		res.bytes += len(b)
		if (src == 53 || dst == 53) && len(b) >= 12 {
			res.sum += uint64(binary.BigEndian.Uint16(b)) + uint64(binary.BigEndian.Uint16(b[6:]))
		}
	}
}
