package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// DLCI 302 (ITU-T Q.922 clause 3.3) with IPv4 by its NLPID (RFC 2427 section 4.1).
const frameRelaySample = "48e1 03cc" + ipv4Sample

func TestFrameRelay(t *testing.T) {
	h, err := ParseFrameRelay(viewtest.Unhex(t, frameRelaySample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 4
		DLCI 302
		Payload `+ipv4Sample+`
		Text dlci 302`)
}

// Addresses of two to four bytes, and the ways to announce the payload.
func TestFrameRelayForms(t *testing.T) {
	for _, c := range []struct {
		name, b string
		dlci    uint32
		next    []Kind
	}{
		{"NLPID", "48e1 03cc" + ipv4Sample, 302, []Kind{KindIPv4, KindUDP}},
		{"padding", "48e1 03008e" + ipv6Sample, 302, []Kind{KindIPv6, KindUDP}},
		{"SNAP", "48e1 030080 000000 0806" + arpSample, 302, []Kind{KindARP}},
		{"bridged Ethernet", "48e1 030080 0080c2 0007" + ethernetSample, 302, []Kind{KindEthernet, KindARP}},
		{"PPP", "48e1 03cf 0021" + ipv4Sample, 302, []Kind{KindPPP, KindIPv4, KindUDP}},
		{"Cisco's EtherType", "48e1 0800" + ipv4Sample, 302, []Kind{KindIPv4, KindUDP}},
		{"three bytes", "48e0 05 03cc" + ipv4Sample, 302<<6 | 1, []Kind{KindIPv4, KindUDP}},
		{"four bytes", "48e0 0205 03cc" + ipv4Sample, 302<<13 | 1<<6 | 1, []Kind{KindIPv4, KindUDP}},
		{"signalling", "0001 0308 00", 0, nil},
	} {
		h, err := ParseFrameRelay(viewtest.Unhex(t, c.b))
		if err != nil {
			t.Error(c.name, err)
		} else if h.DLCI() != c.dlci {
			t.Errorf("%s: DLCI %d", c.name, h.DLCI())
		}
		wantKinds(t, decodeHex(t, pcap.LinkTypeFRelay, c.b), append([]Kind{KindFrameRelay}, c.next...)...)
	}
}

func TestParseFrameRelay(t *testing.T) {
	for b, want := range map[string]error{
		"":               wire.Short,
		"48":             wire.Short,
		"49":             wire.Malformed, // an address of one byte
		"48e0 0202 05":   wire.Malformed, // of five
		"48e1 03":        wire.Short,
		"48e1 0300":      wire.Short,
		"48e1 0380 0000": wire.Short,
	} {
		if _, err := ParseFrameRelay(viewtest.Unhex(t, b)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", b, err, want)
		}
	}
}
