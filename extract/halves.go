package extract

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// halves divide the tasks of an Extractor: those of conversations that are still open
// at the end go to shards and workers of their own, so that the Report of the others
// can be kept, and the packets of these. Each task of one half advances the clocks of
// the other, which therefore ends its connections when a single half would.
type halves struct {
	open  map[[2]netip.Addr]int64 // the first task of each open pair
	turns turns
	max   int64

	kept     []*item
	waiting  [shardCount]*item // the last one, until the clock advances
	resuming *item             // in work

	fragments     []*item // since the oldest incomplete datagram began, or more
	fragmentBytes int64
	measured      int64 // fragmentBytes when they were last trimmed
	severed       bool  // they are too many to keep
	refilled      stream.DefragStats

	idle part // of the other half
}

// divide gives x a half for the conversations of the open pairs.
func (x *Extractor) divide(open map[[2]netip.Addr]int64, most int64) *halves {
	x.extend(shardCount, len(x.workers))
	return &halves{open: open, max: most}
}

// halves returns the half of the conversations that have ended, and that of the open
// ones.
func (m *team) halves() (ended, open team) {
	ended, open = *m, *m
	n := len(m.workers) / 2
	ended.shards, open.shards = m.shards[:shardCount], m.shards[shardCount:]
	ended.workers, open.workers = m.workers[:n], m.workers[n:]
	return ended, open
}

// pair returns the addresses of a task's conversation.
func (t *task) pair(p *layers.Packet) (pair [2]netip.Addr, ok bool) {
	switch {
	case t.isTunnel():
		return flowPair(t.part.tunnel), true
	case t.part != nil && t.part.datagram != nil:
		p = t.part.datagram
	}
	a, b, ok := p.Addrs()
	return pairOf(a, b), ok
}

func (t *task) isTunnel() bool { return t.part != nil && t.part.tunnel.Src.IsValid() }

// shardOfTask returns the number of the shard of a task's conversation.
func shardOfTask(t *task, p *layers.Packet) int {
	if pair, ok := t.pair(p); ok {
		return shardOfPair(pair[0], pair[1])
	}
	return 0
}

// assign yields a task of packet p at ref, in the half of its conversation, and what
// the other half has to do. The parts of these are valid until the next call. The
// fragments of d are kept.
func (l *halves) assign(d *stream.Defragmenter, t task, p *layers.Packet, ref stream.Ref, yield func(task)) {
	if t.part != nil && t.part.fragment { // which has no state but in the Defragmenter
		l.keepFragment(d, t.rec, ref)
		yield(t)
		return
	}
	other := shardCount + t.shard
	from, open := int64(0), false
	if pair, ok := t.pair(p); ok {
		from, open = l.open[pair]
	}
	open = open && l.turns.task >= from
	l.turns.task++
	n := t.shard
	if open {
		l.keep(&t, p, ref)
		t.shard, other = other, t.shard
	}
	l.idle = part{idle: true}
	if t.isTunnel() {
		l.idle.tunnel = t.part.tunnel
	} else {
		l.tick(n, t.rec, open)
	}
	yield(t)
	yield(task{shard: other, rec: t.rec, part: &l.idle, granted: t.granted})
}

// tick advances the clock of shard n for a task on rec. If the task was not kept, the
// last one that was notes that.
func (l *halves) tick(n int, rec *pcap.Record, open bool) {
	if moved := l.turns.clocks[n].Tick(rec.Time); !moved || open || l.waiting[n] == nil {
		return
	}
	l.waiting[n].after, l.waiting[n] = l.reading(n), nil
}

func (l *halves) reading(n int) *clock.Reading {
	if r, ok := l.turns.clocks[n].Read(); ok {
		return &r
	}
	return nil
}

// keep keeps a task of an open conversation.
func (l *halves) keep(t *task, p *layers.Packet, ref stream.Ref) {
	n, it := t.shard, l.resuming
	if it == nil {
		it = newItem(t, p, ref)
		it.before = l.reading(n)
	}
	l.kept = append(l.kept, it)
	l.waiting[n] = it
}

// trimEvery is how many bytes of fragments are added before those that are no longer
// needed are dropped.
const trimEvery = 1 << 20

// keepFragment keeps a fragment while the datagram of d that it may belong to, or an
// older one, is incomplete.
func (l *halves) keepFragment(d *stream.Defragmenter, rec *pcap.Record, ref stream.Ref) {
	if l.severed {
		return
	}
	if l.fragmentBytes > min(l.measured+trimEvery, l.max) {
		l.trim(d)
	}
	it := &item{kind: itemFragment, ref: ref, rec: *rec.Clone()}
	l.fragments, l.fragmentBytes = append(l.fragments, it), l.fragmentBytes+it.cost()
	if l.severed = l.fragmentBytes > l.max; l.severed {
		l.fragments = nil
	}
}

// trim drops the fragments that were added before the oldest incomplete datagram.
func (l *halves) trim(d *stream.Defragmenter) {
	first, ok := d.Oldest()
	from := len(l.fragments)
	if ok {
		from = slices.IndexFunc(l.fragments, func(it *item) bool { return compareRefs(it.ref, first) >= 0 })
	}
	if from < 0 {
		from = len(l.fragments)
	}
	l.fragments = slices.Clone(l.fragments[from:])
	l.fragmentBytes = 0
	for _, it := range l.fragments {
		l.fragmentBytes += it.cost()
	}
	l.measured = l.fragmentBytes
}

func compareRefs(a, b stream.Ref) int {
	return cmp.Or(cmp.Compare(a.Capture, b.Capture), cmp.Compare(a.Offset, b.Offset))
}

// resume continues where a state ends.
func (x *Extractor) resume(s *state) {
	l := x.halves
	severed := x.report.Unseen.Severed
	x.report = *s.report
	x.report.Unseen.Severed += severed
	x.report.setLimits(x.limits())
	x.cut = x.report.cut
	for i := range shardCount {
		if s.granted>>i&1 == 1 {
			x.grant(i)
		}
	}
	s.restoreFragments(&x.router.defrag)
	l.fragments, l.refilled = s.fragments, x.router.defrag.Stats()
	for _, it := range l.fragments {
		l.fragmentBytes += it.cost()
	}
	for _, it := range s.items {
		x.resumeItem(it)
	}
	for i, r := range s.clocks {
		x.set(i, r)
	}
}

// grant gives both halves of shard n its reserve of work.
func (x *Extractor) grant(n int) {
	x.granter.grant(n)
	for _, s := range x.inHalves(n) {
		s.grant(&x.Options)
	}
}

// inHalves returns shard n of each half.
func (x *Extractor) inHalves(n int) [2]*shard { return [2]*shard{x.shards[n], x.shards[shardCount+n]} }

// resumeItem does a task that a state has kept.
func (x *Extractor) resumeItem(it *item) {
	var p layers.Packet
	t := it.task(&p)
	t.shard = shardOfTask(&t, &p)
	n := t.shard
	x.set(n, it.before)
	x.halves.resuming = it
	x.halves.assign(&x.router.defrag, t, &p, it.ref, func(t task) { x.do(&t, &p, it.ref) })
	x.halves.resuming = nil
	if it.after != nil {
		x.halves.waiting[n] = nil
		x.set(n, it.after)
	}
}

// set brings the clocks of shard n in both halves to a state, if there is one.
func (x *Extractor) set(n int, r *clock.Reading) {
	if r == nil {
		return
	}
	for _, at := range r.Times() {
		t := task{rec: &pcap.Record{Time: at}, part: &part{idle: true}}
		x.halves.turns.clocks[n].Tick(at)
		for _, s := range x.inHalves(n) {
			s.worker.do(s, &t, nil, stream.Ref{})
		}
	}
}
