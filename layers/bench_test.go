package layers

import (
	"encoding/binary"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// benchPackets are 20 frames as on a busy link: 14 TCP over IPv4, three UDP
// (one DNS), two TCP over IPv6, one with a VLAN tag.
func benchPackets() []pcap.Record {
	const a, b = "192.0.2.1", "198.51.100.7"
	data := string(make([]byte, 200))
	tcp := build.Ethernet(0x0800, build.TCP{Src: a, Dst: b, SrcPort: 49152, DstPort: 443, Flags: 0x18,
		Options: []byte("\x01\x01\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x02"), Data: data}.Packet())
	tcp6 := build.Ethernet(0x86dd, build.TCP{Src: "2001:db8::1", Dst: "2001:db8::2", SrcPort: 49152, DstPort: 443, Data: data}.Packet())
	udp := build.Ethernet(0x0800, build.UDP(a, 49152, b, 4433, []byte(data)))
	dns := build.Ethernet(0x0800, build.UDP(a, 49152, b, 53, build.DNSQuery(7, "www", "example", "com")))
	vlan := build.Ethernet(0x8100, build.VLAN(7, 0x0800, tcp[14:]))
	var all []pcap.Record
	for i := range 20 {
		frame := tcp
		switch i {
		case 3, 11:
			frame = udp
		case 5, 16:
			frame = tcp6
		case 8:
			frame = dns
		case 14:
			frame = vlan
		}
		all = append(all, pcap.Record{LinkType: pcap.LinkTypeEthernet, Data: frame, WireLen: len(frame)})
	}
	return all
}

var benchSum uint64

// BenchmarkDecode decodes a packet and reads its addresses and ports.
func BenchmarkDecode(b *testing.B) {
	benchDecode(b, new(Decoder))
}

// BenchmarkDecodeBound is BenchmarkDecode with a registered protocol on a port.
func BenchmarkDecodeBound(b *testing.B) {
	var d Decoder
	parse := func(b []byte) (Step, error) { return Step{HeaderLen: len(b)}, nil }
	if err := d.Register(Protocol{Kind: KindUser, Name: "own", Parse: parse}, ByUDPPort(4433)); err != nil {
		b.Fatal(err)
	}
	benchDecode(b, &d)
}

func benchDecode(b *testing.B, d *Decoder) {
	recs := benchPackets()
	var p Packet
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		d.Decode(&p, &recs[i%len(recs)])
		if h, ok := p.TCP(); ok {
			benchSum += uint64(h.SrcPort()) + uint64(h.DstPort())
		} else if h, ok := p.UDP(); ok {
			benchSum += uint64(h.SrcPort()) + uint64(h.DstPort())
		}
		if h, ok := p.IPv4(); ok {
			benchSum += uint64(h.Bytes()[12])
		}
	}
}

// BenchmarkDecodeByHand decodes the same packets like a program that knows only
// their layers: a lower bound.
func BenchmarkDecodeByHand(b *testing.B) {
	recs := benchPackets()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		decodeByHand(recs[i%len(recs)].Data)
	}
}

func decodeByHand(b []byte) {
	if len(b) < 14 {
		return
	}
	typ, b := binary.BigEndian.Uint16(b[12:]), b[14:]
	for (typ == 0x8100 || typ == 0x88a8) && len(b) >= 4 {
		typ, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
	var proto byte
	switch {
	case typ == 0x0800 && len(b) >= 20:
		n, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
		if n < 20 || len(b) < n || total < n {
			return
		}
		proto = b[9]
		benchSum += uint64(b[12])
		b = b[n:min(total, len(b))]
	case typ == 0x86dd && len(b) >= 40:
		proto = b[6]
		b = b[40:min(40+int(binary.BigEndian.Uint16(b[4:])), len(b))]
	default:
		return
	}
	if (proto == 6 && len(b) >= 20) || (proto == 17 && len(b) >= 8) {
		benchSum += uint64(binary.BigEndian.Uint16(b)) + uint64(binary.BigEndian.Uint16(b[2:]))
	}
}
