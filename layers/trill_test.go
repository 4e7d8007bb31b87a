package layers

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// RFC 6325 section 3.1: version 0, options of one word, hop count 20, nicknames 1
// and 2.
const trillSample = "0054 0001 0002 00000000" + ipFrame

func TestTRILL(t *testing.T) {
	testShim(t, KindTRILL, trillSample, 10)
	testMalformed(t, KindTRILL, "4000 0001 0002"+ipFrame)
}

// A frame nested without end stops at MaxLayers.
func TestNestedTRILL(t *testing.T) {
	const frame = "020000000002 020000000001 22f3 0014 0001 0002"
	p := decodeHex(t, pcap.LinkTypeEthernet, strings.Repeat(frame, MaxLayers))
	if n := len(slices.Collect(p.Layers())); n != MaxLayers || !errors.Is(p.Err(), wire.TooDeep) {
		t.Errorf("%d layers, %v", n, p.Err())
	}
}
