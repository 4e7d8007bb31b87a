package extract

import (
	"context"
	"io"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/wire"
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

	report  Report // what is known of captures, not of what is in them
	clocks  []time.Time
	defrag  stream.Defragmenter
	shards  []*shard
	workers []*worker
	part    part            // of the task in work
	pruned  [len(kinds)]int // rows of all workers' tables after they were last pruned
}

// backwardsTolerance is how much earlier than the packet before it, of the same
// interface, a packet may be. Adapters with several queues, and captures on
// several processors, hand packets over out of order by less.
const backwardsTolerance = 100 * time.Millisecond

// Begin says that the following packets are those of the capture called name.
func (x *Extractor) Begin(name string) {
	if x.workers == nil {
		x.open()
	}
	x.report.Captures = append(x.report.Captures, Capture{Name: name, From: -1})
	x.clocks = x.clocks[:0]
	x.defrag.Capture = len(x.report.Captures) - 1
}

// open makes the workers and the shards, and gives each worker its share of these.
func (x *Extractor) open() {
	x.report.setLimits(x.limits())
	x.defrag.MaxBytes = x.Stream.MaxFragments // whose default is the same
	for range min(max(x.Workers, 1), shardCount) {
		x.workers = append(x.workers, newWorker(len(x.workers), &x.Options))
	}
	for i := range shardCount {
		x.shards = append(x.shards, newShard(&x.Options, x.workers[i%len(x.workers)]))
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
	case len(x.workers) > 1:
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
	if x.workers == nil {
		x.Begin("")
	}
	ref := stream.RefOf(len(x.report.Captures)-1, rec)
	x.route(p, rec, func(t task) { t.shard.worker.do(&t, p, ref) })
	if x.report.Packets%enforceEvery == 0 {
		x.enforceLimits()
	}
}

// Finish ends what is still open and returns the Report.
func (x *Extractor) Finish() *Report {
	if x.workers == nil {
		x.open()
	}
	x.defrag.Flush()
	report := x.report
	r := &report
	for _, s := range x.shards {
		s.worker.messages(s, s.streams.Flush())
		s.worker.end(s)
		r.Unseen.Stream.Add(s.streams.Stats())
	}
	r.Unseen.Stream.Defrag = x.defrag.Stats()
	for _, w := range x.workers {
		r.Unseen.add(&w.report.Unseen)
		r.absorb(&w.report)
	}
	*x = Extractor{Options: x.Options}
	for _, f := range flows.of(r).rows {
		f.identify()
	}
	r.complete()
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
		u.Damaged = increment(u.Damaged, err.(*wire.Error).Layer)
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
