package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A G-PDU (3GPP TS 29.281 section 5.1) with a PDU session container (3GPP TS 38.415) as extension.
const gtpSample = "34 ff 0026 0000002a 0000 00 85 01 1009 00" + ipv4Sample

func TestGTP(t *testing.T) {
	h, err := ParseGTP(viewtest.Unhex(t, gtpSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 16
		Version 1
		Type 255
		Len 38
		TEID 42
		Payload `+ipv4Sample+`
		Text type 255 teid 0x0000002a`)
}

func TestGTPForms(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    []Kind
		err     error
	}{
		{"no options", "30 ff 001e 0000002a" + ipv4Sample, []Kind{KindGTP, KindIPv4, KindUDP}, nil},
		{"sequence number", "32 ff 0022 0000002a 0001 00 00" + ipv4Sample, []Kind{KindGTP, KindIPv4, KindUDP}, nil},
		{"IPv6", "30 ff 0032 0000002a" + ipv6Sample, []Kind{KindGTP, KindIPv6, KindUDP}, nil},
		{"PPP", "30 ff 0022 0000002a ff030021" + ipv4Sample, []Kind{KindGTP, KindPPP, KindIPv4, KindUDP}, nil},
		{"echo", "32 01 0004 00000000 0001 00 00", []Kind{KindGTP}, nil},
		{"version 0", "1e ff 001e 0001 0002 00ffffff 0000000000000000" + ipv4Sample, []Kind{KindGTP, KindIPv4, KindUDP}, nil},
		{"extension of length 0", "34 ff 0026 0000002a 0000 00 85 00 1009 00", nil, wire.Malformed},
		{"length inside the header", "32 ff 0003 0000002a 0001 00 00", nil, wire.Malformed},
		{"version 2", "48 20 0008 00000000 00000100", nil, wire.Malformed},
	} {
		t.Log(c.name)
		p := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040110000c0000201c6336407 0868 0868 0000 0000"+c.b)
		wantKinds(t, p, append([]Kind{KindIPv4, KindUDP}, c.want...)...)
		if !errors.Is(p.Err(), c.err) {
			t.Errorf("%v, want %v", p.Err(), c.err)
		}
	}
}
