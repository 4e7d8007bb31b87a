package layers

import "testing"

// Forwarding tag 1 with a time to live of 32.
const fabricPathSample = "0060" + ethernetSample

func TestFabricPath(t *testing.T) {
	h, err := ParseFabricPath(unhex(t, fabricPathSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		FTag 1
		TTL 32
		Text ftag 1 ttl 32`)
}
