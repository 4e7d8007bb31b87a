package layers_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// The ports determine a datagram's message type, the lower port first.
func TestUDPMessages(t *testing.T) {
	decode := func(s string) []byte {
		b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	dhcp := make([]byte, 240)
	dhcp[0], dhcp[1], dhcp[2] = 1, 1, 6
	for _, tt := range []struct {
		src, dst uint16
		payload  []byte
		want     string
	}{
		{68, 67, dhcp, "DHCPv4 BOOTP xid 0x00000000 client 00:00:00:00:00:00"},
		{67, 68, dhcp[:100], "!DHCPv4 at byte 28: too short (have 100, need 236)"},
		{546, 547, decode("0b 010203"), "DHCPv6 INFORMATION-REQUEST xid 0x010203"},
		{123, 123, append([]byte{0x23}, make([]byte, 47)...), "NTP v4 client stratum 0"},
		{137, 137, decode("0001 0110 0000 0000 0000 0000"), "NBNS id 1 query"},
		{5353, 5353, decode("0000 8400 0000 0000 0000 0000"), "DNS id 0 response NOERROR 0/0/0"},
		{123, 53, decode("0001 0100 0000 0000 0000 0000"), "DNS id 1 query"},
		{40000, 40001, dhcp, "UDP 40000 > 40001 len 240"},
	} {
		var d layers.Decoder
		var p layers.Packet
		d.DecodeBytes(&p, pcap.LinkTypeRaw, build.UDP("192.0.2.1", tt.src, "192.0.2.2", tt.dst, tt.payload))
		if text := p.String(); !strings.HasSuffix(text, ", "+tt.want) {
			t.Errorf("%d > %d: %s\nwant %s", tt.src, tt.dst, text, tt.want)
		}
		_, isDHCPv4 := p.DHCPv4()
		_, isDHCPv6 := p.DHCPv6()
		_, isNTP := p.NTP()
		_, isNBNS := p.NBNS()
		_, isDNS := p.DNS()
		for kind, is := range map[string]bool{"DHCPv4": isDHCPv4, "DHCPv6": isDHCPv6, "NTP": isNTP, "NBNS": isNBNS, "DNS": isDNS} {
			if is != strings.HasPrefix(tt.want, kind+" ") {
				t.Errorf("%d > %d: %s is %v", tt.src, tt.dst, kind, is)
			}
		}
	}
}
