package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// RFC 3931 section 4.1.1.1: session 1, no cookie, the default sublayer (section
// 4.6), as Linux sends by default.
const l2tpIPSample = "00000001 00000000" + ipFrame

func TestL2TPIP(t *testing.T) {
	if h, err := parseShim(KindL2TPIP)(viewtest.Unhex(t, l2tpIPSample)); err != nil || h.headerLen() != 8 {
		t.Errorf("%v, header %d", err, h.headerLen())
	}
	ip := []Kind{KindEthernet, KindIPv4, KindUDP}
	for _, c := range []struct {
		name, data string
		want       []Kind
	}{
		{"sublayer", "00000000" + ipFrame, ip},
		{"neither", ipFrame, ip},
		{"cookie of 4", "deadbeef" + ipFrame, ip},
		{"cookie of 8", "deadbeefdeadbeef" + ipFrame, ip},
		{"both", "deadbeefdeadbeef 40000001" + ipFrame, ip},
		{"PPP", "00000000 ff03 0021" + ipv4Sample, []Kind{KindPPP, KindIPv4, KindUDP}},
		{"Cisco HDLC", "00000000 0f00 0800" + ipv4Sample, []Kind{KindCHDLC, KindIPv4, KindUDP}},
		{"a frame of another kind", "00000000 18 41 0800" + ipv4Sample, nil},
		{"nothing", "", nil},
	} {
		t.Log(c.name)
		p := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040730000c0000201c6336407 00000001"+c.data)
		wantKinds(t, p, append([]Kind{KindIPv4, KindL2TPIP}, c.want...)...)
		p = decodeHex(t, pcap.LinkTypeRaw, "450000000000400040110000c0000201c6336407 06a5 06a5 0000 0000 0003 0000 00000001"+c.data)
		wantKinds(t, p, append([]Kind{KindIPv4, KindUDP, KindL2TP}, c.want...)...)
	}
	control := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040730000c0000201c6336407 00000000 c8030014 00000000 0000 0000"+ipFrame)
	wantKinds(t, control, KindIPv4, KindL2TPIP)
}
