package layers

import "testing"

// Cooked headers laid out by https://www.tcpdump.org/linktypes/: a packet that
// the host itself sent on an Ethernet interface, its third in version 2.
const (
	linuxSLLSample  = "0004 0001 0006 020000000001 0000 0800" + ipv4Sample
	linuxSLL2Sample = "0800 0000 00000003 0001 04 06 020000000001 0000" + ipv4Sample
)

func TestLinuxSLL(t *testing.T) {
	h, err := ParseLinuxSLL(unhex(t, linuxSLLSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		PacketType 4
		HardwareType 1
		Addr 020000000001
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text IPv4`)
}

func TestLinuxSLL2(t *testing.T) {
	h, err := ParseLinuxSLL2(unhex(t, linuxSLL2Sample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		EtherType IPv4
		InterfaceIndex 3
		HardwareType 1
		PacketType 4
		Addr 020000000001
		Payload `+ipv4Sample+`
		Text IPv4`)
}

// An address longer than the eight bytes of its field is cut to them.
func TestLinuxSLLLongAddr(t *testing.T) {
	b := unhex(t, linuxSLLSample)
	b[4], b[5] = 0xff, 0xff
	h, err := ParseLinuxSLL(b)
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, "Addr 0200000000010000")
}
