package extract

import (
	"cmp"
	"context"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A Survey is for captures of one sensor that are read in several runs, with a state
// between them, as if in one go. It finds out which conversations are still open at
// the end of a run. Set Options, call Resume with the state of the previous run, if
// there is one, and Read for each new capture. Then read the same captures, in the same
// order, with the result of Extractor, whose Suspend returns the Report and writes the
// next state:
//
//	s := extract.Survey{Options: options}
//	err := s.Resume(state)         // except in the first run
//	err = s.Read(ctx, first)       // each capture
//	x := s.Extractor()
//	err = x.ReadInput(ctx, "1.pcap", again) // each capture once more
//	rep, err := x.Suspend(next)
//
// Two addresses have ended once they were silent for longer than Options.Stream.Idle,
// in the time that ends connections of the Extractor, too. The Report of a run is
// the same as that of an Extractor that reads the captures of all runs, except that TLS
// secrets are not kept: they have to be in Options.Stream.Keys of each run, and a
// session is not resumed from a connection that has ended.
//
// A Survey is not safe for concurrent use.
type Survey struct {
	Options

	// MaxBytes limits the packets kept of open conversations, in bytes, each of which
	// counts as 128 more, and likewise the fragments of incomplete IP datagrams. The
	// conversations of the addresses with the most are ended first, and counted in
	// Unseen.Severed. 0: 64 MiB.
	MaxBytes int64

	// Skip is Extractor.Skip for the captures of Read. Extractor does not copy it.
	Skip func(*pcap.Record) bool

	router router
	state  *state // of Resume, nil at first
	turns  turns
	pairs  [shardCount]lru.Table[[2]netip.Addr, span]
	last   [shardCount]*spanEntry // of the last task, until the clock advances
}

const defaultMaxState = 64 << 20

// A span is what is known of a pair of addresses since it was last silent.
type span struct {
	from    int64     // the task that began it
	bytes   int64     // to keep it
	seen    time.Time // by the shard's clock
	latest  time.Time // of its packets
	untimed bool      // a packet has no time, so silence cannot be measured
}

type spanEntry = lru.Entry[[2]netip.Addr, span]

// turns counts the tasks that can have state, which are the same and in the same
// order for a Survey and its Extractor, and follows the clocks of their shards.
type turns struct {
	task   int64
	clocks [shardCount]clock.Clock
}

// Resume continues after the run that wrote the state in src, which it reads to its
// end. Call it before Read. It returns an error if src holds no valid state, or one of
// other Options: all but Workers, Stream.Keys and functions must be the same.
func (v *Survey) Resume(src io.Reader) error {
	s, err := readState(src, settingsOf(&v.Options))
	if err != nil {
		return err
	}
	v.state = s
	v.router.defrag.MaxBytes = v.Stream.MaxFragments
	s.restoreFragments(&v.router.defrag)
	for _, it := range s.items {
		v.resume(it)
	}
	for i, r := range s.clocks {
		v.set(i, r)
	}
	return nil
}

// Captures returns the captures in the state that Resume has read, in the order in
// which they were read.
func (v *Survey) Captures() []Capture {
	if v.state == nil {
		return nil
	}
	return slices.Clone(v.state.report.Captures)
}

// Read surveys the rest of r. It stops at the first error of r, as Extractor.Read
// does, and returns only that of ctx.
func (v *Survey) Read(ctx context.Context, r *pcap.Reader) error {
	v.router.defrag.MaxBytes = v.Stream.MaxFragments
	return eachPacket(ctx, r, func(p *layers.Packet, rec *pcap.Record) {
		if v.Skip != nil && v.Skip(rec) {
			return
		}
		see := func(t task) { v.see(&t, p, itemCost+len(rec.Data)) }
		v.router.packet(p, rec, v.traffic(), see)
		if p.IsFragment() {
			v.router.fragment(p, rec, see)
		}
	})
}

// see notes a task that takes size bytes to keep.
func (v *Survey) see(t *task, p *layers.Packet, size int) {
	if t.part != nil && t.part.fragment {
		return
	}
	n := t.shard
	switch {
	case t.part == nil:
	case t.part.datagram != nil:
		size = itemCost + len(t.part.datagram.Bytes())
	default:
		size = itemCost
	}
	if !t.isTunnel() {
		v.tick(n, t.rec.Time)
	}
	if pair, ok := t.pair(p); ok {
		v.touch(n, pair, t.rec.Time, size)
	}
	v.turns.task++
}

// tick advances the clock of shard n, and forgets the pairs that have ended.
func (v *Survey) tick(n int, t time.Time) {
	c := &v.turns.clocks[n]
	if !c.Tick(t) {
		return
	}
	if e := v.last[n]; e != nil { // the clock stood still since it was seen
		e.Value.seen, v.last[n] = c.Time(), nil
	}
	for e := v.pairs[n].Oldest(); e != nil && v.ended(n, &e.Value); e = v.pairs[n].Oldest() {
		v.pairs[n].Remove(e)
	}
}

func (v *Survey) touch(n int, pair [2]netip.Addr, t time.Time, size int) {
	table := &v.pairs[n]
	e := table.Find(pair)
	switch {
	case e == nil:
		e = table.Add(pair, span{from: v.turns.task})
	case v.ended(n, &e.Value):
		e.Value = span{from: v.turns.task}
	}
	table.Touch(e)
	v.last[n] = e
	s := &e.Value
	s.bytes += int64(size)
	s.seen = v.turns.clocks[n].Time()
	s.untimed = s.untimed || !usable(t)
	if t.After(s.latest) {
		s.latest = t
	}
}

// ended reports whether nothing of a pair of shard n is in memory any more.
func (v *Survey) ended(n int, s *span) bool {
	since, idle := s.seen, max(v.Stream.Idle, liveIdle)
	if v.Stream.Idle == 0 {
		idle = defaultIdle
	}
	if s.latest.After(since) {
		since = s.latest
	}
	return !s.untimed && v.turns.clocks[n].Time().Sub(since) > idle
}

const defaultIdle = 5 * time.Minute // as stream.Config.Idle

// resume sees a packet that the state has kept.
func (v *Survey) resume(it *item) {
	var p layers.Packet
	t := it.task(&p)
	t.shard = shardOfTask(&t, &p)
	v.set(t.shard, it.before)
	v.see(&t, &p, itemCost+len(it.rec.Data))
	v.set(t.shard, it.after)
}

// set brings the clock of shard n to a state, if there is one.
func (v *Survey) set(n int, r *clock.Reading) {
	if r != nil {
		for _, at := range r.Times() {
			v.tick(n, at)
		}
	}
}

// Extractor returns an Extractor with the Options that continues where the state of
// Resume ends. Read the captures with it that Read has surveyed.
func (v *Survey) Extractor() *Extractor {
	x := &Extractor{Options: v.Options}
	x.open()
	open, severed := v.open()
	x.halves = x.divide(open, v.maxBytes())
	x.report.Unseen.Severed = severed
	if v.state != nil {
		x.resume(v.state)
	}
	return x
}

func (v *Survey) maxBytes() int64 { return cmp.Or(v.MaxBytes, defaultMaxState) }

// open returns the first tasks of the pairs whose packets have to be kept, and the
// number of those for which there is no room.
func (v *Survey) open() (open map[[2]netip.Addr]int64, severed int64) {
	type kept struct {
		pair [2]netip.Addr
		span
	}
	var all []kept
	for n := range v.pairs {
		for e := range v.pairs[n].All() {
			if !v.ended(n, &e.Value) {
				all = append(all, kept{e.Key(), e.Value})
			}
		}
	}
	slices.SortFunc(all, func(a, b kept) int { return cmp.Or(cmp.Compare(a.bytes, b.bytes), cmp.Compare(a.from, b.from)) })
	open = make(map[[2]netip.Addr]int64, len(all))
	left := v.maxBytes()
	for i, k := range all {
		if left -= k.bytes; left < 0 {
			return open, int64(len(all) - i)
		}
		open[k.pair] = k.from
	}
	return open, 0
}
