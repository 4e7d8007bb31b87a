package layers

import (
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// An Ethernet record of 64 bytes with an extension header (a top bit of 0: the
// last one): 16 bytes, 8 bytes, 2 bytes, frame.
const erfSample = "0000000000000060 82 04 0048 0000 0038 0300000000000000 0000" + ipFrame

func TestERF(t *testing.T) {
	testShim(t, KindERF, erfSample, 26)
	testMalformed(t, KindERF, "0000000000000060 02 04 0010 0000 0038 0000"+ipFrame)
	const head = "0000000000000060"
	for _, c := range []struct {
		name, b string
		want    []Kind
	}{
		{"extended", erfSample, []Kind{KindERF, KindEthernet, KindIPv4, KindUDP}},
		{"Ethernet with color", head + "0b 04 0040 0000 0038 0000" + ipFrame, []Kind{KindERF, KindEthernet, KindIPv4, KindUDP}},
		{"PPP", head + "01 04 0040 0000 0038 ff03 0021" + ipv4Sample, []Kind{KindERF, KindPPP, KindIPv4, KindUDP}},
		{"Cisco HDLC", head + "01 04 0040 0000 0038 0f00 0800" + ipv4Sample, []Kind{KindERF, KindCHDLC, KindIPv4, KindUDP}},
		{"HDLC on channels", head + "05 04 0040 0000 0038 00000000 ff03 0021" + ipv4Sample, []Kind{KindERF, KindPPP, KindIPv4, KindUDP}},
		{"IPv4", head + "16 04 0040 0000 0038" + ipv4Sample, []Kind{KindERF, KindIPv4, KindUDP}},
		{"IPv6", head + "17 04 0048 0000 0038" + ipv6Sample, []Kind{KindERF, KindIPv6, KindUDP}},
		{"a counter", head + "0d 04 0040 0000 0038" + ipv4Sample, []Kind{KindERF}},
	} {
		t.Log(c.name)
		wantKinds(t, decodeHex(t, pcap.LinkTypeERF, c.b), c.want...)
	}
}
