package extract

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Read reads the rest of r and reports what is in it. On an error, of r or of
// ctx, the Report still holds all that was found before. The capture has no name
// and is not identified, so the UUID of an event follows from its times and counts
// alone; [Extractor.ReadInput] sees to both.
func Read(ctx context.Context, r *pcap.Reader, o Options) (*Report, error) {
	x := Extractor{Options: o}
	err := x.Read(ctx, "", r)
	return x.Finish(), err
}

// An Extractor makes a Report from packets. Set Options, then name each capture
// with Begin and Add its packets, or let Read or ReadInput do both; Finish ends the
// Report.
// Captures that one sensor made belong into one Extractor, in the order of
// their times: connections go on from one to the next. The zero value is
// ready. It is not safe for concurrent use.
//
// Connections live in a fixed number of shards, chosen by the two addresses.
// Each has clocks of its own, and what is done at a bound is done at fixed
// packets. So it makes no difference how many goroutines share the shards.
type Extractor struct {
	Options

	report Report // what is known of captures, not of what is in them
	clocks []time.Time
	defrag stream.Defragmenter
	shards []*shard
	lanes  []*lane
	pruned map[string]int // rows of all lanes together, after the last time that was seen to
}

// shardCount is how many shards there are. It is part of what an Extractor finds
// at its bounds, and must not depend on the machine.
const shardCount = 64

// settleEvery is after how many packets the bounds of all shards together are
// seen to.
const settleEvery = 4096

// backwardsTolerance is how much earlier than the packet before it, of the same
// interface, a packet may be. Adapters with several queues, and captures on
// several processors, hand packets over out of order by less.
const backwardsTolerance = 100 * time.Millisecond

// Begin says that the following packets are those of the capture called name.
func (x *Extractor) Begin(name string) {
	if x.lanes == nil {
		x.open()
	}
	x.report.Captures = append(x.report.Captures, Capture{Name: name, From: -1})
	x.clocks = x.clocks[:0]
	x.defrag.Capture = len(x.report.Captures) - 1
}

// open makes the lanes and the shards, and gives each lane its share of these.
func (x *Extractor) open() {
	x.pruned = map[string]int{}
	x.report.maxValues, x.report.maxConns = x.MaxValues, x.MaxConns
	x.defrag.MaxBytes = x.Stream.MaxFragments // whose default is the same
	for range min(max(x.Workers, 1), shardCount) {
		x.lanes = append(x.lanes, newLane(len(x.lanes), &x.Options))
	}
	for i := range shardCount {
		x.shards = append(x.shards, newShard(&x.Options, x.lanes[i%len(x.lanes)]))
	}
}

func (x *Extractor) capture() *Capture { return &x.report.Captures[len(x.report.Captures)-1] }

// Identify says what the file of the current capture is: its size in bytes and
// its SHA-256. Event UUIDs follow from it. ReadInput sees to it itself.
func (x *Extractor) Identify(size int64, sha256 [32]byte) {
	c := x.capture()
	c.Size, c.SHA256 = size, sha256
}

// Read adds the rest of r, the capture called name. An error is also kept in
// the Report.
func (x *Extractor) Read(ctx context.Context, name string, r *pcap.Reader) error {
	x.Begin(name)
	h := r.Header()
	c := x.capture()
	c.Format, c.SnapLen = h.Format.String(), max(h.SnapLen, 0)
	err := ctx.Err()
	switch {
	case err != nil:
	case len(x.lanes) > 1:
		err = x.readParallel(ctx, r)
	default:
		err = x.readAlone(ctx, r)
	}
	if err == io.EOF {
		err = nil
	}
	x.capture().Err = err
	return err
}

func (x *Extractor) readAlone(ctx context.Context, r *pcap.Reader) error {
	var d layers.Decoder
	var p layers.Packet
	for n := 1; ; n++ {
		rec, err := r.Next()
		if err != nil {
			return err
		}
		d.Decode(&p, rec)
		x.Add(&p, rec)
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// Add takes a packet, which was decoded from rec.
func (x *Extractor) Add(p *layers.Packet, rec *pcap.Record) {
	if x.lanes == nil {
		x.Begin("")
	}
	x.count(p, rec)
	s, ref := x.shardOf(p), x.ref(rec)
	if x.traffic() {
		for outer := range outerFlows(p) {
			s := x.shardOfPair(outer.Src.Addr(), outer.Dst.Addr())
			s.lane.tunnel(s, outer, rec, ref)
		}
	}
	if !p.Fragment() {
		s.lane.packet(s, p, rec, ref)
	} else {
		s.lane.fragment(p, rec, ref)
		if whole, first := x.defrag.Whole(p, rec); whole != nil {
			s = x.shardOf(whole)
			s.lane.datagram(s, whole, rec, Evidence{First: first, Last: ref})
		}
	}
	if x.report.Packets%settleEvery == 0 {
		x.settle()
	}
}

func (x *Extractor) ref(rec *pcap.Record) stream.Ref {
	return stream.RefOf(len(x.report.Captures)-1, rec)
}

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

// settle sees to the bound on what all shards together hold: where it is
// reached, each gives up what is beyond its share.
func (x *Extractor) settle() {
	x.prune()
	held, limit := 0, withDefault(x.Stream.MaxBytes, defaultMaxBytes)
	for _, s := range x.shards {
		held += s.streams.Held()
	}
	for _, s := range x.shards {
		if held <= limit {
			return
		}
		before := s.streams.Held()
		s.lane.messages(s, s.streams.Shrink(limit/shardCount))
		held -= before - s.streams.Held()
	}
}

// prune sees to the bounds on what the lanes' tables hold together.
func (x *Extractor) prune() {
	if len(x.lanes) < 2 {
		return
	}
	tables := make([]map[string]tabled, len(x.lanes))
	for i, l := range x.lanes {
		tables[i] = l.report.tables()
	}
	for name := range tables[0] {
		size := x.lanes[0].maxValues()
		if name == "flows" {
			size = x.lanes[0].maxConns()
		}
		rows := 0
		for _, t := range tables {
			rows += t[name].len()
		}
		if most := max(size, x.pruned[name]); rows <= most+most/10 {
			continue
		}
		var all []ident
		for _, t := range tables {
			all = t[name].idents(all)
		}
		slices.SortFunc(all, func(a, b ident) int { return bytes.Compare(a[:], b[:]) })
		all = slices.Compact(all)
		rows = 0
		for _, t := range tables {
			if len(all) > size {
				t[name].prune(all[size])
			}
			rows += t[name].len()
		}
		x.pruned[name] = rows
	}
}

// Finish ends what is still open and returns the Report.
func (x *Extractor) Finish() *Report {
	if x.lanes == nil {
		x.open()
	}
	x.defrag.Flush()
	report := x.report
	r := &report
	for _, s := range x.shards {
		s.lane.messages(s, s.streams.Flush())
		s.lane.end(s)
		r.Unseen.Stream.Add(s.streams.Stats())
	}
	r.Unseen.Stream.Defrag = x.defrag.Stats()
	for _, l := range x.lanes {
		r.Unseen.add(&l.report.Unseen)
		r.absorb(&l.report)
	}
	*x = Extractor{Options: x.Options}
	for f := range r.flows.all() {
		f.identify()
	}
	r.sortCaptures()
	return r
}

// count keeps the totals, and what can not be seen of a packet.
func (x *Extractor) count(p *layers.Packet, rec *pcap.Record) {
	r, c, u := &x.report, x.capture(), &x.report.Unseen
	size := int64(len(rec.Data))
	r.Packets++
	r.Bytes += size
	c.Packets++
	c.Bytes += size
	if c.From < 0 {
		c.From = rec.Offset
	}
	c.To = rec.Offset
	c.sawLink(rec.LinkType)
	if rec.Truncated() {
		u.Cut++
	}
	if err := p.Err(); err != nil {
		u.Damaged = increment(u.Damaged, err.(*layers.Error).Kind.String())
	}
	if size > 0 && len(p.Payload()) == len(rec.Data) && p.Err() == nil {
		u.LinkTypes = increment(u.LinkTypes, rec.LinkType)
	}
	switch {
	case !usable(rec.Time):
		u.Untimed++
		return
	case x.backwards(rec):
		u.Backwards++
	}
	c.extend(rec.Time)
}

func increment[K comparable](m map[K]int64, k K) map[K]int64 {
	if m == nil {
		m = map[K]int64{}
	}
	m[k]++
	return m
}

// backwards reports whether rec is earlier than the packet before it of the
// same interface.
func (x *Extractor) backwards(rec *pcap.Record) bool {
	i := rec.Interface % maxClocks
	for len(x.clocks) <= i {
		x.clocks = append(x.clocks, time.Time{})
	}
	before := x.clocks[i]
	x.clocks[i] = rec.Time
	return rec.Time.Before(before) && rec.Time.Before(before.Add(-backwardsTolerance))
}

// maxClocks bounds the interfaces whose packets are compared with their own
// kind alone.
const maxClocks = 1024
