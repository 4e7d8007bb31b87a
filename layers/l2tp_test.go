package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A data message (RFC 2661 section 3.1) with all optional fields: length,
// sequence numbers, two bytes of padding.
const l2tpSample = "4a02 0032 0001 0002 0003 0004 0002 ffff ff030021" + ipv4Sample

func TestL2TP(t *testing.T) {
	h, err := ParseL2TP(viewtest.Unhex(t, l2tpSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 16
		Version 2
		Control false
		Len 50 true
		TunnelID 1
		SessionID 2
		Payload ff030021`+ipv4Sample+`
		Text tunnel 1 session 2`)
}

func TestL2TPForms(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    []Kind
		err     error
	}{
		{"all", l2tpSample, []Kind{KindL2TP, KindPPP, KindIPv4, KindUDP}, nil},
		{"nothing", "0002 0001 0002 ff030021" + ipv4Sample, []Kind{KindL2TP, KindPPP, KindIPv4, KindUDP}, nil},
		{"control", "c802 000c 0001 0000 0000 0000", []Kind{KindL2TP}, nil},
		{"version 3", "0003 0000 00000007 00112233", []Kind{KindL2TP}, nil},
		{"version 1", "0001 0000 00000007 00112233", nil, wire.Malformed},
		{"length inside the header", "4002 0006 0001 0002 ff030021", nil, wire.Malformed},
		{"padding beyond the message", "0202 0001 0002 0009 ff", nil, wire.Short},
	} {
		t.Log(c.name)
		p := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040110000c0000201c6336407 06a5 06a5 0000 0000"+c.b)
		wantKinds(t, p, append([]Kind{KindIPv4, KindUDP}, c.want...)...)
		if !errors.Is(p.Err(), c.err) {
			t.Errorf("%v, want %v", p.Err(), c.err)
		}
	}
}
