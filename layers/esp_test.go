package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A header (RFC 4303 section 2) and encrypted data.
const espSample = "00000100 00000007 0102030405060708"

func TestESP(t *testing.T) {
	h, err := ParseESP(viewtest.Unhex(t, espSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		SPI 256
		Seq 7
		Payload 0102030405060708
		Text spi 0x00000100`)
}
