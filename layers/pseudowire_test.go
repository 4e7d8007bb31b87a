package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A control word with sequence number 7 (RFC 4448 section 4.6) before an Ethernet frame.
const controlWordSample = "00000007" + ethernetSample

func TestControlWord(t *testing.T) {
	h, err := ParseControlWord(viewtest.Unhex(t, controlWordSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Seq 7
		Text seq 7`)
}
