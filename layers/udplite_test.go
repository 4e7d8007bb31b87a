package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// A datagram with only its header covered (RFC 3828 section 3.1).
const udpLiteSample = "12340009 0008 1234 6869"

func TestUDPLite(t *testing.T) {
	h, err := ParseUDPLite(viewtest.Unhex(t, udpLiteSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		SrcPort 4660
		DstPort 9
		Coverage 8
		Checksum 4660
		Payload 6869
		Text 4660 > 9 len 2`)
}

// A coverage that ends inside the header is malformed. 0 means all.
func TestParseUDPLite(t *testing.T) {
	for b, want := range map[string]error{"123400090007 1234": wire.Malformed, "123400090000 1234": nil} {
		if _, err := ParseUDPLite(viewtest.Unhex(t, b)); !errors.Is(err, want) {
			t.Errorf("%s: %v", b, err)
		}
	}
}
