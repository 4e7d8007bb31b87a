package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A multicast packet in the format of https://www.tcpdump.org/linktypes.html, the address by RFC 4391 section 4.
const ipoibSample = "0000000000000000000000000000000000000000" +
	"00ffffff ff12401bffff000000000000ffffffff 0800 0000" + ipv4Sample

func TestIPoIB(t *testing.T) {
	h, err := ParseIPoIB(viewtest.Unhex(t, ipoibSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Dst 00ffffffff12401bffff000000000000ffffffff
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text > 00ffffffff12401bffff000000000000ffffffff IPv4`)
}
