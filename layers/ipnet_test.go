package layers

import "testing"

// A packet between zones laid out by https://www.tcpdump.org/linktypes/LINKTYPE_IPNET.html.
const ipnetSample = "01 02 0001 0000001e 00000000 00000002 00000003 00000004" + ipv4Sample

func TestIPNET(t *testing.T) {
	h, err := ParseIPNET(unhex(t, ipnetSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		Family 2
		Interface 2
		SrcZone 3
		DstZone 4
		Payload `+ipv4Sample+`
		Text family 2 interface 2`)
}
