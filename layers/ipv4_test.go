package layers

import (
	"errors"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A datagram (RFC 791 section 3.1) with its checksums: UDP from 192.0.2.1 to
// the discard port of 198.51.100.7, and the same with a router alert option
// (RFC 2113) and expedited forwarding (RFC 3246).
const (
	ipv4Sample        = "4500001e1234400040113c5fc0000201c6336407" + udpSample
	ipv4OptionsSample = "46b80022123440004011a69ec0000201c633640794040000" + udpSample
)

func TestIPv4(t *testing.T) {
	h, err := ParseIPv4(viewtest.Unhex(t, ipv4OptionsSample+"ffff")) // and a trailer
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 24
		TypeOfService 184
		TotalLen 34
		ID 4660
		Flags DF
		DontFragment true
		MoreFragments false
		FragmentOffset 0
		IsFragment false
		TTL 64
		Protocol UDP
		Checksum 42654
		Src 192.0.2.1
		Dst 198.51.100.7
		Options {148 0000}
		Payload `+udpSample+`
		Truncated false
		Text 192.0.2.1 > 198.51.100.7`)
}

// The second example of RFC 791 appendix A: the first two fragments of a
// datagram of 472 octets, after its first 280 octets.
func TestIPv4RFC791Fragments(t *testing.T) {
	first, err := ParseIPv4(viewtest.Unhex(t, "45000118006f20007b060000c0000201c6336407 00"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, first, `
		TotalLen 280
		ID 111
		Flags MF
		MoreFragments true
		FragmentOffset 0
		IsFragment true
		TTL 123
		Truncated true
		Payload 00`)
	second, err := ParseIPv4(viewtest.Unhex(t, "450000d4006f00207706 0000c0000201c6336407"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, second, `
		MoreFragments false
		FragmentOffset 256
		IsFragment true
		TTL 119`)
}

func TestParseIPv4(t *testing.T) {
	for _, c := range []struct {
		name, hdr string
		want      error
	}{
		{"header length of 16", "44", wire.Malformed},
		{"another version", "65", wire.Malformed},
		{"version 0", "05", wire.Malformed},
		{"nothing", "", wire.Short},
		{"header length beyond the bytes", "4f00001e1234400040113c5fc0000201c6336407", wire.Short},
		{"total length inside the header", "450000131234400040113c5fc0000201c6336407", wire.Malformed},
		{"total length inside the options", "46b80017123440004011a69ec0000201c633640794040000", wire.Malformed},
		{"total length of the header", "450000141234400040113c5fc0000201c6336407", nil},
		{"total length unknown (segmentation offload)", "450000001234400040113c5fc0000201c6336407", nil},
	} {
		if _, err := ParseIPv4(viewtest.Unhex(t, c.hdr)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// The options before a malformed one are valid (RFC 791 section 3.1).
func TestIPv4Options(t *testing.T) {
	for _, c := range []struct{ name, options, want string }{
		{"none", "", ""},
		{"no operation, then end", "01010000", "{1 }, {1 }"},
		{"bytes after the end", "00940400", ""},
		{"length 1", "01440101", "{1 }"},
		{"length beyond the header", "9404000082090000", "{148 0000}"},
		{"kind without length", "01010144", "{1 }, {1 }, {1 }"},
	} {
		b := viewtest.Unhex(t, "40 00001e1234400040110000c0000201c6336407"+c.options)
		b[0] |= byte(len(b) / 4)
		h, err := ParseIPv4(b)
		if err != nil {
			t.Fatal(c.name, err)
		}
		viewtest.Facts(t, h, "Options "+c.want)
	}
}

// A capture with a snapshot length holds less than the header states. Every
// layer is decoded as far as possible, and the packet is Truncated.
func TestIPv4Snapped(t *testing.T) {
	b := viewtest.Unhex(t, "450005dc1234400040110000c0000201c6336407 12340009 05c80000"+"616263")
	rec := pcap.Record{LinkType: pcap.LinkTypeRaw, WireLen: 1500, Data: b}
	var d Decoder
	var p Packet
	d.Decode(&p, &rec)
	udp, ok := p.UDP()
	if !ok || !p.Truncated() || p.Err() != nil {
		t.Fatalf("UDP %v, Truncated %v, Err %v", ok, p.Truncated(), p.Err())
	}
	viewtest.Facts(t, udp, `
		Len 1480
		Payload 616263
		Truncated true`)
}

func TestIPv4Flags(t *testing.T) {
	for flags, want := range map[IPv4Flags]string{
		0: "none", IPv4MoreFragments: "MF", IPv4DontFragment: "DF", IPv4DontFragment | IPv4MoreFragments: "DF MF", 4: "reserved",
	} {
		if flags.String() != want || flags.Has(IPv4DontFragment) != strings.HasPrefix(want, "DF") {
			t.Errorf("%d: %v, want %s", uint8(flags), flags, want)
		}
	}
}
