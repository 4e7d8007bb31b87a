package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// An authentication header (RFC 4302 section 2) with a 12-byte integrity check
// value, before UDP.
const ahSample = "11 04 0000 00000100 00000007 0102030405060708090a0b0c" + udpSample

func TestAH(t *testing.T) {
	h, err := ParseAH(viewtest.Unhex(t, ahSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		NextHeader UDP
		HeaderLen 24
		SPI 256
		Seq 7
		Payload `+udpSample+`
		Text spi 0x00000100`)
}

// A length of 0 would end the header before its sequence number.
func TestParseAHMalformed(t *testing.T) {
	if _, err := ParseAH(viewtest.Unhex(t, "1100 0000 00000100 00000007")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}
