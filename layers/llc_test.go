package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A SNAP header (IEEE 802 clause 9.5) with the EtherType of IPv4 (RFC 1042).
const llcSample = "aaaa03 000000 0800" + ipv4Sample

func TestLLC(t *testing.T) {
	h, err := ParseLLC(viewtest.Unhex(t, llcSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 8
		DSAP 170
		SSAP 170
		Control 3
		IsSNAP true
		OUI 0
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text oui 0x000000 IPv4`)
}

// Unnumbered frames have a control field of one byte, others of two (IEEE 802.2
// clause 5.3). On ATM, a bridged frame follows padding and may end with its
// check sequence (RFC 2684 section 5.2).
func TestLLCForms(t *testing.T) {
	for _, c := range []struct {
		name, b string
		hdr     int
		next    []Kind
	}{
		{"spanning tree", "424203 0000", 3, nil},
		{"information", "f0f0 0001 aa", 4, nil},
		{"IP", "060603" + ipv4Sample, 3, []Kind{KindIPv4, KindUDP}},
		{"bridge tunnel", "aaaa03 0000f8 0806" + arpSample, 8, []Kind{KindARP}},
		{"bridged Ethernet", "aaaa03 0080c2 0007 0000" + ethernetSample, 10, []Kind{KindEthernet, KindARP}},
		{"with check sequence", "aaaa03 0080c2 0001 0000 ffffffffffff 020000000001 0800" + ipv4Sample + "11223344", 10,
			[]Kind{KindEthernet, KindIPv4, KindUDP}},
		{"Cisco discovery", "aaaa03 00000c 2000 02b4", 8, nil},
	} {
		h, err := ParseLLC(viewtest.Unhex(t, c.b))
		if err != nil || h.HeaderLen() != c.hdr {
			t.Errorf("%s: header of %d bytes, %v", c.name, h.HeaderLen(), err)
		}
		wantKinds(t, decodeHex(t, pcap.LinkTypeATMRFC1483, c.b), append([]Kind{KindLLC}, c.next...)...)
	}
}
