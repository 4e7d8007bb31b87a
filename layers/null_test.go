package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A loopback header from a little-endian BSD host.
const nullSample = "02000000" + ipv4Sample

func TestNull(t *testing.T) {
	h, err := ParseNull(viewtest.Unhex(t, nullSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Family 2
		Payload `+ipv4Sample+`
		Text family 2`)
}

// The families of https://www.tcpdump.org/linktypes.html, in both byte orders
// for NULL, in network byte order for LOOP.
func TestNullFamilies(t *testing.T) {
	for _, c := range []struct {
		link pcap.LinkType
		hdr  string
		want Kind
	}{
		{pcap.LinkTypeNull, "02000000", KindIPv4},
		{pcap.LinkTypeNull, "00000002", KindIPv4},
		{pcap.LinkTypeNull, "18000000", KindIPv6},
		{pcap.LinkTypeNull, "0000001c", KindIPv6},
		{pcap.LinkTypeNull, "1e000000", KindIPv6},
		{pcap.LinkTypeNull, "0a000000", KindIPv6},
		{pcap.LinkTypeLoop, "00000002", KindIPv4},
		{pcap.LinkTypeLoop, "00000018", KindIPv6},
		{pcap.LinkTypeLoop, "02000000", KindPayload},
		{pcap.LinkTypeNull, "17000000", KindPayload},
	} {
		ip := ipv4Sample
		if c.want == KindIPv6 {
			ip = ipv6Sample
		}
		p := decodeHex(t, c.link, c.hdr+ip)
		if _, ok := p.Layer(c.want); ok != (c.want != KindPayload) {
			t.Errorf("%v %s: %v", c.link, c.hdr, p)
		}
	}
}
