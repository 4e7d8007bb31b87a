package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// A header with metadata of type 1 (RFC 8300 section 2.4) before IPv4.
const nshSample = "0fc6 01 01 00002a ff 00000001000000020000000300000004" + ipv4Sample

func TestNSH(t *testing.T) {
	h, err := ParseNSH(viewtest.Unhex(t, nshSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 24
		Protocol 1
		PathID 42
		Index 255
		Metadata 00000001000000020000000300000004
		Payload `+ipv4Sample+`
		Text path 42 index 255`)
}

// A length that ends inside the service path header is malformed.
func TestParseNSH(t *testing.T) {
	if _, err := ParseNSH(viewtest.Unhex(t, "0fc1 02 01 00002a ff")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}
