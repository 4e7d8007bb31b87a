package layers

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// FuzzDecode decodes any bytes as any link type and checks invariants of
// packets.
func FuzzDecode(f *testing.F) {
	for _, c := range linkSamples {
		f.Add(uint32(c.link), viewtest.Unhex(f, c.packet), uint8(0), uint8(0))
	}
	capturedStacks(f, func(rec *pcap.Record) {
		f.Add(uint32(rec.LinkType), rec.Data, uint8(rec.WireLen-len(rec.Data)), uint8(rec.FCSLen))
	})
	f.Fuzz(func(t *testing.T, link uint32, data []byte, missing, fcs uint8) {
		rec := pcap.Record{
			LinkType: pcap.LinkType(link), Data: data,
			WireLen: len(data) + int(missing), FCSLen: int(fcs % 8),
		}
		before := bytes.Clone(data)
		var d Decoder
		var p Packet
		d.Decode(&p, &rec)
		checkPacket(t, &p)
		checkSame(t, &p, &rec)
		if !bytes.Equal(before, data) {
			t.Error("Decode wrote to the packet")
		}
	})
}

// checkSame decodes rec with a Decoder that has a binding, which disables the
// fast path, and fails the test if the result differs.
func checkSame(t *testing.T, p *Packet, rec *pcap.Record) {
	t.Helper()
	var d Decoder
	if err := d.Bind(KindPayload, ByEtherType(0xffff), ByIPProto(255)); err != nil {
		t.Fatal(err)
	}
	var q Packet
	d.Decode(&q, rec)
	if !slices.Equal(p.spans[:p.n], q.spans[:q.n]) || p.last != q.last || p.off != q.off || p.end != q.end ||
		p.truncated != q.truncated || p.stop != q.stop {
		t.Errorf("%v\nwithout fast path %v", p, &q)
	}
}

// TestDecodeMutated checks every sample truncated at every length, and with
// every byte and every bit changed.
func TestDecodeMutated(t *testing.T) {
	var d Decoder
	var p Packet
	for _, c := range linkSamples {
		b := viewtest.Unhex(t, c.packet)
		for n := 0; n < len(b); n += fault.Size(1, 3) {
			d.DecodeBytes(&p, c.link, bytes.Clone(b[:n]))
			checkPacket(t, &p)
			m := bytes.Clone(b)
			values := []byte{0, 0x45, 0x80, 0xff}
			for bit := range 8 {
				values = append(values, b[n]^1<<bit)
			}
			for _, x := range values {
				m[n] = x
				rec := pcap.Record{LinkType: c.link, Data: m, WireLen: len(m)}
				d.Decode(&p, &rec)
				checkLayers(t, &p)
				checkSame(t, &p, &rec)
			}
		}
	}
}

// checkPacket fails the test if a layer exceeds its enclosing layer, an error's
// offset is outside the packet, a method panics, or text is not printable.
func checkPacket(t testing.TB, p *Packet) {
	t.Helper()
	checkLayers(t, p)
	touchPacket(t, p)
}

func checkLayers(t testing.TB, p *Packet) {
	t.Helper()
	off, end := 0, len(p.Bytes())
	for l := range p.Layers() {
		if l.Offset != off || l.Offset+len(l.Bytes) > end || l.HeaderLen > len(l.Bytes) {
			t.Fatalf("%v at %d, %d bytes: not in %d to %d", l.Kind, l.Offset, len(l.Bytes), off, end)
		}
		off, end = l.Offset+l.HeaderLen, l.Offset+len(l.Bytes)
	}
	checkErr(t, p)
	text, _ := p.AppendText(nil)
	viewtest.Printable(t, "Packet.AppendText", text)
}

func checkErr(t testing.TB, p *Packet) {
	t.Helper()
	var e *wire.Error
	if !errors.As(p.Err(), &e) {
		return
	}
	if e.Offset < 0 || e.Have < 0 || e.Offset+e.Have > len(p.Bytes()) || e.Reason == 0 || e.Reason > wire.TooDeep {
		t.Fatalf("%+v in a packet of %d bytes", *e, len(p.Bytes()))
	}
	if len(p.Payload()) != e.Have {
		t.Fatalf("payload of %d bytes, %v", len(p.Payload()), e)
	}
}

// touchPacket calls every method of a Packet and of its views.
func touchPacket(t testing.TB, p *Packet) {
	t.Helper()
	for l := range p.Layers() {
		p.Checksum(l.Kind)
		if got, ok := p.Layer(l.Kind); !ok || got.Kind != l.Kind {
			t.Fatalf("Layer(%v): %v %v", l.Kind, got.Kind, ok)
		}
	}
	p.Flow()
	p.IsFragment()
	p.Truncated()
	touchViews(t, p)
}
