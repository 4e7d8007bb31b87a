package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A native 802.11 frame (RFC 5415 section 4.3) of radio 1, without optional
// fields.
const capwapSample = "00 10 4300 0000 0000" + wlanSample

func TestCAPWAP(t *testing.T) {
	h, err := ParseCAPWAP(viewtest.Unhex(t, capwapSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		IsDTLS false
		HeaderLen 8
		Radio 1
		Wireless 1
		IsFragment false
		Text radio 1`)
}

func TestCAPWAPForms(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    []Kind
		err     error
	}{
		{"802.11", capwapSample, []Kind{KindCAPWAP, KindWLAN, KindLLC, KindIPv4, KindUDP}, nil},
		{"swapped, from the network", "00 10 4300 0000 0000 0208 0000 02000000000a 020000000001 020000000002 1000" + llcSample,
			[]Kind{KindCAPWAP, KindWLANSwapped, KindLLC, KindIPv4, KindUDP}, nil},
		{"a beacon", "00 10 4300 0000 0000 8000 0000 ffffffffffff 020000000001 020000000002 1000", []Kind{KindCAPWAP, KindWLAN}, nil},
		{"802.3", "00 10 4200 0000 0000" + ethernetSample, []Kind{KindCAPWAP, KindEthernet, KindARP}, nil},
		{"fragment", "00 10 4380 0001 0000" + wlanSample, []Kind{KindCAPWAP}, nil},
		{"keep-alive", "00 10 4208 0000 0000 0000", []Kind{KindCAPWAP}, nil},
		{"DTLS", "01 000000 16fefd", []Kind{KindCAPWAP}, nil},
		{"length of 4", "00 08 4300 0000 0000", nil, wire.Malformed},
	} {
		t.Log(c.name)
		p := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040110000c0000201c6336407 c000 147f 0000 0000"+c.b)
		wantKinds(t, p, append([]Kind{KindIPv4, KindUDP}, c.want...)...)
		if !errors.Is(p.Err(), c.err) {
			t.Errorf("%v, want %v", p.Err(), c.err)
		}
	}
}
