package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// Authentication without identifier and value, and an origin indication for port 40000 of 192.0.2.45 (RFC 4380 section 5.1.1).
const teredoSample = "0001 00 00 0011223344556677 00 0000 63bf 3ffffdd2" + ipv6Sample

func TestTeredo(t *testing.T) {
	h, err := ParseTeredo(viewtest.Unhex(t, teredoSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 21
		Origin 192.0.2.45:40000 true
		Text origin 192.0.2.45:40000`)
}

func TestTeredoForms(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    []Kind
		err     error
	}{
		{"both", teredoSample, []Kind{KindTeredo, KindIPv6, KindUDP}, nil},
		{"neither", ipv6Sample, []Kind{KindTeredo, KindIPv6, KindUDP}, nil},
		{"origin", "0000 63bf 3ffffdd2" + ipv6Sample, []Kind{KindTeredo, KindIPv6, KindUDP}, nil},
		{"no packet", "0000 63bf 3ffffdd2", []Kind{KindTeredo}, nil},
		{"IPv4", ipv4Sample, nil, wire.Malformed},
		{"cut", "0001 00", nil, wire.Short},
	} {
		t.Log(c.name)
		p := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040110000c0000201c6336407 0dd8 c000 0000 0000"+c.b)
		wantKinds(t, p, append([]Kind{KindIPv4, KindUDP}, c.want...)...)
		if !errors.Is(p.Err(), c.err) {
			t.Errorf("%v, want %v", p.Err(), c.err)
		}
	}
}
