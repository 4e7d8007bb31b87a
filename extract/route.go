package extract

import (
	"encoding/binary"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// shardCount is the number of shards. It influences Reports at their limits, so it
// must not depend on the machine.
const shardCount = 64

// A task is the work of one shard on one packet.
type task struct {
	shard int
	rec   *pcap.Record
	part  *part // nil: all of a packet that is not a fragment

	granted bool // the shard gets its reserve of work
}

// A part is the subject of a task other than a whole packet: the packet as a
// fragment, the datagram that it completes, or a tunnel that carries it; or none.
type part struct {
	fragment bool
	datagram *layers.Packet // reassembled

	first, last stream.Ref // of the fragments of datagram
	tunnel      layers.Flow

	idle bool // a task of the other half (see halves), which only advances the clocks
}

// A router divides the work on packets into tasks.
type router struct {
	defrag stream.Defragmenter
	part   part // of the task in work
}

// packet yields the tasks of a packet, decoded from rec, other than those of the
// datagram that it completes, in the order to do them. With traffic set, the
// conversations of tunnels are followed. The part of a task is valid until the next
// task is yielded.
func (r *router) packet(p *layers.Packet, rec *pcap.Record, traffic bool, yield func(task)) {
	if traffic && p.IsTunnelled() {
		for outer := range outerFlows(p) {
			r.part = part{tunnel: outer}
			yield(task{shard: shardOfPair(outer.Src.Addr(), outer.Dst.Addr()), rec: rec, part: &r.part})
		}
	}
	t := task{shard: shardOf(p), rec: rec}
	if p.IsFragment() {
		r.part = part{fragment: true}
		t.part = &r.part
	}
	yield(t)
}

// fragment yields the tasks of the datagrams that a fragment completes, or that are
// lost when it arrives.
func (r *router) fragment(p *layers.Packet, rec *pcap.Record, yield func(task)) {
	if whole, first := r.defrag.Whole(p, rec); whole != nil {
		r.part = part{datagram: whole, first: first, last: stream.RefOf(r.defrag.Capture, rec)}
		yield(task{shard: shardOf(whole), rec: rec, part: &r.part})
	}
	r.lost(yield)
}

// flush yields the tasks of the datagrams that are incomplete at the end.
func (r *router) flush(yield func(task)) {
	r.defrag.Flush()
	r.lost(yield)
}

// lost yields the tasks of the datagrams that were never complete, each at the time
// of its last fragment.
func (r *router) lost(yield func(task)) {
	var d layers.Decoder
	var p layers.Packet
	for _, g := range r.defrag.Lost() {
		d.DecodeBytes(&p, pcap.LinkTypeRaw, g.Data)
		if p.IsFragment() {
			continue // the rest is in what is missing
		}
		r.part = part{datagram: &p, first: g.First, last: g.Last}
		rec := &pcap.Record{Time: g.Last.Time, Number: g.Last.Number, Offset: g.Last.Offset}
		yield(task{shard: shardOf(&p), rec: rec, part: &r.part})
	}
}

// keep returns the task with a copy of its part, which stays valid.
func (t task) keep() task {
	if t.part == nil {
		return t
	}
	own := *t.part
	if own.datagram != nil {
		datagram := *own.datagram
		own.datagram = &datagram
	}
	t.part = &own
	return t
}

// packet reports whether the task needs the packet rather than its part alone.
func (t *task) packet() bool { return t.part == nil || t.part.fragment }

// shardOf returns the number of the shard of the packet's innermost addresses, the
// same for both directions.
func shardOf(p *layers.Packet) int {
	src, dst, ok := p.Addrs()
	if !ok {
		return 0
	}
	return shardOfPair(src, dst)
}

func shardOfPair(a, b netip.Addr) int { return int((mix(a) + mix(b)) % shardCount) }

// mix returns a hash of an address that is the same on all machines.
func mix(a netip.Addr) uint64 {
	b := a.As16()
	h := binary.BigEndian.Uint64(b[:8])*0x9e3779b97f4a7c15 ^ binary.BigEndian.Uint64(b[8:])
	h *= 0xff51afd7ed558ccd
	return h ^ h>>32
}
