package layers

import (
	"errors"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// A Prism header with all values absent.
var prismSample = "44000000 90000000" + prismRest + wlanSample

func TestPrism(t *testing.T) {
	h, err := ParsePrism(viewtest.Unhex(t, prismSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		IsAVS false
		HeaderLen 144
		Text header 144`)
}

// The rest of a Prism header: a device name, and absent values.
var prismRest = strings.Repeat("00", prismLen-8)

func TestPrismAVS(t *testing.T) {
	h, err := ParsePrism(viewtest.Unhex(t, "80211001 0000000c 00000000 d400"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		IsAVS true
		HeaderLen 12
		Payload d400`)
	if _, err := ParsePrism(viewtest.Unhex(t, "80211001 00000007 00000000")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
	if _, err := ParsePrism(viewtest.Unhex(t, "80211001 ffffffff 00000000")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}
