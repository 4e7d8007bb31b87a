package layers_test

import (
	"net/netip"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// The specification's reference data (baseline_deflt.json and
// baseline_seed1.json): the IDs for seed 0 and seed 1.
var communityIDs = []struct {
	proto        layers.IPProto
	src, dst     string
	sport, dport uint16 // for ICMP, type and code
	seed0, seed1 string
}{
	{6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=", "1:eJYTW6AOzFLlSUoESovMjnu7rMw="},
	{17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ=", "1:Q9We8WO3piVF8yEQBNJF4uiSVrI="},
	{132, "192.168.170.8", "192.168.170.56", 7, 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=", "1:5w3ZRjeKBzqT3zsaEECDGjUbYeg="},
	{46, "10.1.12.1", "10.1.12.2", 0, 0, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw=", "1:rYir8gphR31noO9iDRQmF/BteEI="},
	{1, "192.168.0.89", "192.168.0.1", 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
	{1, "192.168.0.1", "192.168.0.89", 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=", "1:03g6IloqVBdcZlPyX8r0hgoE7kA="},
	{1, "10.0.0.1", "10.0.0.2", 11, 0, "1:YHxtAirCG//0OzkcVAukqKQN9xM=", "1:XjUibYHaafLQ3pxQeiMI8g25q20="},
	{58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", 128, 0, "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=", "1:GfZxjAkDk2MkegpBYHV6tadtFXQ="},
	{58, "3ffe:501:0:1001::2", "3ffe:507:0:1:200:86ff:fe05:80da", 129, 0, "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=", "1:GfZxjAkDk2MkegpBYHV6tadtFXQ="},
	{58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 135, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
	{58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", 136, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=", "1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY="},
	{58, "fe80::200:86ff:fe05:80da", "ff02::2", 133, 0, "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0=", "1:L7Ka0ZMYu+J3bL4ulW2PrqyXNo8="},
	{58, "fe80::260:97ff:fe07:69ea", "ff02::1", 134, 0, "1:pkvHqCL88/tg1k4cPigmZXUtL00=", "1:K/ee5UCqAMAQXDorP5nSa2CGLjc="},
	{58, "3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da", 3, 0, "1:2ObVBgIn28oZvibYZhZMBgh7WdQ=", "1:lVEtCZpYu84Xqaa++3lXFyuu2n4="},
	{58, "3ffe:501:410:0:2c0:dfff:fe47:33e", "3ffe:507:0:1:200:86ff:fe05:80da", 1, 4, "1:hLZd0XGWojozrvxqE0dWB1iM6R0=", "1:W8MHwXpWzpoSTD+cGcaJr4u0ys8="},
}

func TestFlowCommunityID(t *testing.T) {
	for _, tt := range communityIDs {
		f := layers.Flow{
			Src:   netip.AddrPortFrom(netip.MustParseAddr(tt.src), tt.sport),
			Dst:   netip.AddrPortFrom(netip.MustParseAddr(tt.dst), tt.dport),
			Proto: tt.proto,
		}
		if tt.proto == layers.IPProtoICMPv4 || tt.proto == layers.IPProtoICMPv6 {
			tt.seed0, tt.seed1 = "", ""
		}
		for _, f := range []layers.Flow{f, f.Reverse()} {
			if got := [2]string{f.CommunityID(0), f.CommunityID(1)}; got != [2]string{tt.seed0, tt.seed1} {
				t.Errorf("%v: %q, want %q and %q", f, got, tt.seed0, tt.seed1)
			}
		}
	}
}

func decodeIP(src, dst string, proto uint8, payload []byte) *layers.Packet {
	var d layers.Decoder
	var p layers.Packet
	d.DecodeBytes(&p, pcap.LinkTypeRaw, build.IP(src, dst, proto, payload))
	return &p
}

func TestPacketCommunityID(t *testing.T) {
	for _, tt := range communityIDs {
		payload := make([]byte, 20)
		payload[0], payload[1] = byte(tt.sport), byte(tt.dport)
		switch tt.proto {
		case layers.IPProtoTCP, layers.IPProtoUDP:
			payload[0], payload[1], payload[2], payload[3] = byte(tt.sport>>8), byte(tt.sport), byte(tt.dport>>8), byte(tt.dport)
			payload[12] = 0x50
		case 132:
			continue // not decoded as a layer
		}
		p := decodeIP(tt.src, tt.dst, uint8(tt.proto), payload)
		if got := [2]string{p.CommunityID(0), p.CommunityID(1)}; got != [2]string{tt.seed0, tt.seed1} {
			t.Errorf("%v: %q, want %q and %q", p, got, tt.seed0, tt.seed1)
		}
	}
	// Packets without the parts that an ID needs: ports, a type, an IP layer.
	for _, p := range []*layers.Packet{
		decodeIP("192.0.2.1", "192.0.2.2", 6, make([]byte, 4)),
		decodeIP("192.0.2.1", "192.0.2.2", 17, nil),
		decodeIP("192.0.2.1", "192.0.2.2", 1, make([]byte, 2)),
		{},
	} {
		if id := p.CommunityID(0); id != "" {
			t.Errorf("%v: %q", p, id)
		}
	}
}

func TestCommunityIDAllocs(t *testing.T) {
	f := layers.Flow{Src: netip.MustParseAddrPort("192.0.2.1:1"), Dst: netip.MustParseAddrPort("192.0.2.2:2"), Proto: 6}
	if n := testing.AllocsPerRun(100, func() { f.CommunityID(0) }); n > 1 {
		t.Errorf("%v allocations, want 1 for the string", n)
	}
}
