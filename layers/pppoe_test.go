package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A session packet (RFC 2516 section 4) with IPv4, and a trailer.
const pppoeSample = "11 00 0a1b 0020 0021" + ipv4Sample + "ffff"

func TestPPPoE(t *testing.T) {
	h, err := ParsePPPoE(viewtest.Unhex(t, pppoeSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Code 0
		SessionID 2587
		Len 32
		Payload 0021`+ipv4Sample+`
		Tags
		Truncated false
		Text code 0x00 session 0x0a1b`)
}

// Discovery packets carry tags: a PADI (RFC 2516 appendix B) with an empty
// service name and a Host-Uniq, and a truncated one.
func TestPPPoETags(t *testing.T) {
	h, err := ParsePPPoE(viewtest.Unhex(t, "11 09 0000 0010 0101 0000 0103 0004 01020304 0101 0009"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, "Tags {257 }, {259 01020304}")
	wantKinds(t, decodeHex(t, pcap.LinkTypePPPEther, "11 09 0000 0004 0101 0000"), KindPPPoE)
}
