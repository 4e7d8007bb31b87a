package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// Forwarding tag 1 with a time to live of 32.
const fabricPathSample = "0060" + ethernetSample

func TestFabricPath(t *testing.T) {
	h, err := ParseFabricPath(viewtest.Unhex(t, fabricPathSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		FTag 1
		TTL 32
		Text ftag 1 ttl 32`)
}
