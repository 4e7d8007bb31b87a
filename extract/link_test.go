package extract

import (
	"slices"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// The first packet of every connection shows a hardware address: the address of a
// host may move to another device between two connections. Packets after it do not.
func TestLinkOfEachConnection(t *testing.T) {
	syn := func(port uint16, mac byte) []byte {
		b := build.Ethernet(0x0800, build.TCP{
			Src: "10.0.0.5", Dst: "192.0.2.1", SrcPort: port, DstPort: 80, Flags: uint8(layers.TCPSyn),
		}.Packet())
		b[11] = mac // the last octet of the source
		return b
	}
	query := func(port uint16, mac byte) []byte {
		b := build.Ethernet(0x0800, build.UDP("10.0.0.5", port, "192.0.2.1", 9, []byte("x")))
		b[11] = mac
		return b
	}
	for name, packet := range map[string]func(port uint16, mac byte) []byte{"TCP": syn, "UDP": query} {
		var x Extractor
		var d layers.Decoder
		var p layers.Packet
		for _, b := range [][]byte{packet(4000, 1), packet(4000, 2), packet(4001, 3)} {
			rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeEthernet, Time: start}
			d.Decode(&p, rec)
			x.Add(&p, rec)
		}
		var macs []string
		for l := range x.Finish().Links() {
			macs = append(macs, l.MAC)
		}
		if want := []string{"02:00:00:00:00:01", "02:00:00:00:00:03"}; !slices.Equal(macs, want) {
			t.Errorf("%s: %v, want %v", name, macs, want)
		}
	}
}
