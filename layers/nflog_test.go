package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// Group 5, from a little-endian host: a padded prefix, and the packet.
const nflogSample = "02 00 0005 0700 0a00 657874 00 2200 0900" + ipv4Sample

func TestNFLOG(t *testing.T) {
	h, err := ParseNFLOG(viewtest.Unhex(t, nflogSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Family 2
		Resource 5
		Elements {10 657874}, {9 `+ipv4Sample+`}
		Text family 2 group 5`)
}

// Lengths are in the byte order of the host, detected by their plausibility.
func TestNFLOGBigEndian(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeNFLOG, "0a 00 0005 0006 0001 86dd 0000 0036 0009"+ipv6Sample)
	wantKinds(t, p, KindNFLOG, KindIPv6, KindUDP)
	if _, err := ParseNFLOG(viewtest.Unhex(t, "02 00 0005 0300 0100 00")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}
