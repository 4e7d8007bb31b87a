package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"github.com/gopacket/gopacket"
	golayers "github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// decodeRows decode packets: Ethernet, VLAN tags, IPv4 or IPv6, TCP or UDP, and
// the header of DNS over UDP. They read addresses, ports, TCP's sequence number,
// DNS's ID and count of answers; the first row from a file, the second in memory.
// Of real captures each decodes what it can, which is not the same.
func decodeRows(in *input) []measurer {
	return []measurer{
		&row{title: title{in.name, "read pcap and decode", perPacket}, loose: in.want == nil, contestants: []contestant{
			{"sightline pcap.Reader, layers.Decoder", in.pass},
			{"gopacket DecodingLayerParser, zero copy, 1 MiB bufio", in.passGopacket},
			{"gopacket NewPacket", in.passNewPacket},
			{"floor: written by hand for these protocols", in.passByHand},
		}},
		&row{title: title{in.name, "decode in memory", perPacket}, loose: in.want == nil, contestants: []contestant{
			{"sightline layers.Decoder", in.decode},
			{"gopacket DecodingLayerParser", in.decodeGopacket},
			{"floor: written by hand for these protocols", in.decodeByHand},
		}},
	}
}

func (in *input) decode() (res result, err error) {
	var d layers.Decoder
	var p layers.Packet
	for _, data := range in.packets {
		d.DecodeBytes(&p, pcap.LinkTypeEthernet, data)
		res.packet(&p)
	}
	return res, nil
}

func (in *input) pass() (res result, err error) {
	r, err := pcap.Open(in.pcap)
	if err != nil {
		return res, err
	}
	defer r.Close()
	var d layers.Decoder
	var p layers.Packet
	for rec, err := range r.All() {
		if err != nil {
			return res, err
		}
		d.Decode(&p, rec)
		res.packet(&p)
	}
	return res, nil
}

func (res *result) packet(p *layers.Packet) {
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

// A gopacketDecoder is a DecodingLayerParser with its layers, in the container
// that is quickest here.
type gopacketDecoder struct {
	eth     golayers.Ethernet
	vlan    golayers.Dot1Q
	ip4     golayers.IPv4
	ip6     golayers.IPv6
	tcp     golayers.TCP
	udp     golayers.UDP
	dns     golayers.DNS
	data    gopacket.Payload
	parser  *gopacket.DecodingLayerParser
	decoded []gopacket.LayerType
}

func newGopacketDecoder() *gopacketDecoder {
	d := &gopacketDecoder{parser: gopacket.NewDecodingLayerParser(golayers.LayerTypeEthernet)}
	var layers gopacket.DecodingLayerContainer = gopacket.DecodingLayerSparse(nil)
	for _, l := range []gopacket.DecodingLayer{&d.eth, &d.vlan, &d.ip4, &d.ip6, &d.tcp, &d.udp, &d.dns, &d.data} {
		layers = layers.Put(l)
	}
	d.parser.SetDecodingLayerContainer(layers)
	d.parser.IgnoreUnsupported = true
	return d
}

// packet decodes a packet as far as that can be done.
func (d *gopacketDecoder) packet(data []byte, res *result) {
	d.parser.DecodeLayers(data, &d.decoded)
	res.items++
	for _, t := range d.decoded {
		switch t {
		case golayers.LayerTypeIPv4:
			res.sum += uint64(binary.BigEndian.Uint32(d.ip4.SrcIP)) + uint64(binary.BigEndian.Uint32(d.ip4.DstIP))
		case golayers.LayerTypeIPv6:
			res.sum += binary.BigEndian.Uint64(d.ip6.SrcIP[8:]) + binary.BigEndian.Uint64(d.ip6.DstIP[8:])
		case golayers.LayerTypeTCP:
			res.sum += uint64(d.tcp.SrcPort) + uint64(d.tcp.DstPort) + uint64(d.tcp.Seq)
			res.bytes += len(d.tcp.Payload)
		case golayers.LayerTypeUDP:
			res.sum += uint64(d.udp.SrcPort) + uint64(d.udp.DstPort)
			res.bytes += len(d.udp.Payload)
		case golayers.LayerTypeDNS:
			res.sum += uint64(d.dns.ID) + uint64(d.dns.ANCount)
		}
	}
}

func (in *input) decodeGopacket() (res result, err error) {
	d := newGopacketDecoder()
	for _, data := range in.packets {
		d.packet(data, &res)
	}
	return res, nil
}

func (in *input) passGopacket() (res result, err error) {
	f, err := os.Open(in.pcap)
	if err != nil {
		return res, err
	}
	defer f.Close()
	r, err := pcapgo.NewReader(bufio.NewReaderSize(f, chunk))
	if err != nil {
		return res, err
	}
	d := newGopacketDecoder()
	for {
		data, _, err := r.ZeroCopyReadPacketData()
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			return res, err
		}
		d.packet(data, &res)
	}
}

// passNewPacket is how most programs use gopacket.
func (in *input) passNewPacket() (res result, err error) {
	f, err := os.Open(in.pcap)
	if err != nil {
		return res, err
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		return res, err
	}
	source := gopacket.NewPacketSource(r, golayers.LayerTypeEthernet)
	for {
		p, err := source.NextPacket()
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			return res, err
		}
		res.newPacket(p)
	}
}

func (res *result) newPacket(p gopacket.Packet) {
	res.items++
	switch h := p.NetworkLayer().(type) {
	case *golayers.IPv4:
		if h.SrcIP == nil {
			break // what could not be decoded is there, and empty
		}
		res.sum += uint64(binary.BigEndian.Uint32(h.SrcIP)) + uint64(binary.BigEndian.Uint32(h.DstIP))
	case *golayers.IPv6:
		if h.SrcIP == nil {
			break
		}
		res.sum += binary.BigEndian.Uint64(h.SrcIP[8:]) + binary.BigEndian.Uint64(h.DstIP[8:])
	}
	switch h := p.TransportLayer().(type) {
	case *golayers.TCP:
		res.sum += uint64(h.SrcPort) + uint64(h.DstPort) + uint64(h.Seq)
		res.bytes += len(h.Payload)
	case *golayers.UDP:
		res.sum += uint64(h.SrcPort) + uint64(h.DstPort)
		res.bytes += len(h.Payload)
	}
	if m, ok := p.ApplicationLayer().(*golayers.DNS); ok {
		res.sum += uint64(m.ID) + uint64(m.ANCount)
	}
}
