package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A unicast frame (RFC 1547 section 4.3.1) with IPv4.
const chdlcSample = "0f00 0800" + ipv4Sample

func TestCHDLC(t *testing.T) {
	h, err := ParseCHDLC(viewtest.Unhex(t, chdlcSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Address 15
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text IPv4`)
}
