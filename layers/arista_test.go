package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// A timestamp with 32 bits of seconds and 32 of nanoseconds.
const aristaSample = "0001 0010 5ceeed58 19c38c2c 0800" + ipv4Sample

func TestArista(t *testing.T) {
	h, err := ParseArista(viewtest.Unhex(t, aristaSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Version 16
		Timestamp 1559162200 432245804
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text 1559162200.432245804 IPv4`)
}

// Seconds may have 16 bits. Other subtypes and versions are unknown.
func TestAristaForms(t *testing.T) {
	h, err := ParseArista(viewtest.Unhex(t, "0001 0121 ed58 19c38c2c 0806 00"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Timestamp 60760 432245804
		EtherType ARP
		Payload 00`)
	for _, b := range []string{"0002 0010 5ceeed58 19c38c2c 0800", "0001 0030 5ceeed58 19c38c2c 0800"} {
		if _, err := ParseArista(viewtest.Unhex(t, b)); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v", b, err)
		}
	}
}
