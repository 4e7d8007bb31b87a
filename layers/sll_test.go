package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// Cooked headers (https://www.tcpdump.org/linktypes/): a packet that the host
// itself sent on its third interface, Ethernet, in versions 1 and 2.
const (
	linuxSLLSample  = "0004 0001 0006 020000000001 0000 0800" + ipv4Sample
	linuxSLL2Sample = "0800 0000 00000003 0001 04 06 020000000001 0000" + ipv4Sample
)

func TestLinuxSLL(t *testing.T) {
	h, err := ParseLinuxSLL(viewtest.Unhex(t, linuxSLLSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		PacketType 4
		HardwareType 1
		Addr 020000000001
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text IPv4`)
}

func TestLinuxSLL2(t *testing.T) {
	h, err := ParseLinuxSLL2(viewtest.Unhex(t, linuxSLL2Sample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		EtherType IPv4
		InterfaceIndex 3
		HardwareType 1
		PacketType 4
		Addr 020000000001
		Payload `+ipv4Sample+`
		Text IPv4`)
}

// An address longer than its eight-byte field is truncated.
func TestLinuxSLLLongAddr(t *testing.T) {
	b := viewtest.Unhex(t, linuxSLLSample)
	b[4], b[5] = 0xff, 0xff
	h, err := ParseLinuxSLL(b)
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, "Addr 0200000000010000")
}

// The hardware type, or a protocol that is not an EtherType, may determine the
// payload.
func TestLinuxSLLPayload(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    []Kind
	}{
		{"IEEE 802.2", "0000 0001 0006 020000000001 0000 0004 424203", []Kind{KindLinuxSLL, KindLLC}},
		{"CAN", "0000 0118 0000 0000000000000000 000c 00000000", []Kind{KindLinuxSLL}},
		{"netlink", "0004 0338 0000 0000000000000000 0800 00000000", []Kind{KindLinuxSLL}},
		{"frame relay", "0000 0302 0000 0000000000000000 0000" + frameRelaySample, []Kind{KindLinuxSLL, KindFrameRelay, KindIPv4, KindUDP}},
		{"802.11", "0000 0321 0000 0000000000000000 0000" + wlanSample, []Kind{KindLinuxSLL, KindWLAN, KindLLC, KindIPv4, KindUDP}},
		{"radiotap", "0000 0323 0000 0000000000000000 0000" + radiotapSample, []Kind{KindLinuxSLL, KindRadiotap, KindWLAN, KindLLC, KindIPv4, KindUDP}},
	} {
		t.Log(c.name)
		wantKinds(t, decodeHex(t, pcap.LinkTypeLinuxSLL, c.b), c.want...)
	}
}
