package layers

import (
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// The part of an ISL header after 14 bytes: SNAP, the source's organization, VLAN
// 10, index, a reserved field.
const islSample = "aaaa03 00000c 0014 0001 0000" + ipFrame

func TestISL(t *testing.T) {
	testShim(t, KindISL, islSample, 12)
	kinds := []Kind{KindEthernet, KindISL, KindEthernet, KindIPv4, KindUDP}
	for _, c := range []struct {
		name, header string
		want         []Kind
	}{
		{"ISL", "01000c000000 00000c112233 0060", kinds},
		{"the other destination", "03000c000003 00000c112233 0060", kinds},
		{"beyond the length of Ethernet", "01000c000000 00000c112233 05fe", kinds},
		{"token ring", "01000c000010 00000c112233 0060", []Kind{KindEthernet, KindLLC}},
		{"another destination", "01000c000100 00000c112233 0060", []Kind{KindEthernet, KindLLC}},
	} {
		t.Log(c.name)
		wantKinds(t, decodeHex(t, pcap.LinkTypeEthernet, c.header+islSample+"00000000 00000000"), c.want...)
	}
}
