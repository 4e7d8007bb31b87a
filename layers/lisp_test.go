package layers

import (
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// RFC 9300 section 5.1: N and L, nonce 1, one locator.
const lispSample = "c0 000001 00000001" + ipv4Sample

func TestLISP(t *testing.T) {
	testShim(t, KindLISP, lispSample, 8)
	for _, c := range []struct {
		name, data string
		want       []Kind
	}{
		{"IPv4", lispSample, []Kind{KindIPv4, KindUDP}},
		{"IPv6", "c0 000001 00000001" + ipv6Sample, []Kind{KindIPv6, KindUDP}},
		{"Ethernet (RFC 9305)", "04 000003 00000001" + ipFrame, []Kind{KindEthernet, KindIPv4, KindUDP}},
		{"nothing", "c0 000001 00000001", nil},
		{"neither version", "c0 000001 00000001 ff", nil},
	} {
		t.Log(c.name)
		p := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040110000c0000201c6336407 c000 10f5 0000 0000"+c.data)
		wantKinds(t, p, append([]Kind{KindIPv4, KindUDP, KindLISP}, c.want...)...)
		if p.Err() != nil {
			t.Error(p.Err())
		}
	}
}
