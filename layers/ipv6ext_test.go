package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A hop-by-hop options header (RFC 8200 section 4.3) with a router alert for
// MLD (RFC 2711) and padding, and a first fragment's header (section 4.5),
// both before UDP.
const (
	ipv6ExtSample      = "1100 05020000 0100" + "12340009000a29bf6869"
	ipv6FragmentSample = "1100 0001 0000abcd" + "12340009000a29bf6869"
)

func TestIPv6Ext(t *testing.T) {
	h, err := ParseIPv6Ext(viewtest.Unhex(t, ipv6ExtSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		NextHeader UDP
		HeaderLen 8
		Options {5 0000}
		Payload 12340009000a29bf6869
		Text next UDP`)
}

// Padding is skipped, and the options before a malformed one are valid.
func TestIPv6ExtOptions(t *testing.T) {
	for _, c := range []struct{ name, hdr, want string }{
		{"Pad1 and PadN", "3b00 00 01 01 00 00 00", ""},
		{"option after Pad1", "3b00 00 0502 0000 00", "{5 0000}"},
		{"length beyond the header", "3b00 c905 00000000", ""},
		{"type without length", "3b00 0502 0000 00c9", "{5 0000}"},
		{"two", "3b01 0502 0000 c204 00010000 0104 00000000", "{5 0000}, {194 00010000}"},
	} {
		h, err := ParseIPv6Ext(viewtest.Unhex(t, c.hdr))
		if err != nil {
			t.Fatal(c.name, err)
		}
		viewtest.Facts(t, h, "Options "+c.want)
	}
}

func TestIPv6Fragment(t *testing.T) {
	h, err := ParseIPv6Fragment(viewtest.Unhex(t, ipv6FragmentSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		NextHeader UDP
		FragmentOffset 0
		MoreFragments true
		ID 43981
		Payload 12340009000a29bf6869
		Text next UDP`)
	h, err = ParseIPv6Fragment(viewtest.Unhex(t, "1100 05a8 0000abcd"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		FragmentOffset 1448
		MoreFragments false`)
}

// A header chain in the order that RFC 8200 section 4.1 recommends.
func TestIPv6ExtChain(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeRaw, "60000000 0032 00 40"+
		"20010db8000000000000000000000001"+"20010db8000000000000000000000002"+
		"3c00 05020000 0100"+ // hop-by-hop
		"2b00 010400000000"+ // destination options
		"2c00 0400 00000000"+ // routing
		"3c00 0000 00000001"+ // atomic fragment
		"1100 010400000000"+ // destination options
		"12340009000a00006869")
	want := []Kind{KindIPv6, KindIPv6HopByHop, KindIPv6Destination, KindIPv6Routing, KindIPv6Fragment, KindIPv6Destination, KindUDP}
	wantKinds(t, p, want...)
	if f, _ := p.Flow(); f.String() != "UDP [2001:db8::1]:4660 > [2001:db8::2]:9" {
		t.Error(f)
	}
}
