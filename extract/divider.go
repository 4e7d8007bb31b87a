package extract

import (
	"math"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// Shards is the number of shards into which the work of an Extractor is divided, by
// the addresses of packets. Fragments, a number like those of shards, stands for the
// work that comes before: to reassemble fragments.
const (
	Shards    = shardCount
	Fragments = Shards
)

// A Divider divides the work of an [Extractor] into tasks for Shards, so that it can be
// done in pieces, on any number of machines. The captures are those of one sensor, in
// the order in which an Extractor would read them, and any number of Dividers divide
// them, each a part. The example has the other pieces, too.
//
// Set the fields, call Divide for each packet in order, then Finish.
type Divider struct {
	Options

	Capture int   // index of the packets' capture
	Before  int64 // packets before the next one, in all captures; Divide counts it up

	router router
	unseen Unseen
	task   []byte
}

// Divide yields the tasks of a packet, decoded from rec, with the numbers of their
// shards. The Number of rec must be known. A task is opaque bytes, valid until the
// next one is yielded.
func (d *Divider) Divide(p *layers.Packet, rec *pcap.Record, yield func(shard int, task []byte)) {
	d.unseen.decoded(p, rec)
	d.Before++
	step := stepPacket
	d.router.packet(p, rec, d.traffic(), func(t task) {
		d.task = appendTask(d.task[:0], d.Before, step, d.Capture, &t)
		yield(t.shard, d.task)
		if t.part != nil && t.part.fragment {
			yield(Fragments, d.task)
		}
		step++
	})
}

// Finish returns the part of the Report that the tasks do not have, and resets the
// Divider to its fields.
func (d *Divider) Finish() *Piece {
	p := &Piece{Report{Unseen: d.unseen}}
	*d = Divider{Options: d.Options, Capture: d.Capture, Before: d.Before}
	return p
}

// Datagrams does the tasks of [Fragments]: it reassembles datagrams, and yields the
// tasks of these. Set Options, call Do for the tasks of all Dividers, in the order of
// bytes.Compare, then Finish.
type Datagrams struct {
	Options

	router  router
	decoder layers.Decoder
	packet  layers.Packet
	task    []byte
}

// Do does a task and yields others, as Divider.Divide does. It returns an error if the
// task does not come from a Divider.
func (g *Datagrams) Do(task []byte, yield func(shard int, task []byte)) error {
	var c codedTask
	if err := c.decode(task); err != nil {
		return err
	}
	if c.kind != taskFragment {
		return errTask
	}
	g.router.defrag.MaxBytes = g.Stream.MaxFragments
	g.router.defrag.Capture = c.capture
	g.decoder.Decode(&g.packet, &c.rec)
	g.router.fragment(&g.packet, &c.rec, g.encoder(c.number, yield))
	return nil
}

// encoder returns a function that yields encoded tasks of the packet with a number.
func (g *Datagrams) encoder(number int64, yield func(shard int, task []byte)) func(task) {
	step := stepDatagram
	return func(t task) {
		g.task = appendTask(g.task[:0], number, step, t.part.last.Capture, &t)
		yield(t.shard, g.task)
		step = min(step+1, math.MaxUint16)
	}
}

// Finish yields the tasks of the datagrams that were never complete, returns the part
// of the Report that is about fragments, and resets g to its Options.
func (g *Datagrams) Finish(yield func(shard int, task []byte)) *Piece {
	g.router.flush(g.encoder(math.MaxInt64, yield))
	p := new(Piece)
	p.report.Unseen.Stream.Defrag = g.router.defrag.Stats()
	*g = Datagrams{Options: g.Options}
	return p
}

// OpeningBytes is how many bytes captured an Opening needs at most.
const OpeningBytes = (Shards - reserves) * reserveEvery

// An Opening finds where shards get their reserves of work, which depends on all
// packets at the beginning of the captures: see Options.Stream. The zero value is ready
// to use.
type Opening struct {
	packets, captured int64
	granter           granter
}

// Add adds the next packet of the captures, decoded from rec. It yields tasks as
// Divider.Divide does, and reports whether it needs more packets.
func (o *Opening) Add(p *layers.Packet, rec *pcap.Record, yield func(shard int, task []byte)) (more bool) {
	o.packets++
	o.captured += int64(len(rec.Data))
	if s := shardOf(p); !p.IsFragment() && o.granter.grants(s, p, o.captured) {
		yield(s, appendHead(nil, o.packets, stepGrant, taskGrant))
	}
	if o.captured < OpeningBytes {
		return true
	}
	for s, has := range o.granter.has { // now there is a reserve for each of them
		if !has {
			yield(s, appendHead(nil, o.packets+1, stepGrant, taskGrants))
		}
	}
	return false
}
