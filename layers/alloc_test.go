package layers

import (
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// Decoding allocates nothing, whatever the link type, whole or cut, and neither
// do the ways from a Packet to its layers.
func TestDecodeAllocs(t *testing.T) {
	var d Decoder
	var p Packet
	for _, c := range linkSamples {
		b := unhex(t, c.packet)
		rec := pcap.Record{LinkType: c.link, Data: b, WireLen: len(b)}
		n := testing.AllocsPerRun(100, func() {
			rec.Data = b
			d.Decode(&p, &rec)
			usePacket(&p)
			rec.Data = b[:len(b)*2/3]
			d.Decode(&p, &rec)
			usePacket(&p)
		})
		if n != 0 {
			t.Errorf("%v: %v allocations", c.link, n)
		}
	}
}

func usePacket(p *Packet) (n int) {
	for l := range p.Layers() {
		n += len(l.Payload())
	}
	if h, ok := p.IPv4(); ok {
		for o := range h.Options() {
			n += len(o.Data)
		}
	}
	if h, ok := p.TCP(); ok {
		for o := range h.Options() {
			n += len(o.Data)
		}
	}
	if f, ok := p.Flow(); ok {
		n += int(f.Canonical().Src.Port())
	}
	return n + len(p.Payload())
}

// A Reason costs no allocation, nor does text that is appended.
func TestParseAllocs(t *testing.T) {
	b := unhex(t, ipv4Sample)
	buf := make([]byte, 0, 256)
	p := decodeHex(t, pcap.LinkTypeRaw, ipv4Sample)
	n := testing.AllocsPerRun(100, func() {
		for i := range b {
			if _, err := ParseIPv4(b[:i]); err == Malformed {
				return
			}
		}
		buf, _ = p.AppendText(buf[:0])
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
