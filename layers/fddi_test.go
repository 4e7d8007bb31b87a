package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// An asynchronous LLC frame (ISO 9314-2) with IPv4.
const fddiSample = "50 020000000002 020000000001" + llcSample

func TestFDDI(t *testing.T) {
	h, err := ParseFDDI(viewtest.Unhex(t, fddiSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		FrameControl 80
		Dst 02:00:00:00:00:02
		Src 02:00:00:00:00:01
		Payload aaaa030000000800`+ipv4Sample+`
		Text 02:00:00:00:00:01 > 02:00:00:00:00:02`)
}

// Frames of ring management do not carry LLC.
func TestFDDIManagement(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeFDDI, "41 020000000002 020000000001 00112233")
	wantKinds(t, p, KindFDDI)
}
