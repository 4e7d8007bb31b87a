package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A datagram (RFC 768) to the discard port, with its checksum for 192.0.2.1 and
// 198.51.100.7.
const udpSample = "12340009000a98f76869"

func TestUDP(t *testing.T) {
	h, err := ParseUDP(viewtest.Unhex(t, udpSample+"ffff")) // and a trailer
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		SrcPort 4660
		DstPort 9
		Len 10
		Checksum 39159
		Payload 6869
		Truncated false
		Text 4660 > 9 len 2`)
}

func TestParseUDP(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    error
	}{
		{"length of 7", "12340009000798f7", wire.Malformed},
		{"length of 8", "12340009000898f7", nil},
		{"length unknown", "12340009000098f76869", nil},
		{"length beyond the bytes", "12340009ffff98f76869", nil},
		{"7 bytes", "12340009000a98", wire.Short},
	} {
		if _, err := ParseUDP(viewtest.Unhex(t, c.b)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// Either port announces a datagram's payload, the lower first. An empty
// datagram has none.
func TestUDPPorts(t *testing.T) {
	for _, c := range []struct {
		name, ports string
		payload     string
		want        []Kind
	}{
		{"to DNS", "c0000035", "1234 0100 0000 0000 0000 0000", []Kind{KindIPv4, KindUDP, KindDNS}},
		{"from DNS", "0035c000", "1234 8100 0000 0000 0000 0000", []Kind{KindIPv4, KindUDP, KindDNS}},
		{"multicast DNS", "14e914e9", "0000 0000 0000 0000 0000 0000", []Kind{KindIPv4, KindUDP, KindDNS}},
		{"LLMNR", "c00014eb", "0000 0000 0000 0000 0000 0000", []Kind{KindIPv4, KindUDP, KindDNS}},
		{"DNS to a tunnel's port", "003512b5", "1234 8100 0000 0000 0000 0000", []Kind{KindIPv4, KindUDP, KindDNS}},
		{"empty", "c0000035", "", []Kind{KindIPv4, KindUDP}},
		{"discard", "c0000009", "0000 0000", []Kind{KindIPv4, KindUDP}},
	} {
		p := decodeHex(t, pcap.LinkTypeRaw, "450000001234400040110000c0000201c6336407"+c.ports+"0000 0000"+c.payload)
		t.Log(c.name)
		wantKinds(t, p, c.want...)
	}
}
