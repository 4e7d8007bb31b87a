package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A header with an extension, the type of the interface.
const juniperSample = "4d4743 81 0003 06010e 020000000002 020000000001 0800" + ipv4Sample

func TestJuniper(t *testing.T) {
	h, err := ParseJuniper(viewtest.Unhex(t, juniperSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Flags 129
		HeaderLen 9
		Payload 0200000000020200000000010800`+ipv4Sample+`
		Text flags 0x81`)
}

func TestJuniperForms(t *testing.T) {
	for _, c := range []struct {
		link pcap.LinkType
		b    string
		want []Kind
	}{
		{pcap.LinkTypeJuniperEther, juniperSample, []Kind{KindJuniperEthernet, KindEthernet, KindIPv4, KindUDP}},
		{pcap.LinkTypeJuniperEther, "4d4743 02" + ipv4Sample, []Kind{KindJuniperEthernet}}, // no link-layer header
		{pcap.LinkTypeJuniperPPP, "4d4743 00" + pppSample, []Kind{KindJuniperPPP, KindPPP, KindIPv4, KindUDP}},
		{pcap.LinkTypeJuniperFRelay, "4d4743 00" + frameRelaySample, []Kind{KindJuniperFrameRelay, KindFrameRelay, KindIPv4, KindUDP}},
		{pcap.LinkTypeJuniperCHDLC, "4d4743 00" + chdlcSample, []Kind{KindJuniperCHDLC, KindCHDLC, KindIPv4, KindUDP}},
	} {
		wantKinds(t, decodeHex(t, c.link, c.b), c.want...)
	}
	if _, err := ParseJuniper(viewtest.Unhex(t, "4d4744 00")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}
