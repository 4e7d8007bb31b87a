package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A request (RFC 826): who has 192.0.2.2, tell 192.0.2.1.
const arpSample = "0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202"

func TestARP(t *testing.T) {
	h, err := ParseARP(viewtest.Unhex(t, arpSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HardwareType 1
		ProtocolType IPv4
		Operation 1
		SenderHardware 020000000001
		SenderProtocol c0000201
		TargetHardware 000000000000
		TargetProtocol c0000202
		SenderIP 192.0.2.1
		TargetIP 192.0.2.2
		Text op 1 192.0.2.1 > 192.0.2.2`)
}

// Addresses of other lengths (here AppleTalk's, over Ethernet) are returned as
// sent, and not as IPv4 addresses.
func TestARPOther(t *testing.T) {
	h, err := ParseARP(viewtest.Unhex(t, "0001 809b 06 03 0002 020000000001 000101 020000000002 000102 ffff"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		SenderProtocol 000101
		SenderIP invalid IP
		TargetHardware 020000000002
		TargetIP invalid IP
		Operation 2`)
}
