package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A packet in the format of https://www.tcpdump.org/linktypes.html.
const ieee1394Sample = "0200000000000002 0200000000000001 0800" + ipv4Sample

func TestIEEE1394(t *testing.T) {
	h, err := ParseIEEE1394(viewtest.Unhex(t, ieee1394Sample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Dst 144115188075855874
		Src 144115188075855873
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text 0200000000000001 > 0200000000000002 IPv4`)
}
