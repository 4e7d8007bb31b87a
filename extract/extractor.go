package extract

import (
	"cmp"
	"context"
	"io"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
)

// Read reads the rest of r and returns a Report of it. On an error of r or ctx, the
// Report holds everything before the error. The capture has no name and no hash, so
// the UUID of an event is derived from its times and counts alone;
// [Extractor.ReadInput] sets both.
func Read(ctx context.Context, r *pcap.Reader, o Options) (*Report, error) {
	x := Extractor{Options: o}
	err := x.Read(ctx, "", r)
	rep := x.Finish()
	return rep, cmp.Or(err, rep.Captures[0].Err)
}

// An Extractor makes a Report from packets. Set Options, then either call Begin for
// each capture and Add for each of its packets, or call Read or ReadInput for each
// capture. Finish returns the Report.
//
// Give the captures of one sensor to one Extractor, in order of time: connections
// continue from one capture into the next. The zero value is ready to use. An
// Extractor is not safe for concurrent use.
//
// Connections are divided into a fixed number of shards by their two addresses.
// Each shard has its own clocks, and limits are enforced at fixed packets, so the
// Report does not depend on how many goroutines share the shards.
type Extractor struct {
	Options

	// Skip, if not nil, is called for each packet of Read and ReadInput. Those for
	// which it returns true are only counted, in Unseen.Repeated: they are in another
	// capture, too (see Seam). Set it before each capture.
	Skip func(*pcap.Record) bool

	report  Report // the captures and the counts of packets; the tables are the workers'
	clocks  clocks
	router  router
	granter granter
	team
	halves *halves // nil unless a Survey made the Extractor

	reading   bool      // Read is at work
	collected bool      // Stream.Keys are own ones, with the secrets in the captures
	given     *tls.Keys // Stream.Keys before that
}

// Begin starts a capture called name: the packets added next belong to it.
func (x *Extractor) Begin(name string) {
	if x.workers == nil {
		x.open()
	}
	x.report.Captures = append(x.report.Captures, Capture{Name: name, From: -1})
	x.clocks = x.clocks[:0]
	x.router.defrag.Capture = len(x.report.Captures) - 1
}

func (x *Extractor) open() {
	x.report.setLimits(x.limits())
	x.router.defrag.MaxBytes = x.Stream.MaxFragments // both have the same default
	x.team = newTeam(&x.Options, shardCount, min(max(x.Workers, 1), shardCount))
}

func (x *Extractor) capture() *Capture { return x.report.lastCapture() }

// Identify sets the size in bytes and the SHA-256 of the current capture's file,
// from which the UUIDs of events are derived. ReadInput calls it.
func (x *Extractor) Identify(size int64, sha256 [32]byte) {
	c := x.capture()
	c.Size, c.SHA256 = size, sha256
}

// Read adds the rest of r as a capture called name. It returns the error that
// stopped reading, if any, and records it in Capture.Err: an error of r or ctx, or a
// [PanicError]. When ctx is done, contents are decoded no further. Packets read before
// are still processed, unless that takes several workers more than half a second.
func (x *Extractor) Read(ctx context.Context, name string, r *pcap.Reader) error {
	x.Begin(name)
	x.reading = true
	defer func() { x.reading = false }()
	x.capture().describe(r.Header())
	err := x.read(ctx, r)
	if err == io.EOF {
		err = nil
	}
	x.capture().Err = err
	return err
}

func (x *Extractor) read(ctx context.Context, r *pcap.Reader) (err error) {
	defer rescue(&err, x.workers...)
	defer x.stopDecoding(ctx)()
	if len(x.workers) > 1 {
		return x.readParallel(ctx, r)
	}
	return x.readAlone(ctx, r)
}

func (x *Extractor) readAlone(ctx context.Context, r *pcap.Reader) error {
	var d layers.Decoder
	var p layers.Packet
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec, err := r.Next()
		if err != nil {
			return err
		}
		if x.skips(rec) {
			continue
		}
		d.Decode(&p, rec)
		x.Add(&p, rec)
	}
}

// skips reports whether a packet is in another capture, and counts it.
func (x *Extractor) skips(rec *pcap.Record) bool {
	if x.Skip == nil || !x.Skip(rec) {
		return false
	}
	x.report.Unseen.Repeated++
	return true
}

// Add adds a packet, decoded from rec, to the current capture. It does not keep p
// or rec.
func (x *Extractor) Add(p *layers.Packet, rec *pcap.Record) {
	if x.workers == nil {
		x.Begin("")
	}
	ref := stream.RefOf(len(x.report.Captures)-1, rec)
	x.route(p, rec, ref, func(t task) { x.do(&t, p, ref) })
	if x.report.Packets%enforceEvery == 0 {
		x.enforceLimits()
	}
}

// route counts a packet at ref, decoded from rec, and yields its tasks in the order to
// do them. The part of a task is valid until the next task is yielded.
func (x *Extractor) route(p *layers.Packet, rec *pcap.Record, ref stream.Ref, yield func(task)) {
	x.clocks.count(&x.report, rec)
	x.report.Unseen.decoded(p, rec)
	give := yield
	if x.halves != nil {
		give = func(t task) { x.halves.assign(&x.router.defrag, t, p, ref, yield) }
	}
	x.router.packet(p, rec, x.traffic(), func(t task) {
		t.granted = t.part == nil && x.granter.grants(t.shard, p, x.report.Bytes)
		give(t)
	})
	if p.IsFragment() {
		x.router.fragment(p, rec, give)
	}
}

// do does a task of packet p in the goroutine of the caller.
func (x *Extractor) do(t *task, p *layers.Packet, ref stream.Ref) {
	s := x.shards[t.shard]
	s.worker.do(s, t, p, ref)
}

// Finish closes everything still open, returns the Report, and resets the Extractor
// to its Options. If that panics, the Err of the last capture is a [PanicError].
func (x *Extractor) Finish() *Report {
	if x.workers == nil {
		x.open()
	}
	if x.halves != nil {
		r, _ := x.Suspend(io.Discard)
		return r
	}
	x.router.flush(func(t task) { x.do(&t, nil, t.part.last) })
	report := x.report
	x.gather(&report, &x.team)
	x.end(&report)
	return &report
}

// gather ends all connections of m, and adds what its workers have found to r.
func (x *Extractor) gather(r *Report, m *team) {
	if err := m.finish(r); err != nil {
		c := r.lastCapture()
		c.Err = cmp.Or(c.Err, err)
	}
}

// end concludes r, which has all that x has found, and resets x.
func (x *Extractor) end(r *Report) {
	r.Unseen.Stream.Defrag = x.defragStats()
	o := x.Options
	if x.collected {
		o.Stream.Keys = x.given
	}
	*x = Extractor{Options: o}
	r.conclude()
}
