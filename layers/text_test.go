package layers

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/pcap"
)

// The format of a line is stable: programs may compare it.
func TestPacketText(t *testing.T) {
	const eth = "020000000002 020000000001 "
	for _, c := range []struct{ packet, want string }{
		{eth + "0800" + ipv4Sample,
			"Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02 IPv4, IPv4 192.0.2.1 > 198.51.100.7, UDP 4660 > 9 len 2"},
		{eth + "8100" + "b123 86dd" + ipv6Sample,
			"Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02 802.1Q, VLAN id 291, IPv6 2001:db8::1 > 2001:db8::2, UDP 4660 > 9 len 2"},
		{eth + "0806" + arpSample,
			"Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02 ARP, ARP op 1 192.0.2.1 > 192.0.2.2"},
		{eth + "0800" + "4500001e1234400040113c5fc0000201c6336407 123400",
			"Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02 IPv4, IPv4 192.0.2.1 > 198.51.100.7, !UDP at byte 34: truncated by the capture (have 3, need 8)"},
		{"02", "!Ethernet: too short (have 1, need 14)"},
		{"", "!Ethernet: too short (have 0, need 14)"},
	} {
		p := decodeHex(t, pcap.LinkTypeEthernet, c.packet)
		if diff := cmp.Diff(c.want, p.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.packet, diff)
		}
	}
}

// The caller's buffer stays on its stack.
func TestPacketTextAllocs(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeEthernet, "020000000002 020000000001 0800"+ipv4Sample)
	size := 0
	if n := testing.AllocsPerRun(100, func() {
		var buf [256]byte
		line, _ := p.AppendText(buf[:0])
		size = len(line)
	}); n != 0 || size == 0 {
		t.Errorf("%v allocations for %d bytes", n, size)
	}
}

// fmt prints a Packet and a pointer to one alike.
func TestPacketFormat(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeRaw, ipv4Sample)
	if got, want := fmt.Sprint(*p), fmt.Sprint(p); got != want || got != p.String() {
		t.Errorf("%s, pointer %s", got, want)
	}
}
