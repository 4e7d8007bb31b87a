package extract

import (
	"slices"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// An item is a task that a state keeps.
type item struct {
	kind  itemKind
	rec   pcap.Record // without data for a tunnel
	ref   stream.Ref  // of rec
	first stream.Ref  // of a datagram
	flow  layers.Flow // of a tunnel

	// The clock of the shard before the task, and once it advanced after it unless the
	// next item did that. nil: not known.
	before, after *clock.Reading
}

type itemKind uint8

const (
	itemPacket itemKind = iota
	itemFragment
	itemDatagram
	itemTunnel
	itemWhole // a fragment that the Defragmenter returned as a datagram
)

// itemCost is what an item counts as kept, beyond its data.
const itemCost = 128

func (it *item) cost() int64 { return itemCost + int64(len(it.rec.Data)) }

// newItem returns t, which is a task of packet p at ref, as an item.
func newItem(t *task, p *layers.Packet, ref stream.Ref) *item {
	it := &item{kind: itemPacket, ref: ref}
	switch {
	case t.isTunnel():
		it.kind, it.flow = itemTunnel, t.part.tunnel
		it.rec = *t.rec
		it.rec.Data = nil
	case t.part == nil:
		it.rec = *t.rec.Clone()
	case t.part.datagram == p:
		it.kind, it.rec = itemWhole, *t.rec.Clone()
	default:
		it.kind, it.first, it.ref = itemDatagram, t.part.first, t.part.last
		b := slices.Clone(t.part.datagram.Bytes())
		it.rec = pcap.Record{Time: t.rec.Time, Number: t.rec.Number, Offset: t.rec.Offset, Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw}
	}
	it.rec.Options = nil
	return it
}

// task returns the task of an item, without its shard, and decodes its packet to p.
func (it *item) task(p *layers.Packet) task {
	t := task{rec: &it.rec}
	switch it.kind {
	case itemTunnel:
		t.part = &part{tunnel: it.flow}
	case itemWhole:
		it.decode(p)
		t.part = &part{datagram: p, first: it.ref, last: it.ref}
	case itemDatagram:
		new(layers.Decoder).DecodeBytes(p, it.rec.LinkType, it.rec.Data)
		t.part = &part{datagram: p, first: it.first, last: it.ref}
	default:
		it.decode(p)
	}
	return t
}

func (it *item) decode(p *layers.Packet) { new(layers.Decoder).Decode(p, &it.rec) }

// append appends everything about an item but the data of its record.
func (it *item) append(b []byte) []byte {
	b = appendRecord(append(b, byte(it.kind)), it.ref.Capture, &it.rec)
	switch it.kind {
	case itemDatagram:
		b = appendRef(b, it.first)
	case itemTunnel:
		b = appendFlow(b, it.flow)
	}
	return appendReading(appendReading(b, it.before), it.after)
}

// parse is the inverse of append. It reports whether b is well-formed, and its
// captures are among the given number.
func (it *item) parse(b []byte, captures int) bool {
	f := fields{b: b}
	it.kind = itemKind(f.byte())
	var capture int
	capture, it.rec = f.record()
	it.ref = stream.RefOf(capture, &it.rec)
	switch it.kind {
	case itemDatagram:
		it.first = f.ref()
	case itemTunnel:
		it.flow = f.flow()
	}
	it.before, it.after = f.reading(), f.reading()
	return !f.bad && len(f.b) == 0 && it.kind <= itemWhole && it.ref.Capture < captures && it.first.Capture < captures
}
