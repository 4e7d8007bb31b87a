package stream

import (
	"cmp"
	"time"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A Defragmenter reassembles IP datagrams from their fragments (RFC 791 section
// 3.2, RFC 8200 section 4.5). The zero value is ready to use, with the limits
// that its fields document. It is not safe for concurrent use. An Assembler has
// its own.
//
// Where fragments of an IPv4 datagram overlap, the bytes that arrived first
// count. An IPv6 datagram with overlapping fragments is dropped, with all its
// later fragments (RFC 5722); an exact duplicate is not an overlap. Invalid
// fragments are dropped: those whose length is not a multiple of 8 although
// more follow, that reach beyond 65,535 bytes, that the capture cut, or that
// contradict where the datagram ends. The last kind also drops the datagram if it
// is IPv6. The DF flag is ignored.
//
// A datagram whose first fragment the capture cut is returned at once, as the
// capture would have cut the whole. See Lost for those that are never complete.
type Defragmenter struct {
	// MaxBytes limits the memory held for incomplete datagrams, overhead
	// included. At the limit, the oldest datagram is evicted. 0: 4 MiB.
	MaxBytes int

	// MaxDatagrams limits the number of incomplete datagrams. At the limit, the
	// oldest is evicted. 0: 8192.
	MaxDatagrams int

	// Idle is how long, in capture time, a datagram is kept after its first
	// fragment arrived. 0: 60 seconds (RFC 8200 section 4.5).
	Idle time.Duration

	// Capture numbers the capture that the next packets come from, like
	// Assembler.Capture.
	Capture int

	table lru.Table[fragmentKey, partial] // in the order of their first fragments
	last  *partial                        // the newest, until the clock advances
	clock clock.Clock
	whole layers.Packet // the last result of Whole
	lost  []Datagram    // see Lost
	stats DefragStats
}

const (
	defaultMaxFragments = 4 << 20
	defaultMaxDatagrams = 8192
	defaultFragmentIdle = time.Minute
)

// DefragStats counts what a Defragmenter has processed and dropped.
type DefragStats struct {
	Fragments int // fragments seen
	Datagrams int // datagrams reassembled
	Open      int // datagrams in memory now
	Held      int // bytes in memory now, as MaxBytes counts them

	Incomplete int // datagrams dropped because fragments did not arrive in time
	Evicted    int // datagrams evicted at MaxBytes or MaxDatagrams
	Dropped    int // IPv6 datagrams dropped because fragments overlap or contradict each other
	Overlaps   int // fragments that overlap others and are not exact duplicates
	Malformed  int // fragments dropped as invalid
	Cut        int // fragments that the capture cut; all but the first of a datagram are dropped
	TooDeep    int // datagrams dropped because more than eight were nested
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

// A Datagram is an IP packet that arrived in fragments. Data is the packet
// without link layer, to be decoded as pcap.LinkTypeRaw, with the headers of
// the fragment at offset 0. The caller may keep it.
type Datagram struct {
	Data        []byte
	First, Last Ref // packets of the first fragment to arrive, and of the one that completed it
}

// A partial is a datagram with missing fragments.
type partial struct {
	first Ref
	last  *Ref          // of the latest fragment, nil if it is the first
	seen  time.Duration // arrival of the first fragment
	head  []byte        // headers, once known
	parts segments
	top   int  // end of the farthest fragment
	size  int  // of the payload, -1 until the last fragment arrives
	dead  bool // dropped, with all later fragments
}

type partialEntry = lru.Entry[fragmentKey, partial]

// partialCost is what a partial counts as held, with its table entry.
const partialCost = 320

// Push processes a packet. If it is a fragment that completes a datagram, Push
// returns the datagram and true. The datagram may itself be, or contain, a
// fragment of another.
func (d *Defragmenter) Push(p *layers.Packet, rec *pcap.Record) (Datagram, bool) {
	d.tick(rec)
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

// tick begins a call with rec.
func (d *Defragmenter) tick(rec *pcap.Record) {
	d.lost = d.lost[:0]
	if d.clock.Tick(rec.Time) {
		d.expire(d.clock.Now())
	}
}

// maxNested limits the datagrams that one packet may complete, each inside the
// next.
const maxNested = 7

// Whole processes a packet and returns the unfragmented packet that results: p
// itself if it is not a fragment; the decoded datagram if p completes one; nil
// if fragments are still missing. first is the packet of the datagram's first
// fragment to arrive. A datagram that is or contains a fragment of another, as
// in a fragmented tunnel, is reassembled further. The packet is valid until the
// next call; the caller may keep its bytes.
func (d *Defragmenter) Whole(p *layers.Packet, rec *pcap.Record) (whole *layers.Packet, first Ref) {
	d.tick(rec)
	ref := RefOf(d.Capture, rec)
	if !p.IsFragment() { // nearly always
		return p, ref
	}
	from := source{ref, ref}
	for range maxNested + 1 {
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
		if p = &d.whole; !p.IsFragment() {
			return p, from.first
		}
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

// Oldest returns the packet that arrived first of all fragments of incomplete
// datagrams. It reports false if there are none.
func (d *Defragmenter) Oldest() (first Ref, ok bool) {
	for e := range d.table.All() {
		r := e.Value.first
		if !ok || cmp.Or(cmp.Compare(r.Capture, first.Capture), cmp.Compare(r.Offset, first.Offset)) < 0 {
			first, ok = r, true
		}
	}
	return first, ok
}

// Flush drops all incomplete datagrams.
func (d *Defragmenter) Flush() {
	d.lost = d.lost[:0]
	for e := d.table.Oldest(); e != nil; e = d.table.Oldest() {
		d.discard(e, &d.stats.Incomplete)
	}
}

// take adds a fragment.
func (d *Defragmenter) take(f fragment, from source, now time.Duration) (Datagram, bool) {
	d.stats.Fragments++
	switch {
	case f.atomic():
		d.stats.Datagrams++
		return Datagram{f.strip(), from.first, from.last}, true
	case f.cut:
		d.stats.Cut++
		if f.off > 0 {
			return Datagram{}, false
		}
		return Datagram{f.begin(), from.first, from.last}, true
	case !f.valid():
		d.stats.Malformed++
		return Datagram{}, false
	}
	e := d.table.Find(f.key)
	if e == nil {
		e = d.open(f.key, from.first, now)
	}
	g := &e.Value
	held := g.cost()
	if !g.dead {
		d.add(g, f)
	}
	if g.complete() {
		d.stats.Held += g.cost() - held
		whole := Datagram{g.assemble(f.key.version), g.first, from.last}
		d.remove(e)
		d.stats.Datagrams++
		return whole, true
	}
	g.extend(from.last)
	d.stats.Held += g.cost() - held
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

// discard removes a datagram, and counts it unless it is already counted as
// dropped.
func (d *Defragmenter) discard(e *partialEntry, count *int) {
	if !e.Value.dead {
		*count++
		d.lose(e.Key(), &e.Value)
	}
	d.remove(e)
}

// expire drops the datagrams that are older than Idle, after the clock has
// advanced to now. The clock only advances with the packet after the newest
// datagram's first fragment, so that fragment arrived now.
func (d *Defragmenter) expire(now time.Duration) {
	if d.last != nil {
		d.last.seen, d.last = now, nil
	}
	limit := withDefault(d.Idle, defaultFragmentIdle)
	for e := d.table.Oldest(); e != nil && now-e.Value.seen > limit; e = d.table.Oldest() {
		d.discard(e, &d.stats.Incomplete)
	}
}

// limit evicts datagrams to keep MaxBytes and MaxDatagrams.
func (d *Defragmenter) limit() {
	for d.stats.Held > withDefault(d.MaxBytes, defaultMaxFragments) ||
		d.table.Len() > withDefault(d.MaxDatagrams, defaultMaxDatagrams) {
		d.discard(d.table.Oldest(), &d.stats.Evicted)
	}
}
