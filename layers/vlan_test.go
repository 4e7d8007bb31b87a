package layers

import "testing"

// A customer tag (IEEE 802.1Q clause 9.6): priority 5, drop eligible, VLAN 291.
const vlanSample = "b123 0800" + ipv4Sample

func TestVLAN(t *testing.T) {
	h, err := ParseVLAN(unhex(t, vlanSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		Priority 5
		DropEligible true
		ID 291
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text id 291`)
}
