package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// An echo request (RFC 4443 section 4.1) with its checksum, and the port
// unreachable reply (section 3.1) to ipv6Sample.
const (
	icmpv6Sample      = "8000 454b 1a2b 0007 61626364"
	icmpv6ErrorSample = "0104 031e 00000000" + ipv6Sample
)

func TestICMPv6(t *testing.T) {
	h, err := ParseICMPv6(viewtest.Unhex(t, icmpv6Sample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Type 128
		Code 0
		Checksum 17739
		Echo 6699 7 true
		Quoted
		Payload 1a2b000761626364
		Text type 128 code 0`)
}

func TestICMPv6Quoted(t *testing.T) {
	h, err := ParseICMPv6(viewtest.Unhex(t, icmpv6ErrorSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Type 1
		Code 4
		Echo 0 0 false
		Quoted `+ipv6Sample)
}
