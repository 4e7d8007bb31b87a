package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A frame from port 5 of device 2 (https://www.tcpdump.org/linktypes/LINKTYPE_DSA_TAG_DSA.html).
const dsaSample = "020000000002 020000000001 c2280007 0800" + ipv4Sample

func TestDSA(t *testing.T) {
	h, err := ParseDSA(viewtest.Unhex(t, dsaSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Dst 02:00:00:00:00:02
		Src 02:00:00:00:00:01
		Tag 3257401351
		Device 2
		Port 5
		VLAN 7
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text 02:00:00:00:00:01 > 02:00:00:00:00:02 device 2 port 5 IPv4`)
}

// The same tag after an EtherType.
const edsaSample = "020000000002 020000000001 dada 0000 c2280007 0800" + ipv4Sample

func TestEDSA(t *testing.T) {
	h, err := ParseEDSA(viewtest.Unhex(t, edsaSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Device 2
		Port 5
		Payload `+ipv4Sample+``)
}
