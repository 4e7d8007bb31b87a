package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A decrypted packet from a little-endian host.
const encSample = "02000000 00000100 01000000" + ipv4Sample

func TestENC(t *testing.T) {
	h, err := ParseENC(viewtest.Unhex(t, encSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Family 2
		SPI 256
		Payload `+ipv4Sample+`
		Text family 2 spi 0x00000100`)
}
