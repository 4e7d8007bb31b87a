package extract

import (
	"encoding/binary"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// shardCount is how many shards there are. It is part of what an Extractor finds
// at its bounds, and must not depend on the machine.
const shardCount = 64

// A task is work on one packet for one shard.
type task struct {
	shard *shard
	rec   *pcap.Record
	part  *part // nil: all of a packet that is not a fragment
}

// A part is what a task deals with instead of the whole packet. It is one of
// three: the packet as a fragment, the datagram that it completes, or a tunnel
// that carries it.
type part struct {
	fragment bool
	datagram *layers.Packet // reassembled
	first    stream.Ref     // of the fragments of datagram
	tunnel   layers.Flow
}

// route yields the tasks of a packet that was decoded from rec, in the order in
// which they are to be done. A task's part is valid until the next one is yielded.
func (x *Extractor) route(p *layers.Packet, rec *pcap.Record, yield func(task)) {
	x.count(p, rec)
	if x.traffic() {
		for outer := range outerFlows(p) {
			x.part = part{tunnel: outer}
			yield(task{x.shardOfPair(outer.Src.Addr(), outer.Dst.Addr()), rec, &x.part})
		}
	}
	s := x.shardOf(p)
	if !p.IsFragment() {
		yield(task{s, rec, nil})
		return
	}
	x.part = part{fragment: true}
	yield(task{s, rec, &x.part})
	if whole, first := x.defrag.Whole(p, rec); whole != nil {
		x.part = part{datagram: whole, first: first}
		yield(task{x.shardOf(whole), rec, &x.part})
	}
}

// keep returns the task with a part of its own.
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

// packet reports whether the task needs the packet, and not only its part.
func (t *task) packet() bool { return t.part == nil || t.part.fragment }

// shardOf returns the shard of the packet's innermost addresses, in either order.
func (x *Extractor) shardOf(p *layers.Packet) *shard {
	src, dst, ok := p.Addrs()
	if !ok {
		return x.shards[0]
	}
	return x.shardOfPair(src, dst)
}

func (x *Extractor) shardOfPair(a, b netip.Addr) *shard { return x.shards[(mix(a)+mix(b))%shardCount] }

// mix is a fixed hash of an address.
func mix(a netip.Addr) uint64 {
	b := a.As16()
	h := binary.BigEndian.Uint64(b[:8])*0x9e3779b97f4a7c15 ^ binary.BigEndian.Uint64(b[8:])
	h *= 0xff51afd7ed558ccd
	return h ^ h>>32
}
