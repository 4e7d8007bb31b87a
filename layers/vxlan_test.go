package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// Network 42 (RFC 7348 section 5).
const vxlanSample = "08 000000 00002a 00" + ethernetSample

func TestVXLAN(t *testing.T) {
	h, err := ParseVXLAN(viewtest.Unhex(t, vxlanSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Flags 8
		VNI 42
		Text vni 42`)
}

// The port distinguishes VXLAN from its generic extension (RFC 9803 section
// 3.1), whose P flag announces a protocol. Linux still uses 8472, from before a
// port was assigned (udp_port of drivers/net/vxlan).
func TestVXLANPorts(t *testing.T) {
	for _, c := range []struct {
		port, b string
		want    []Kind
	}{
		{"12b5", vxlanSample, []Kind{KindVXLAN, KindEthernet, KindARP}},
		{"2118", vxlanSample, []Kind{KindVXLAN, KindEthernet, KindARP}},
		{"12b6", "0c 0000 01 00002a 00" + ipv4Sample, []Kind{KindVXLANGPE, KindIPv4, KindUDP}},
		{"12b6", "0c 0000 02 00002a 00" + ipv6Sample, []Kind{KindVXLANGPE, KindIPv6, KindUDP}},
		{"12b6", "0c 0000 03 00002a 00" + ethernetSample, []Kind{KindVXLANGPE, KindEthernet, KindARP}},
		{"12b6", "0c 0000 04 00002a 00" + nshSample, []Kind{KindVXLANGPE, KindNSH, KindIPv4, KindUDP}},
		{"12b6", "0c 0000 05 00002a 00" + mplsSample, []Kind{KindVXLANGPE, KindMPLS, KindIPv4, KindUDP}},
		{"12b6", vxlanSample, []Kind{KindVXLANGPE, KindEthernet, KindARP}},
	} {
		p := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040110000c0000201c6336407 c000"+c.port+"0000 0000"+c.b)
		wantKinds(t, p, append([]Kind{KindIPv4, KindUDP}, c.want...)...)
	}
}
