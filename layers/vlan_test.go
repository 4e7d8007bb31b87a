package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A customer tag (IEEE 802.1Q clause 9.6): priority 5, drop eligible, VLAN 291.
const vlanSample = "b123 0800" + ipv4Sample

func TestVLAN(t *testing.T) {
	h, err := ParseVLAN(viewtest.Unhex(t, vlanSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Priority 5
		DropEligible true
		ID 291
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text id 291`)
}
