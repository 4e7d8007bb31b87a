package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// Hand-made packets whose checksums tshark calls good (it does not check
// UDP-Lite).
var checksumSamples = []struct {
	name   string
	kind   Kind
	packet string
}{
	{"UDP", KindUDP, ipv4Sample},
	{"TCP of odd length", KindTCP, "4500002d1234400040063c5bc0000201c6336407c00001bb000000010000000250180400b9fa000068656c6c6f"},
	{"ICMP of odd length", KindICMPv4, "450000211234400040013c6cc0000201c63364070800b4061a2b00076162636465"},
	{"IGMP", KindIGMP, "4500001c1234400040023c70c0000201c63364071164049ee9fc0001"},
	{"UDP-Lite", KindUDPLite, "4500001e1234400040883be8c0000201c633640712340009000800ec6869"},
	{"SCTP", KindSCTP, "450000341234400040843bd6c0000201c633640746500b5900000000b4c81a62" +
		"01000014000000010000ffff0001000100000001"},
	{"UDP over IPv6", KindUDP, ipv6Sample},
	{"ICMPv6", KindICMPv6, "60000000000d3a4020010db800000000000000000000000120010db8000000000000000000000002" +
		"8000e0491a2b00076162636465"},
	// The checksum uses the final destination, 2001:db8::3 (RFC 8200 section
	// 8.1).
	{"routing header of type 0", KindUDP, "6000000000222b4020010db800000000000000000000000120010db8000000000000000000000002" +
		"110200010000000020010db8000000000000000000000003" + "12340009000a29be6869"},
	{"segment routing header", KindUDP, "6000000000322b4020010db800000000000000000000000120010db8000000000000000000000002" +
		"110404010100000020010db800000000000000000000000320010db8000000000000000000000002" + "12340009000a29be6869"},
}

func TestChecksum(t *testing.T) {
	for _, c := range checksumSamples {
		p := decodeHex(t, pcap.LinkTypeRaw, c.packet)
		if got := p.Checksum(c.kind); got != ChecksumGood {
			t.Errorf("%s: %v", c.name, got)
		}
		if ip, ok := p.IPv4(); ok && p.Checksum(KindIPv4) != ChecksumGood {
			t.Errorf("%s: IPv4 %v, checksum %#x", c.name, p.Checksum(KindIPv4), ip.Checksum())
		}
	}
}

// A change of any covered bit makes the checksum bad.
func TestChecksumBad(t *testing.T) {
	var d Decoder
	var p Packet
	for _, c := range checksumSamples {
		b := viewtest.Unhex(t, c.packet)
		d.DecodeBytes(&p, pcap.LinkTypeRaw, b)
		l, _ := p.Layer(c.kind)
		end := l.Offset + len(l.Bytes)
		if c.kind == KindUDPLite {
			end = l.Offset + udpLiteLen // end of the coverage
		}
		for i := l.Offset; i < end; i++ {
			b[i] ^= 0x10
			d.DecodeBytes(&p, pcap.LinkTypeRaw, b)
			if got := p.Checksum(c.kind); got == ChecksumGood {
				t.Errorf("%s with byte %d changed: %v", c.name, i, got)
			}
			b[i] ^= 0x10
		}
	}
}

// With bytes missing, the checksum cannot be verified.
func TestChecksumUnknown(t *testing.T) {
	for _, c := range []struct {
		name, packet string
		kind         Kind
		missing      int
		want         ChecksumState
	}{
		{"cut", ipv4Sample[:58], KindUDP, 1, ChecksumUnknown},
		{"truncated after the datagram", ipv4Sample, KindUDP, 4, ChecksumGood},
		{"cut, length unknown", "45000000" + ipv4Sample[8:], KindTCP, 1, ChecksumNone},
		{"cut, length unknown", "4500000012344000400600" + "00c0000201c6336407c00001bb000000010000000250180400b9fa0000", KindTCP, 1, ChecksumUnknown},
		{"first fragment", "4500001e1234200040113c5fc0000201c633640712340009000a98f76869", KindUDP, 0, ChecksumUnknown},
		{"IPv4 of a fragment", "4500001e1234200040115c5fc0000201c633640712340009000a98f76869", KindIPv4, 0, ChecksumGood},
		{"UDP without", "4500001e1234400040113c5fc0000201c633640712340009000a00006869", KindUDP, 0, ChecksumNone},
		{"no such layer", ipv4Sample, KindTCP, 0, ChecksumNone},
		{"no checksum", ipv6Sample, KindIPv6, 0, ChecksumNone},
	} {
		b := viewtest.Unhex(t, c.packet)
		rec := pcap.Record{LinkType: pcap.LinkTypeRaw, Data: b, WireLen: len(b) + c.missing}
		var d Decoder
		var p Packet
		d.Decode(&p, &rec)
		if got := p.Checksum(c.kind); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestChecksumAllocs(t *testing.T) {
	for _, c := range checksumSamples {
		p := decodeHex(t, pcap.LinkTypeRaw, c.packet)
		if n := testing.AllocsPerRun(10, func() { p.Checksum(c.kind) }); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}
