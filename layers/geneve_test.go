package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// Network 42 with an option of the experimental class (RFC 8926 section 3.4 and 3.5), before Ethernet.
const geneveSample = "02 40 6558 00002a 00 ffff 80 01 deadbeef" + ethernetSample

func TestGENEVE(t *testing.T) {
	h, err := ParseGENEVE(viewtest.Unhex(t, geneveSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 16
		Control false
		Critical true
		EtherType Ethernet
		VNI 42
		Options {65535 128 deadbeef}
		Text vni 42 Ethernet`)
}

// Version 1 is undefined. An option that exceeds the header ends the list.
func TestParseGENEVE(t *testing.T) {
	if _, err := ParseGENEVE(viewtest.Unhex(t, "40 00 0800 00002a 00")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
	h, err := ParseGENEVE(viewtest.Unhex(t, "02 00 0800 00002a 00 ffff 01 00 ffff 02 01"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, "Options {65535 1 }")
}
