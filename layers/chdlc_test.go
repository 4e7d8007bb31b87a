package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A unicast frame (RFC 1547 section 4.3.1) with IPv4.
const chdlcSample = "0f00 0800" + ipv4Sample

func TestCHDLC(t *testing.T) {
	h, err := ParseCHDLC(viewtest.Unhex(t, chdlcSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Address 15
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text IPv4`)
}

// A keep-alive of SLARP, as tcpdump's print-chdlc.c decodes it, is not RARP.
func TestSLARP(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeCHDLC, "8f00 8035 00000002 00000005 00000004 ffff 00012345")
	wantKinds(t, p, KindCHDLC)
	if p.Err() != nil {
		t.Error(p.Err())
	}
}
