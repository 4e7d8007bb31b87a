package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A Register (RFC 7761 section 4.9.3) with a packet.
const pimSample = "2100 dffd 00000000" + ipv4Sample

func TestPIM(t *testing.T) {
	h, err := ParsePIM(viewtest.Unhex(t, pimSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 8
		Version 2
		Type 1
		Checksum 57341
		Payload `+ipv4Sample+`
		Text type 1`)
}

// Other messages carry no packet.
func TestPIMHello(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeRaw, "4500 0000 0000 4000 01 67 0000 c0000201 e000000d"+"2000 0000 0001 0002 0069")
	wantKinds(t, p, KindIPv4, KindPIM)
	p = decodeHex(t, pcap.LinkTypeRaw, "4500 0000 0000 4000 01 67 0000 c0000201 e000000d"+pimSample)
	wantKinds(t, p, KindIPv4, KindPIM, KindIPv4, KindUDP)
}
