package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A packet that the host sent, with an uncompressed header (RFC 1144).
const slipSample = "01 40 0000 00000000 00000000 00000000" + ipv4Sample

func TestSLIP(t *testing.T) {
	h, err := ParseSLIP(viewtest.Unhex(t, slipSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Sent true
		Payload `+ipv4Sample+`
		Text sent true`)
}
