package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// Service 42 with priority 3 (IEEE 802.1Q clause 9.7).
const iTagSample = "6000002a" + ethernetSample

func TestITag(t *testing.T) {
	h, err := ParseITag(viewtest.Unhex(t, iTagSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Priority 3
		SID 42
		Text sid 42`)
}
