package layers

import "testing"

// A unicast frame (RFC 1547 section 4.3.1) with IPv4.
const chdlcSample = "0f00 0800" + ipv4Sample

func TestCHDLC(t *testing.T) {
	h, err := ParseCHDLC(unhex(t, chdlcSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		Address 15
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text IPv4`)
}
