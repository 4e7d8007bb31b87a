package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"github.com/gopacket/gopacket"
	golayers "github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// A gopacketDecoder is a DecodingLayerParser with its layers, in the container
// that is quickest here. Without DNS among them it stops at UDP.
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

func newGopacketDecoder(names bool) *gopacketDecoder {
	d := &gopacketDecoder{parser: gopacket.NewDecodingLayerParser(golayers.LayerTypeEthernet)}
	all := []gopacket.DecodingLayer{&d.eth, &d.vlan, &d.ip4, &d.ip6, &d.tcp, &d.udp, &d.data}
	if names {
		all = append(all, &d.dns)
	}
	var layers gopacket.DecodingLayerContainer = gopacket.DecodingLayerSparse(nil)
	for _, l := range all {
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
			res.gopacketIPv4(&d.ip4)
		case golayers.LayerTypeIPv6:
			res.gopacketIPv6(&d.ip6)
		case golayers.LayerTypeTCP:
			res.gopacketTCP(&d.tcp)
		case golayers.LayerTypeUDP:
			res.gopacketUDP(&d.udp)
		case golayers.LayerTypeDNS:
			res.gopacketDNS(&d.dns)
		}
	}
}

func (res *result) gopacketIPv4(h *golayers.IPv4) {
	res.sum += uint64(binary.BigEndian.Uint32(h.SrcIP)) + uint64(binary.BigEndian.Uint32(h.DstIP))
}

func (res *result) gopacketIPv6(h *golayers.IPv6) {
	res.sum += binary.BigEndian.Uint64(h.SrcIP[8:]) + binary.BigEndian.Uint64(h.DstIP[8:])
}

func (res *result) gopacketTCP(h *golayers.TCP) {
	res.sum += uint64(h.SrcPort) + uint64(h.DstPort) + uint64(h.Seq)
	res.bytes += len(h.Payload)
}

func (res *result) gopacketUDP(h *golayers.UDP) {
	res.sum += uint64(h.SrcPort) + uint64(h.DstPort)
	res.bytes += len(h.Payload)
}

// gopacketDNS reads all questions and records.
func (res *result) gopacketDNS(m *golayers.DNS) {
	for i := range m.Questions {
		res.sum += uint64(m.Questions[i].Type)
		res.found(len(m.Questions[i].Name))
	}
	for _, section := range [][]golayers.DNSResourceRecord{m.Answers, m.Authorities, m.Additionals} {
		for i := range section {
			res.gopacketRecord(&section[i])
		}
	}
}

func (res *result) gopacketRecord(rr *golayers.DNSResourceRecord) {
	res.sum += uint64(rr.Type) + uint64(rr.TTL)
	res.found(len(rr.Name))
	switch rr.Type {
	case golayers.DNSTypeA, golayers.DNSTypeAAAA:
		if n := len(rr.IP); n >= 4 {
			res.sum += uint64(binary.BigEndian.Uint32(rr.IP[n-4:]))
		}
	case golayers.DNSTypeCNAME:
		res.found(len(rr.CNAME))
	case golayers.DNSTypeNS:
		res.found(len(rr.NS))
	case golayers.DNSTypePTR:
		res.found(len(rr.PTR))
	}
}

func (w decoding) decodeGopacket() (res result, err error) {
	d := newGopacketDecoder(w.names)
	for _, data := range w.packets {
		d.packet(data, &res)
	}
	return res, nil
}

func (w decoding) passGopacket() (res result, err error) {
	f, err := os.Open(w.pcap)
	if err != nil {
		return res, err
	}
	defer f.Close()
	r, err := pcapgo.NewReader(bufio.NewReaderSize(f, chunk))
	if err != nil {
		return res, err
	}
	d := newGopacketDecoder(w.names)
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
func (w decoding) passNewPacket() (result, error) { return w.passPackets(gopacket.Default) }

// passLazy decodes a layer when it is asked for.
func (w decoding) passLazy() (result, error) {
	return w.passPackets(gopacket.DecodeOptions{Lazy: true, NoCopy: true})
}

func (w decoding) passPackets(o gopacket.DecodeOptions) (res result, err error) {
	f, err := os.Open(w.pcap)
	if err != nil {
		return res, err
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		return res, err
	}
	source := gopacket.NewPacketSource(r, golayers.LayerTypeEthernet)
	source.DecodeOptions = o
	for {
		p, err := source.NextPacket()
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			return res, err
		}
		res.newPacket(p, w.names)
	}
}

func (res *result) newPacket(p gopacket.Packet, names bool) {
	res.items++
	switch h := p.NetworkLayer().(type) {
	case *golayers.IPv4:
		if h.SrcIP != nil { // a header that could not be decoded is there, and empty
			res.gopacketIPv4(h)
		}
	case *golayers.IPv6:
		if h.SrcIP != nil {
			res.gopacketIPv6(h)
		}
	}
	switch h := p.TransportLayer().(type) {
	case *golayers.TCP:
		res.gopacketTCP(h)
	case *golayers.UDP:
		res.gopacketUDP(h)
	}
	if !names {
		return
	}
	if m, ok := p.ApplicationLayer().(*golayers.DNS); ok {
		res.gopacketDNS(m)
	}
}
