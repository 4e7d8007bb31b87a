package main

import (
	"encoding/binary"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/pcap"
)

// A decoding is what the rows of decodeRows do with an input.
type decoding struct {
	*input
	names bool // read the DNS messages too
}

// decodeRows decode packets: Ethernet, VLAN tags, IPv4 or IPv6, TCP or UDP. They
// read addresses, ports and TCP's sequence number; those with DNS names also read
// every question and every record of each DNS message over UDP: type, TTL, owner
// name, and the address or name that it holds. Each is done once from a file and
// once in memory.
//
// Sightline's Decoder has no option to stop before the DNS header, and gopacket's
// NewPacket decodes DNS in full unless it is lazy, so in the rows without DNS both
// do more than was asked for. On real captures each decodes what it can, which is
// not the same: there each row with names says how many.
func decodeRows(in *input) []measurer {
	up, names := decoding{in, false}, decoding{in, true}
	return []measurer{
		up.row(decodeUp, []contestant{
			{"sightline pcap.Reader, layers.Decoder", up.pass},
			{"gopacket DecodingLayerParser, zero copy, 1 MiB bufio", up.passGopacket},
			{"gopacket NewPacket, Lazy and NoCopy", up.passLazy},
			{"gopacket NewPacket, which decodes DNS too", up.passNewPacket},
			{"floor: written by hand for these protocols", up.passByHand},
		}),
		names.row(decodeNames, []contestant{
			{"sightline pcap.Reader, layers.Decoder, dns.NameAppender", names.pass},
			{"gopacket DecodingLayerParser, zero copy, 1 MiB bufio", names.passGopacket},
			{"gopacket NewPacket", names.passNewPacket},
			{"floor: written by hand for these protocols", names.passByHand},
		}),
		up.row(decodeUpMem, []contestant{
			{"sightline layers.Decoder", up.decode},
			{"gopacket DecodingLayerParser", up.decodeGopacket},
			{"floor: written by hand for these protocols", up.decodeByHand},
		}),
		names.row(decodeNamesMem, []contestant{
			{"sightline layers.Decoder, dns.NameAppender", names.decode},
			{"gopacket DecodingLayerParser", names.decodeGopacket},
			{"floor: written by hand for these protocols", names.decodeByHand},
		}),
	}
}

func (w decoding) row(work string, contestants []contestant) *row {
	return &row{title: title{w.name, work, perPacket}, contestants: contestants, loose: w.want == nil}
}

func (w decoding) decode() (result, error) {
	var d layers.Decoder
	var p layers.Packet
	r := packetReader{names: w.names}
	for _, data := range w.packets {
		d.DecodeBytes(&p, pcap.LinkTypeEthernet, data)
		r.packet(&p)
	}
	return r.result, nil
}

func (w decoding) pass() (result, error) {
	file, err := pcap.Open(w.pcap)
	if err != nil {
		return result{}, err
	}
	defer file.Close()
	var d layers.Decoder
	var p layers.Packet
	r := packetReader{names: w.names}
	for rec, err := range file.All() {
		if err != nil {
			return r.result, err
		}
		d.Decode(&p, rec)
		r.packet(&p)
	}
	return r.result, nil
}

// A packetReader adds up what it reads in packets.
type packetReader struct {
	result
	names bool
	dns   namesReader
}

func (r *packetReader) packet(p *layers.Packet) {
	r.items++
	if h, ok := p.IPv4(); ok {
		r.sum += lastWord(h.Src()) + lastWord(h.Dst())
	} else if h, ok := p.IPv6(); ok {
		src, dst := h.Src().As16(), h.Dst().As16()
		r.sum += binary.BigEndian.Uint64(src[8:]) + binary.BigEndian.Uint64(dst[8:])
	}
	if h, ok := p.TCP(); ok {
		r.sum += uint64(h.SrcPort()) + uint64(h.DstPort()) + uint64(h.Seq())
		r.bytes += len(h.Payload())
	} else if h, ok := p.UDP(); ok {
		r.sum += uint64(h.SrcPort()) + uint64(h.DstPort())
		r.bytes += len(h.Payload())
	}
	if !r.names {
		return
	}
	if m, ok := p.DNS(); ok {
		r.dns.message(m, &r.result)
	}
}

// message reads all questions and records.
func (r *namesReader) message(m dns.Message, res *result) {
	r.names.Reset(m)
	for q := range m.Questions() {
		res.sum += uint64(q.Type)
		res.found(r.length(q.Name))
	}
	for _, rr := range m.Resources() {
		r.record(rr, res)
	}
}

func (r *namesReader) record(rr dns.Resource, res *result) {
	res.sum += uint64(rr.Type) + uint64(rr.TTL)
	res.found(r.length(rr.Name))
	if addr, ok := rr.Addr(); ok {
		res.sum += lastWord(addr)
	} else if target, ok := rr.Target(); ok {
		res.found(r.length(target))
	}
}

// lastWord returns the last four bytes of an address.
func lastWord(addr netip.Addr) uint64 {
	b := addr.As16()
	return uint64(binary.BigEndian.Uint32(b[12:]))
}
