package layers

import (
	"errors"
	"fmt"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A packet (RFC 8200 section 3) with its checksum: UDP from 2001:db8::1 to the
// discard port of 2001:db8::2, expedited forwarding.
const ipv6Sample = "6b812345000a113f" +
	"20010db8000000000000000000000001" + "20010db8000000000000000000000002" +
	"12340009000a29bf6869"

func TestIPv6(t *testing.T) {
	h, err := ParseIPv6(viewtest.Unhex(t, ipv6Sample+"ffff")) // and a trailer
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		TrafficClass 184
		FlowLabel 74565
		PayloadLen 10
		NextHeader UDP
		HopLimit 63
		Src 2001:db8::1
		Dst 2001:db8::2
		Payload 12340009000a29bf6869
		Truncated false
		Text 2001:db8::1 > 2001:db8::2`)
}

func TestParseIPv6(t *testing.T) {
	for _, c := range []struct {
		name, hdr string
		want      error
	}{
		{"nothing", "", wire.Short},
		{"another version", "45", wire.Malformed},
		{"39 bytes", ipv6Sample[:78], wire.Short},
		{"payload beyond the bytes", ipv6Sample[:80], nil},
	} {
		if _, err := ParseIPv6(viewtest.Unhex(t, c.hdr)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// A jumbogram (RFC 2675) states its length in an option. Otherwise, a payload
// length of 0 before a hop-by-hop options header means all bytes.
func TestIPv6Jumbo(t *testing.T) {
	const addrs = "20010db8000000000000000000000001" + "20010db8000000000000000000000002"
	hdr := viewtest.Unhex(t, "60000000 0000 00 40"+addrs+"1100 c204 00010008"+"12340009 0000 0000")
	whole := append(hdr, make([]byte, 1<<16)...)
	for _, c := range []struct {
		name      string
		b         []byte
		payload   int
		truncated bool
	}{
		{"with a trailer", append(whole, 1, 2, 3), 1<<16 - 8, false},
		{"cut", whole[:1000], 1000 - 40 - 8 - 8, true},
	} {
		var d Decoder
		var p Packet
		d.DecodeBytes(&p, pcap.LinkTypeIPv6, c.b)
		wantKinds(t, &p, KindIPv6, KindIPv6HopByHop, KindUDP)
		ip, _ := p.IPv6()
		if n, ok := ip.JumboLen(); n != 1<<16+8 || !ok || len(p.Payload()) != c.payload || p.Truncated() != c.truncated || ip.Truncated() != c.truncated {
			t.Errorf("%s: length %d %v, payload %d, truncated %v %v", c.name, n, ok, len(p.Payload()), p.Truncated(), ip.Truncated())
		}
	}
	small := decodeHex(t, pcap.LinkTypeIPv6, "60000000 0000 00 40"+addrs+"1100 c204 0000ffff"+"12340009 000a 0000 6869")
	if ip, _ := small.IPv6(); string(small.Payload()) != "hi" || ip.Truncated() {
		t.Error(small)
	}
}

// A payload length of 0 means all bytes: segmentation offload leaves it to packets
// that are longer than it can state. It also leaves the length of an IPv4 header
// outside.
func TestIPv6Offload(t *testing.T) {
	const addrs = "20010db8000000000000000000000001" + "20010db8000000000000000000000002"
	segment := make([]byte, 70000)
	segment[12] = 0x50
	for _, c := range []struct {
		name, header string
		want         []Kind
	}{
		{"TCP", "60000000 0000 06 40" + addrs, []Kind{KindIPv6, KindTCP}},
		{"in IPv4", "450000000000400040290000c0000201c6336407 60000000 0000 06 40" + addrs, []Kind{KindIPv4, KindIPv6, KindTCP}},
		{"after destination options", "60000000 0000 3c 40" + addrs + "0600010400000000", []Kind{KindIPv6, KindIPv6Destination, KindTCP}},
		{"UDP", "60000000 0000 11 40" + addrs, []Kind{KindIPv6}},
		{"no next header", "60000000 0000 3b 40" + addrs, []Kind{KindIPv6}},
	} {
		var d Decoder
		var p Packet
		d.DecodeBytes(&p, pcap.LinkTypeRaw, append(viewtest.Unhex(t, c.header), segment...))
		wantKinds(t, &p, c.want...)
		size := len(segment) - 20
		if c.want[len(c.want)-1] != KindTCP {
			size = 0
		}
		if len(p.Payload()) != size || p.Truncated() || p.Err() != nil {
			t.Errorf("%s: payload %d, truncated %v, %v", c.name, len(p.Payload()), p.Truncated(), p.Err())
		}
	}
}

// The version in the header counts, whatever announced it: each version in each, by
// the protocol number of the other.
func TestIPVersions(t *testing.T) {
	const in4, in6 = "450000000000400040%s0000c0000201c6336407", "600000000000%s4020010db800000000000000000000000120010db8000000000000000000000002"
	for _, outer := range []struct {
		header string
		kind   Kind
	}{{in4, KindIPv4}, {in6, KindIPv6}} {
		for _, inner := range []struct {
			packet string
			kind   Kind
		}{{ipv4Sample, KindIPv4}, {ipv6Sample, KindIPv6}} {
			for _, proto := range []string{"04", "29"} {
				p := decodeHex(t, pcap.LinkTypeRaw, fmt.Sprintf(outer.header, proto)+inner.packet)
				wantKinds(t, p, outer.kind, inner.kind, KindUDP)
			}
		}
	}
}
