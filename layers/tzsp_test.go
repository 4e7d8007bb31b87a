package layers

import (
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// A received Ethernet frame after a tag for the raw signal strength, padding and
// the end tag.
const tzspSample = "01 00 0001 0a01c8 00 01" + ipFrame

func TestTZSP(t *testing.T) {
	testShim(t, KindTZSP, tzspSample, 9)
	testMalformed(t, KindTZSP, "02 00 0001 01"+ipFrame)
	for _, c := range []struct {
		name, data string
		want       []Kind
	}{
		{"Ethernet", tzspSample, []Kind{KindTZSP, KindEthernet, KindIPv4, KindUDP}},
		{"for transmission", "01 01 0001 01" + ipFrame, []Kind{KindTZSP, KindEthernet, KindIPv4, KindUDP}},
		{"802.11", "01 00 0012 01" + wlanSample, []Kind{KindTZSP, KindWLAN, KindLLC, KindIPv4, KindUDP}},
		{"keep-alive", "01 04 0001 01", nil},
		{"another protocol from the port", "c0 00000001 08 8394c8f03e515708", nil},
	} {
		t.Log(c.name)
		p := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040110000c0000201c6336407 01bb 9090 0000 0000"+c.data)
		wantKinds(t, p, append([]Kind{KindIPv4, KindUDP}, c.want...)...)
		if p.Err() != nil {
			t.Error(p.Err())
		}
	}
}
