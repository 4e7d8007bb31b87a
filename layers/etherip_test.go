package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// Version 3 (RFC 3378 section 3) before an Ethernet frame.
const etherIPSample = "3000" + ethernetSample

func TestEtherIP(t *testing.T) {
	h, err := ParseEtherIP(viewtest.Unhex(t, etherIPSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Version 3
		Text version 3`)
}

func TestParseEtherIP(t *testing.T) {
	if _, err := ParseEtherIP(viewtest.Unhex(t, "4000")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}
