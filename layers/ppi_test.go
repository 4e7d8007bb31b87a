package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// One field, 802.11-Common, whose flags announce a frame check sequence.
const ppiSample = "00 00 2000 69000000 0200 1400 0000000000000000 0100 0000 0000 0000 0000 00 00" +
	wlanSample + "11223344"

func TestPPI(t *testing.T) {
	h, err := ParsePPI(viewtest.Unhex(t, ppiSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 32
		LinkType IEEE802_11
		Text IEEE802_11`)
}

func TestPPIPacket(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypePPI, ppiSample)
	wantKinds(t, p, KindPPI, KindWLAN, KindLLC, KindIPv4, KindUDP)
	wlan, _ := p.Layer(KindWLAN)
	if n := len(wlan.Bytes); n != len(viewtest.Unhex(t, wlanSample)) {
		t.Errorf("frame of %d bytes", n)
	}
	if _, err := ParsePPI(viewtest.Unhex(t, "00 00 0700 69000000")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}
