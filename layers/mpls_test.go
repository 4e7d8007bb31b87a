package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A stack of two labels (RFC 3032 section 2.1): 16 with TTL 64, and 17 at the bottom, traffic class 5.
const mplsSample = "00010040 00011b3f" + ipv4Sample

func TestMPLS(t *testing.T) {
	h, err := ParseMPLS(viewtest.Unhex(t, mplsSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Labels {16 0 64}, {17 5 63}
		HeaderLen 8
		Payload `+ipv4Sample+`
		Text label 16/17`)
}

// A stack's payload has no type: its first bits decide, and for Ethernet
// whether a known type is where it should be.
func TestMPLSPayload(t *testing.T) {
	for _, c := range []struct {
		name, payload string
		want          []Kind
	}{
		{"IPv4", ipv4Sample, []Kind{KindIPv4, KindUDP}},
		{"IPv6", ipv6Sample, []Kind{KindIPv6, KindUDP}},
		{"control word", "00000007 020000000002 020000000001 0800" + ipv4Sample, []Kind{KindControlWord, KindEthernet, KindIPv4, KindUDP}},
		{"no control word", "020000000002 020000000001 0800" + ipv4Sample, []Kind{KindEthernet, KindIPv4, KindUDP}},
		{"broadcast", "ffffffffffff 020000000001 0806" + arpSample, []Kind{KindEthernet, KindARP}},
		{"associated channel", "10000021 00", nil},
		{"nothing", "", nil},
	} {
		t.Log(c.name)
		wantKinds(t, decodeHex(t, pcap.LinkTypeMPLS, "0001013f"+c.payload), append([]Kind{KindMPLS}, c.want...)...)
	}
}

// A stack without a bottom is too short, and one too long for a span is too
// deep.
func TestMPLSEndless(t *testing.T) {
	if _, err := ParseMPLS(viewtest.Unhex(t, "00010040 00010040")); !errors.Is(err, wire.Short) {
		t.Error(err)
	}
	if _, err := ParseMPLS(make([]byte, 1<<17)); !errors.Is(err, wire.TooDeep) {
		t.Error(err)
	}
}
