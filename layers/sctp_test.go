package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// An INIT chunk (RFC 9260 section 3.3.2) and, as no sender would, DATA after
// it, without final padding.
const sctpSample = "4650 0b59 00000000 00000000" +
	"01 00 0014 00000001 0000ffff 0001 0001 00000001" + "00 03 0012 00000001 0000 0000 00000000 6869"

func TestSCTP(t *testing.T) {
	h, err := ParseSCTP(viewtest.Unhex(t, sctpSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		SrcPort 18000
		DstPort 2905
		VerificationTag 0
		Checksum 0
		Chunks {1 0 000000010000ffff0001000100000001}, {0 3 0000000100000000000000006869}
		Text 18000 > 2905 chunks 1,0`)
}

// A chunk shorter than its header, or exceeding the packet, ends the list.
func TestSCTPChunks(t *testing.T) {
	for b, want := range map[string]string{
		"":                     "Chunks",
		"0b000004 0e000003":    "Chunks {11 0 }",
		"0b000004 0e000009 00": "Chunks {11 0 }",
		"0b00000501":           "Chunks {11 0 01}",
	} {
		h, err := ParseSCTP(viewtest.Unhex(t, "4650 0b59 00000000 00000000"+b))
		if err != nil {
			t.Fatal(err)
		}
		viewtest.Facts(t, h, want)
	}
}
