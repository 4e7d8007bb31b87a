package stream

import (
	"slices"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// Lost returns the beginnings of the datagrams that the last call of Push, Whole
// or Flush dropped as incomplete or evicted: their headers and the bytes up to the
// first that is missing, as if the capture had cut them. Those without their first
// fragment have none. They are valid until the next call.
func (d *Defragmenter) Lost() []Datagram { return d.lost }

// lose keeps the beginning of a datagram for Lost.
func (d *Defragmenter) lose(k fragmentKey, g *partial) {
	if g.dead || g.head == nil {
		return
	}
	b, head := g.head, len(g.head)
	for w := g.parts.after(0); w != nil && int(w.seq) == len(b)-head; w = g.parts.after(w.end()) {
		b = append(b, w.data...)
	}
	if len(b) == head {
		return
	}
	last := g.first
	if g.last != nil {
		last = *g.last
	}
	d.lost = append(d.lost, Datagram{restore(k.version, b, head, max(g.size, g.top)), g.first, last})
}

// refCost is what partial.last counts as held.
const refCost = 48

// extend notes the packet of the latest fragment.
func (g *partial) extend(last Ref) {
	switch {
	case g.last != nil:
		*g.last = last
	case last != g.first:
		g.last = &last
	}
}

// begin returns a first fragment that the capture cut as its datagram, which can
// never be complete.
func (f *fragment) begin() []byte {
	b := slices.Concat(f.head, f.data)
	if f.nextAt > 0 {
		b[f.nextAt] = f.next
	}
	return restore(f.key.version, b, len(f.head), f.stated)
}

// lost processes the datagrams that the Defragmenter lost.
func (a *Assembler) lost() {
	for _, g := range a.defrag.Lost() {
		a.beginning(g)
	}
}

// beginning processes the beginning of a datagram.
func (a *Assembler) beginning(g Datagram) {
	var p layers.Packet
	new(layers.Decoder).DecodeBytes(&p, pcap.LinkTypeRaw, g.Data)
	if !p.IsFragment() {
		a.packet(&p, &g.First, g.Last, len(g.Data))
	}
}
