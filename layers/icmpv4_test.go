package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// An echo request (RFC 792) with its checksum, and the port unreachable reply
// to ipv4Sample, which quotes its header and eight bytes.
const (
	icmpv4Sample      = "0800 4c38 1a2b 0007 6162636465666768"
	icmpv4ErrorSample = "0303 51be 00000000" + icmpv4Quoted
	icmpv4Quoted      = "4500001e1234400040113c5fc0000201c633640712340009000a98f7"
)

func TestICMPv4(t *testing.T) {
	h, err := ParseICMPv4(viewtest.Unhex(t, icmpv4Sample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Type 8
		Code 0
		Checksum 19512
		Echo 6699 7 true
		Quoted
		Payload 6162636465666768
		Text type 8 code 0`)
}

func TestICMPv4Quoted(t *testing.T) {
	h, err := ParseICMPv4(viewtest.Unhex(t, icmpv4ErrorSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Type 3
		Code 3
		Echo 0 0 false
		Quoted `+icmpv4Quoted)
}

// With a length (RFC 4884 section 4.1, in 4-byte units), extensions after the
// quoted packet do not belong to it.
func TestICMPv4RFC4884(t *testing.T) {
	h, err := ParseICMPv4(viewtest.Unhex(t, "0b000000 00070000"+icmpv4Quoted+"2000000000080101"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, "Quoted "+icmpv4Quoted)
}
