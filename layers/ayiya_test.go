package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A packet to be forwarded (draft-massar-v6ops-ayiya-02 section 3) from 2001:db8::1, signed with SHA-1.
const ayiyaSample = "41 52 11 29 5ceeed58 20010db8000000000000000000000001" +
	"0102030405060708090a0b0c0d0e0f1011121314" + ipv6Sample

func TestAYIYA(t *testing.T) {
	h, err := ParseAYIYA(viewtest.Unhex(t, ayiyaSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 44
		Operation 1
		NextHeader IPv6
		Epoch 1559162200
		Identity 20010db8000000000000000000000001
		Text operation 1 IPv6`)
}
