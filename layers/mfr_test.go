package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A frame in one fragment (FRF.16.1 section 3.1.1), sequence number 291.
const mfrSample = "c223" + frameRelaySample

func TestMFR(t *testing.T) {
	h, err := ParseMFR(viewtest.Unhex(t, mfrSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Begin true
		End true
		Control false
		Seq 291
		Payload 48e103cc`+ipv4Sample+`
		Text seq 291`)
}

// Neither the first of several fragments nor link control is a frame.
func TestMFRFragment(t *testing.T) {
	for _, first := range []string{"8223", "4223", "e201"} {
		wantKinds(t, decodeHex(t, pcap.LinkTypeMFR, first+frameRelaySample), KindMFR)
	}
}
