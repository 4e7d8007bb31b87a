package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A VN-Tag before a VLAN tag.
const vnTagSample = "80010002 8100" + vlanSample

func TestVNTag(t *testing.T) {
	h, err := ParseVNTag(viewtest.Unhex(t, vnTagSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Tag 80010002
		EtherType 802.1Q
		Text 80010002 802.1Q`)
}

// An E-Tag (IEEE 802.1BR clause 7.5).
const eTagSample = "0000 0064 0000 0800" + ipv4Sample

func TestETag(t *testing.T) {
	h, err := ParseETag(viewtest.Unhex(t, eTagSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Tag 000000640000
		EtherType IPv4
		Payload `+ipv4Sample+``)
}
