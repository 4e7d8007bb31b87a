package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// ipFrame is an Ethernet frame with IPv4.
const ipFrame = "ffffffffffff 020000000001 0800" + ipv4Sample

// testShim checks how a header of hdr bytes is viewed.
func testShim(t *testing.T, kind Kind, sample string, hdr int) {
	t.Helper()
	b := viewtest.Unhex(t, sample)
	h, err := parseShim(kind)(b)
	if err != nil || h.headerLen() != hdr || len(h.Bytes()) != hdr+len(h.Payload()) {
		t.Errorf("%v: %v, header %d, want %d", kind, err, h.headerLen(), hdr)
	}
	if _, err := parseShim(kind)(b[:hdr-1]); !errors.Is(err, wire.Short) {
		t.Errorf("%v: %d bytes: %v", kind, hdr-1, err)
	}
}

// testMalformed checks that a header is refused.
func testMalformed(t *testing.T, kind Kind, hex string) {
	t.Helper()
	if _, err := parseShim(kind)(viewtest.Unhex(t, hex)); !errors.Is(err, wire.Malformed) {
		t.Errorf("%v %s: %v", kind, hex, err)
	}
}
