package layers

import (
	"bytes"
	"errors"
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// FuzzDecode decodes any bytes as any link type and checks what holds for
// every packet.
func FuzzDecode(f *testing.F) {
	for _, c := range linkSamples {
		f.Add(uint32(c.link), unhex(f, c.packet), uint8(0), uint8(0))
	}
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
		if !bytes.Equal(before, data) {
			t.Error("Decode wrote to the packet")
		}
	})
}

// TestDecodeMutated checks every sample cut at every length, and with every
// byte of it changed.
func TestDecodeMutated(t *testing.T) {
	var d Decoder
	var p Packet
	for _, c := range linkSamples {
		b := unhex(t, c.packet)
		for n := range b {
			d.DecodeBytes(&p, c.link, bytes.Clone(b[:n]))
			checkPacket(t, &p)
			m := bytes.Clone(b)
			for _, x := range []byte{0, 1, 0x40, 0x60, 0x7f, 0xff} {
				m[n] = x
				d.DecodeBytes(&p, c.link, m)
				checkPacket(t, &p)
			}
		}
	}
}

// checkPacket fails the test when a layer reaches out of the one before it,
// an error points out of the packet, a method panics, or text is not
// printable.
func checkPacket(t *testing.T, p *Packet) {
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
	printable(t, "Packet.AppendText", text)
	touchPacket(t, p)
}

func checkErr(t *testing.T, p *Packet) {
	t.Helper()
	var e *Error
	if !errors.As(p.Err(), &e) {
		return
	}
	if e.Offset < 0 || e.Have < 0 || e.Offset+e.Have > len(p.Bytes()) || e.Reason == 0 || e.Reason > TooDeep {
		t.Fatalf("%+v in a packet of %d bytes", *e, len(p.Bytes()))
	}
	if len(p.Payload()) != e.Have {
		t.Fatalf("payload of %d bytes, %v", len(p.Payload()), e)
	}
}

// touchPacket calls every method of a Packet, and of the views that it gives.
func touchPacket(t *testing.T, p *Packet) {
	t.Helper()
	for l := range p.Layers() {
		if got, ok := p.Layer(l.Kind); !ok || got.Kind != l.Kind {
			t.Fatalf("Layer(%v): %v %v", l.Kind, got.Kind, ok)
		}
	}
	p.Flow()
	p.Fragment()
	p.Truncated()
	touchViews(t, p)
}
