package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// An ARP request (RFC 826), broadcast from a locally administered address,
// padded to the 60 bytes of IEEE 802.3 clause 4.
const ethernetSample = "ffffffffffff 020000000001 0806" + arpSample +
	"000000000000000000000000000000000000"

func TestEthernet(t *testing.T) {
	h, err := ParseEthernet(viewtest.Unhex(t, ethernetSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Dst ff:ff:ff:ff:ff:ff
		Src 02:00:00:00:00:01
		EtherType ARP
		Text 02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff ARP`)
	if n := len(h.Payload()); n != 46 {
		t.Errorf("payload of %d bytes, want 46", n)
	}
}

// A type field of at most 1500 is a length (IEEE 802.3 clause 3.2.6); the bytes
// after it are padding.
func TestEthernetLength(t *testing.T) {
	h, err := ParseEthernet(viewtest.Unhex(t, "0180c2000000 020000000001 0003 424203 00000000"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Payload 424203
		EtherType 0x0003`)
}

func TestMAC(t *testing.T) {
	m := wire.MAC{0x02, 0x00, 0x5e, 0x10, 0xab, 0xff}
	if got := m.String(); got != "02:00:5e:10:ab:ff" {
		t.Error(got)
	}
}
