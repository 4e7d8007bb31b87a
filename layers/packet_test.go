package layers

import (
	"fmt"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A tunnel: getters return the innermost layer of a kind.
func TestPacketInnermost(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeRaw, "45000032 0000 4000 40 04 0000 0a000001 0a000002"+ipv4Sample)
	wantKinds(t, p, KindIPv4, KindIPv4, KindUDP)
	if inner := decodeHex(t, pcap.LinkTypeRaw, ipv4Sample); !p.IsTunnelled() || inner.IsTunnelled() {
		t.Error(p.IsTunnelled(), inner.IsTunnelled())
	}
	ip, _ := p.IPv4()
	viewtest.Facts(t, ip, "Src 192.0.2.1")
	src, dst, ok := p.Addrs()
	if src.String() != "192.0.2.1" || dst.String() != "198.51.100.7" || !ok {
		t.Error(src, dst, ok)
	}
	if f, ok := p.Flow(); !ok || f.String() != "UDP 192.0.2.1:4660 > 198.51.100.7:9" {
		t.Error(f, ok)
	}
}

// The ports of an outer layer do not belong to the innermost addresses.
func TestPacketFlowNoPorts(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeRaw, "45000030 0000 4000 40 01 0000 0a000001 0a000002"+icmpv4Sample)
	if f, ok := p.Flow(); !ok || f.String() != "ICMP 10.0.0.1:0 > 10.0.0.2:0" {
		t.Error(f, ok)
	}
	p = decodeHex(t, pcap.LinkTypeEthernet, ethernetSample)
	if f, ok := p.Flow(); ok {
		t.Error(f)
	}
}

// SCTP and UDP-Lite have ports too.
func TestPacketFlowPorts(t *testing.T) {
	for b, want := range map[string]string{
		"45000000 00004000 40 84 0000 c0000201 c6336407" + sctpSample:    "SCTP 192.0.2.1:18000 > 198.51.100.7:2905",
		"45000000 00004000 40 88 0000 c0000201 c6336407" + udpLiteSample: "UDP-Lite 192.0.2.1:4660 > 198.51.100.7:9",
		"45000000 00004000 40 32 0000 c0000201 c6336407" + espSample:     "ESP 192.0.2.1:0 > 198.51.100.7:0",
	} {
		if f, ok := decodeHex(t, pcap.LinkTypeRaw, b).Flow(); !ok || f.String() != want {
			t.Errorf("%v, want %s", f, want)
		}
	}
}

// A later fragment has addresses but no ports. The first has both.
func TestPacketFragment(t *testing.T) {
	first := decodeHex(t, pcap.LinkTypeRaw, "4500001e 1234 2000 40 11 0000 c0000201 c6336407 12340009 05c8 0000 6869")
	later := decodeHex(t, pcap.LinkTypeRaw, "4500001e 1234 0001 40 11 0000 c0000201 c6336407 12340009 05c8 0000 6869")
	whole := decodeHex(t, pcap.LinkTypeRaw, ipv4Sample)
	if !first.IsFragment() || !later.IsFragment() || whole.IsFragment() {
		t.Error(first.IsFragment(), later.IsFragment(), whole.IsFragment())
	}
	wantKinds(t, first, KindIPv4, KindUDP)
	wantKinds(t, later, KindIPv4)
	if first.Truncated() {
		t.Error("a first fragment is Truncated")
	}
	if f, _ := later.Flow(); f.String() != "UDP 192.0.2.1:0 > 198.51.100.7:0" {
		t.Error(f)
	}
}

// A layer's header and payload cannot be appended to.
func TestPacketLayers(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeEthernet, "ffffffffffff 020000000001 0800"+ipv4Sample+"0000")
	l, ok := p.Layer(KindIPv4)
	if !ok || l.Offset != 14 || l.HeaderLen != 20 || len(l.Bytes) != 30 || len(l.Payload()) != 10 {
		t.Errorf("%+v %v", l, ok)
	}
	if cap(l.Header()) != 20 || cap(l.Bytes) != 30 || cap(p.Payload()) != 2 {
		t.Error(cap(l.Header()), cap(l.Bytes), cap(p.Payload()))
	}
	if _, ok := p.Layer(KindTCP); ok {
		t.Error("a TCP layer")
	}
}

func TestPacketZero(t *testing.T) {
	var p Packet
	if p.Err() != nil || p.Truncated() || p.IsFragment() || len(p.Payload()) != 0 || len(kinds(&p)) != 0 {
		t.Error(p.String())
	}
}

// An error names the outermost layer whose length field limits the bytes.
func TestErrBy(t *testing.T) {
	const ip = "45000018 0000 4000 40 11 0000 c0000201 c6336407" // 4 bytes after the header
	for in, want := range map[string]string{
		ip + "00350035":     "UDP at byte 20: too short (have 4, need 8)",
		ip + "003500350000": "UDP at byte 20: too short (have 4, need 8, by the length of IPv4)",
	} {
		if p := decodeHex(t, pcap.LinkTypeRaw, in); fmt.Sprint(p.Err()) != want {
			t.Errorf("%s: %v, want %s", in, p.Err(), want)
		}
	}
}
