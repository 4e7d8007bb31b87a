package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A redirect header (draft-mclaggan-wccp-v2rev1 section 4.12.1) of a dynamic service.
const wccpSample = "80 5b 01 02" + ipv4Sample

func TestWCCP(t *testing.T) {
	h, err := ParseWCCP(viewtest.Unhex(t, wccpSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Flags 128
		Service 91
		Buckets 1 2
		Payload `+ipv4Sample+`
		Text service 91 bucket 2`)
}
