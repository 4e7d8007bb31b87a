package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// Type III (draft-foschiano-erspan-03 section 4.3): session 2, VLAN 100, with a platform header.
const erspanSample = "2064 0002 00000001 0000 0001 0000000000000000" +
	"020000000002 020000000001 0800" + ipv4Sample

func TestERSPAN(t *testing.T) {
	h, err := ParseERSPAN(viewtest.Unhex(t, erspanSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 20
		Version 2
		VLAN 100
		SessionID 2
		Truncated false
		FrameType 0
		Payload 0200000000020200000000010800`+ipv4Sample+`
		Text session 2 vlan 100`)
}

func TestERSPANType2(t *testing.T) {
	h, err := ParseERSPAN(viewtest.Unhex(t, "1064 0402 00000007 00"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 8
		Version 1
		Truncated true
		FrameType 0
		Payload 00`)
}

// Type III may mirror IP packets. No other versions exist.
func TestERSPANForms(t *testing.T) {
	h, err := ParseERSPAN(viewtest.Unhex(t, "2064 0002 00000001 0000 0800"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 12
		FrameType 2`)
	if _, err := ParseERSPAN(viewtest.Unhex(t, "3064 0002 00000001 0000 0800")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}
