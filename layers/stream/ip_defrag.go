package stream

import (
	"time"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A Defragmenter puts IP datagrams together from their fragments (RFC 791
// section 3.2, RFC 8200 section 4.5). The zero value is ready, with the bounds
// that its fields document. It is not safe for concurrent use. An Assembler has
// its own.
//
// Where fragments of an IPv4 datagram overlap, the bytes that came first count.
// An IPv6 datagram whose fragments overlap is dropped, also what comes of it
// later (RFC 5722), but a fragment that came twice is no overlap. A fragment
// that cannot be right is left out: one whose length is no multiple of 8 though
// more follow, one that reaches beyond 65,535 bytes or beyond the datagram's
// last one, a last one before others, and one that the capture cut; an IPv6
// datagram with two ends is dropped. The flag DF is of no account.
type Defragmenter struct {
	// MaxBytes bounds what is held of incomplete datagrams, with what it costs
	// to hold it. Reaching it gives up the oldest datagram. 0: 4 MiB.
	MaxBytes int

	// MaxDatagrams bounds how many incomplete datagrams are held. Reaching it
	// gives up the oldest. 0: 8192.
	MaxDatagrams int

	// Idle is how long in capture time the fragments of a datagram may come
	// after the first of them. 0: 60 seconds (RFC 8200 section 4.5).
	Idle time.Duration

	// Capture numbers the capture whose packets come next, as
	// Assembler.Capture does.
	Capture int

	table lru.Table[fragmentKey, partial] // in the order of their first fragments
	last  *partial                        // the newest, until the clock moves
	clock clock.Clock
	whole layers.Packet // what Whole returned
	stats DefragStats
}

const (
	defaultMaxFragments = 4 << 20
	defaultMaxDatagrams = 8192
	defaultFragmentIdle = time.Minute
)

// DefragStats counts what a Defragmenter has done and what it gave up.
type DefragStats struct {
	Fragments int // fragments seen
	Datagrams int // datagrams put together
	Open      int // datagrams in memory now
	Held      int // bytes in memory now, as MaxBytes counts them

	Incomplete int // datagrams given up because their rest did not come in time
	Evicted    int // datagrams given up at MaxBytes or MaxDatagrams
	Dropped    int // IPv6 datagrams dropped because fragments overlap or contradict each other
	Overlaps   int // fragments that overlap others, without being the same
	Malformed  int // fragments left out because they cannot be right
	Cut        int // fragments left out because the capture cut them
	TooDeep    int // datagrams given up because more than eight were nested
}

func (s *DefragStats) add(o DefragStats) {
	s.Fragments += o.Fragments
	s.Datagrams += o.Datagrams
	s.Open += o.Open
	s.Held += o.Held
	s.Incomplete += o.Incomplete
	s.Evicted += o.Evicted
	s.Dropped += o.Dropped
	s.Overlaps += o.Overlaps
	s.Malformed += o.Malformed
	s.Cut += o.Cut
	s.TooDeep += o.TooDeep
}

// A Datagram is an IP packet that came in fragments. Data is the caller's: the
// packet without link layer, to be decoded as pcap.LinkTypeRaw, with the headers
// of the fragment that came from its beginning.
type Datagram struct {
	Data        []byte
	First, Last Ref // the packets of the fragment that came first, and that completed it
}

// A partial is a datagram of which fragments are missing.
type partial struct {
	first Ref
	seen  time.Duration // when the first fragment came
	head  []byte        // the headers, once known
	parts segments
	top   int  // end of the farthest fragment
	size  int  // of the payload, -1 until the last fragment came
	dead  bool // dropped, also what comes
}

type partialEntry = lru.Entry[fragmentKey, partial]

// partialCost is what a partial takes, its place in the table included.
const partialCost = 320

// Push takes a packet. It reports whether that is a fragment that completes a
// datagram, and returns the datagram, which may in turn hold a fragment of
// another.
func (d *Defragmenter) Push(p *layers.Packet, rec *pcap.Record) (Datagram, bool) {
	if d.clock.Tick(rec.Time) {
		d.expire(d.clock.Now())
	}
	if !p.IsFragment() {
		return Datagram{}, false
	}
	f, ok := findFragment(p)
	if !ok {
		return Datagram{}, false
	}
	ref := RefOf(d.Capture, rec)
	return d.take(f, source{ref, ref}, d.clock.Now())
}

// maxNested bounds the datagrams that one packet may complete, each in another.
const maxNested = 7

// Whole takes a packet and returns the whole one that it is or completes: p
// itself, unless it is a fragment; of a fragment the datagram that it completes,
// decoded; nil while others of that are missing. first is the packet that holds
// the fragment that came first. A datagram may in turn hold a fragment of
// another, when tunnels are fragmented: that is put together too. The packet is
// valid until the next call, its bytes are the caller's.
func (d *Defragmenter) Whole(p *layers.Packet, rec *pcap.Record) (whole *layers.Packet, first Ref) {
	if d.clock.Tick(rec.Time) {
		d.expire(d.clock.Now())
	}
	ref := RefOf(d.Capture, rec)
	from := source{ref, ref}
	for range maxNested + 1 {
		if !p.IsFragment() {
			return p, from.first
		}
		f, ok := findFragment(p)
		if !ok {
			return p, from.first
		}
		g, ok := d.take(f, from, d.clock.Now())
		if !ok {
			return nil, from.first
		}
		from.first = g.First
		new(layers.Decoder).DecodeBytes(&d.whole, pcap.LinkTypeRaw, g.Data)
		p = &d.whole
	}
	d.stats.TooDeep++
	return nil, from.first
}

// Stats returns the counts so far.
func (d *Defragmenter) Stats() DefragStats {
	s := d.stats
	s.Open = d.table.Len()
	return s
}

// Flush gives up the datagrams that are incomplete.
func (d *Defragmenter) Flush() {
	for e := d.table.Oldest(); e != nil; e = d.table.Oldest() {
		d.giveUp(e, &d.stats.Incomplete)
	}
}

// take adds a fragment that came at from.
func (d *Defragmenter) take(f fragment, from source, now time.Duration) (Datagram, bool) {
	d.stats.Fragments++
	switch {
	case f.atomic():
		d.stats.Datagrams++
		return Datagram{f.strip(), from.first, from.last}, true
	case f.cut:
		d.stats.Cut++
		return Datagram{}, false
	case !f.valid():
		d.stats.Malformed++
		return Datagram{}, false
	}
	e := d.table.Find(f.key)
	if e == nil {
		e = d.open(f.key, from.first, now)
	}
	g := &e.Value
	if !g.dead {
		held := g.cost()
		d.add(g, f)
		d.stats.Held += g.cost() - held
	}
	if g.complete() {
		whole := Datagram{g.assemble(f.key.version), g.first, from.last}
		d.remove(e)
		d.stats.Datagrams++
		return whole, true
	}
	d.limit()
	return Datagram{}, false
}

func (d *Defragmenter) open(k fragmentKey, first Ref, now time.Duration) *partialEntry {
	e := d.table.Add(k, partial{first: first, seen: now, size: -1})
	d.last = &e.Value
	d.stats.Held += e.Value.cost()
	return e
}

func (d *Defragmenter) remove(e *partialEntry) {
	d.stats.Held -= e.Value.cost()
	e.Value.head, e.Value.parts = nil, segments{}
	d.table.Remove(e)
}

// giveUp removes a datagram, and counts it unless it was dropped before.
func (d *Defragmenter) giveUp(e *partialEntry, count *int) {
	if !e.Value.dead {
		*count++
	}
	d.remove(e)
}

// expire gives up what is older than Idle, now that the clock has moved. As it
// follows the packets one behind, the newest datagram began then.
func (d *Defragmenter) expire(now time.Duration) {
	if d.last != nil {
		d.last.seen, d.last = now, nil
	}
	limit := withDefault(d.Idle, defaultFragmentIdle)
	for e := d.table.Oldest(); e != nil && now-e.Value.seen > limit; e = d.table.Oldest() {
		d.giveUp(e, &d.stats.Incomplete)
	}
}

// limit gives up datagrams until the rest is within MaxBytes and MaxDatagrams.
func (d *Defragmenter) limit() {
	for d.stats.Held > withDefault(d.MaxBytes, defaultMaxFragments) ||
		d.table.Len() > withDefault(d.MaxDatagrams, defaultMaxDatagrams) {
		d.giveUp(d.table.Oldest(), &d.stats.Evicted)
	}
}
