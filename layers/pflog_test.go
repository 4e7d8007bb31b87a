package layers

import (
	"strings"
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// pflogHeader is the rest of an OpenBSD header of 61 bytes, with its padding,
// after length and address family: pass, match, interface em0, no rule set, rule
// 1, user and process unknown, outgoing.
var pflogHeader = "00 00" + "656d30" + strings.Repeat("00", 13) + strings.Repeat("00", 16) +
	"00000001 ffffffff ffffffff ffffffff 00000000 00000000 02 000000"

const pflogSample = "3d 02 00 00 656d3000000000000000000000000000 00000000000000000000000000000000" +
	"00000001 ffffffff ffffffff ffffffff 00000000 00000000 02 000000" + ipv4Sample

func TestPFLOG(t *testing.T) {
	testShim(t, KindPFLOG, pflogSample, 64)
	testMalformed(t, KindPFLOG, "10 02"+pflogHeader+ipv4Sample)
	for _, family := range []string{"0a", "18", "1c", "1e"} { // of IPv6 on each system
		wantKinds(t, decodeHex(t, pcap.LinkTypePFLog, "3d"+family+pflogHeader+ipv6Sample), KindPFLOG, KindIPv6, KindUDP)
	}
	wantKinds(t, decodeHex(t, pcap.LinkTypePFLog, "3d 01"+pflogHeader+ipv4Sample), KindPFLOG)
}
