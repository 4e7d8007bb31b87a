package layers

import (
	"errors"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A packet of en0, which is Ethernet.
var pktapSample = "6c000000 01000000 01000000 656e30" + pktapRest +
	"020000000002 020000000001 0800" + ipv4Sample

func TestPKTAP(t *testing.T) {
	h, err := ParsePKTAP(viewtest.Unhex(t, pktapSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 108
		LinkType ETHERNET
		Interface 656e30
		Payload 0200000000020200000000010800`+ipv4Sample+`
		Text ETHERNET`)
}

// The rest of a header of 108 bytes, after a name of three.
var pktapRest = strings.Repeat("00", 108-15)

// A header shorter than its fields is malformed, and the payload of a record
// other than a packet is not decoded.
func TestPKTAPForms(t *testing.T) {
	b := viewtest.Unhex(t, pktapSample)
	b[0] = 51
	if _, err := ParsePKTAP(b); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
	wantKinds(t, decodeHex(t, pcap.LinkTypePKTAP, "6c000000 00000000"+pktapSample[17:]), KindPKTAP)
}
