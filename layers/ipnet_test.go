package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A packet between zones, in the format of https://www.tcpdump.org/linktypes/LINKTYPE_IPNET.html.
const ipnetSample = "01 02 0001 0000001e 00000000 00000002 00000003 00000004" + ipv4Sample

func TestIPNET(t *testing.T) {
	h, err := ParseIPNET(viewtest.Unhex(t, ipnetSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Family 2
		Interface 2
		SrcZone 3
		DstZone 4
		Payload `+ipv4Sample+`
		Text family 2 interface 2`)
}
