package layers

import "testing"

// A VN-Tag before a VLAN tag.
const vnTagSample = "80010002 8100" + vlanSample

func TestVNTag(t *testing.T) {
	h, err := ParseVNTag(unhex(t, vnTagSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		Tag 80010002
		EtherType 802.1Q
		Text 80010002 802.1Q`)
}

// An E-Tag (IEEE 802.1BR clause 7.5).
const eTagSample = "0000 0064 0000 0800" + ipv4Sample

func TestETag(t *testing.T) {
	h, err := ParseETag(unhex(t, eTagSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		Tag 000000640000
		EtherType IPv4
		Payload `+ipv4Sample+``)
}
