package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// Decoding and the getters of a Packet do not allocate, whatever the link type,
// complete or truncated.
func TestDecodeAllocs(t *testing.T) {
	var d Decoder
	var p Packet
	for _, c := range linkSamples {
		b := viewtest.Unhex(t, c.packet)
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

// A header that cannot be parsed costs one allocation, for its Error. Appending
// text costs none.
func TestParseAllocs(t *testing.T) {
	b := viewtest.Unhex(t, ipv4Sample)
	buf := make([]byte, 0, 256)
	p := decodeHex(t, pcap.LinkTypeRaw, ipv4Sample)
	n := testing.AllocsPerRun(100, func() {
		for i := range ipv4MinLen {
			if _, err := ParseIPv4(b[:i]); err == nil {
				return
			}
		}
		buf, _ = p.AppendText(buf[:0])
	})
	if n != ipv4MinLen {
		t.Errorf("%v allocations for %d errors", n, ipv4MinLen)
	}
}
