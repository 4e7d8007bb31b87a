package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// IPv4 in HDLC-like framing (RFC 1662 section 3.1).
const pppSample = "ff03 0021" + ipv4Sample

func TestPPP(t *testing.T) {
	h, err := ParsePPP(viewtest.Unhex(t, pppSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 4
		Protocol 33
		Payload `+ipv4Sample+`
		Text 0x0021`)
}

// Address, control and the first byte of the protocol may be compressed away
// (RFC 1661 section 6.5 and 6.6).
func TestPPPForms(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    []Kind
	}{
		{"all", "ff03 0021" + ipv4Sample, []Kind{KindPPP, KindIPv4, KindUDP}},
		{"no address and control", "0021" + ipv4Sample, []Kind{KindPPP, KindIPv4, KindUDP}},
		{"short protocol", "ff03 57" + ipv6Sample, []Kind{KindPPP, KindIPv6, KindUDP}},
		{"one byte", "21" + ipv4Sample, []Kind{KindPPP, KindIPv4, KindUDP}},
		{"MPLS", "ff03 0281" + mplsSample, []Kind{KindPPP, KindMPLS, KindIPv4, KindUDP}},
		{"link control", "ff03 c021 01", []Kind{KindPPP}},
		{"Cisco HDLC instead", chdlcSample, []Kind{KindCHDLC, KindIPv4, KindUDP}},
	} {
		t.Log(c.name)
		wantKinds(t, decodeHex(t, pcap.LinkTypePPP, c.b), c.want...)
		wantKinds(t, decodeHex(t, pcap.LinkTypePPPHDLC, c.b), c.want...)
	}
}
