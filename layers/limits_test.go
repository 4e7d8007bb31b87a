package layers

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// Endless nested tunnels: decoding stops at MaxLayers and reports it.
func TestTunnelsWithoutEnd(t *testing.T) {
	size := func(n int) string { return string([]byte{byte(n >> 8), byte(n)}) }
	ipv4 := func(proto byte, n int) string {
		return "\x45\x00" + size(n) + "\x00\x00\x00\x00\x40" + string([]byte{proto}) + "\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02"
	}
	const ethernet = "\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01"
	for name, test := range map[string]struct {
		link  pcap.LinkType
		head  string                 // before everything else
		shell func(inner int) string // headers around inner bytes
	}{
		"IP in IP":     {pcap.LinkTypeRaw, "", func(n int) string { return ipv4(4, 20+n) }},
		"IPv6 in IPv6": {pcap.LinkTypeRaw, "", func(n int) string { return "\x60\x00\x00\x00" + size(n) + "\x29\x40" + strings.Repeat("\x20", 32) }},
		"GRE":          {pcap.LinkTypeRaw, "", func(n int) string { return ipv4(47, 24+n) + "\x00\x00\x08\x00" }},
		"VLAN":         {pcap.LinkTypeEthernet, ethernet + "\x81\x00", func(int) string { return "\x00\x01\x81\x00" }},
		"VXLAN": {pcap.LinkTypeEthernet, "", func(n int) string {
			return ethernet + "\x08\x00" + ipv4(17, 36+n) + "\x12\xb5\x12\xb5" + size(16+n) + "\x00\x00\x08\x00\x00\x00\x00\x00\x01\x00"
		}},
	} {
		var shells []string // innermost first
		for size := 0; size < 60_000; size += len(shells[len(shells)-1]) {
			shells = append(shells, test.shell(size))
		}
		slices.Reverse(shells)
		b := test.head + strings.Join(shells, "")
		var p Packet
		var d Decoder
		began := time.Now()
		for range fault.Size(1000, 50) {
			d.DecodeBytes(&p, test.link, []byte(b))
		}
		var e *wire.Error
		if !errors.As(p.Err(), &e) || e.Reason != wire.TooDeep || p.n != MaxLayers {
			t.Errorf("%s: %d layers, %v", name, p.n, p.Err())
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("%s: decoding took %v", name, d)
		}
	}
}
