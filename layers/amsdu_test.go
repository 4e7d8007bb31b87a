package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A subframe (IEEE 802.11-2020 clause 9.3.2.2.2) with IPv4.
const amsduSample = "020000000002 020000000001 0026" + llcSample

func TestAMSDU(t *testing.T) {
	h, err := ParseAMSDU(viewtest.Unhex(t, amsduSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Dst 02:00:00:00:00:02
		Src 02:00:00:00:00:01
		Payload aaaa030000000800`+ipv4Sample+`
		Text 02:00:00:00:00:01 > 02:00:00:00:00:02`)
}
