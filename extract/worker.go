package extract

import (
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A worker does the tasks of its shards, one after the other, and records what it
// observes in a report of its own. The sum of the reports does not depend on which
// worker has which shards.
type worker struct {
	number  int
	options *Options
	report  Report
	ref     stream.Ref // of the packet in work

	scratch []byte
	workerState
}

// A shard follows the connections between its pairs of addresses.
type shard struct {
	worker  *worker
	streams stream.Assembler
	shardState
}

func newWorker(number int, o *Options) *worker {
	w := &worker{number: number, options: o}
	w.report.setLimits(o.limits())
	return w
}

func newShard(o *Options, w *worker) *shard {
	s := &shard{worker: w}
	s.streams.Config = o.Stream
	s.streams.NoFiles = o.Stream.NoFiles || !o.Only.Has(Files)
	s.streams.MaxSilent = max(withDefault(o.Stream.MaxSilent, defaultMaxSilent)/shardCount, 1)
	s.streams.Connections = o.traffic()
	s.live.limit = max(withDefault(o.MaxLive, defaultMaxLive)/shardCount, 1)
	s.pairs.limit = s.live.limit
	return s
}

// do does a task of a packet, which the task may not need.
func (w *worker) do(t *task, p *layers.Packet, ref stream.Ref) {
	switch part := t.part; {
	case part == nil:
		w.packet(t.shard, p, t.rec, ref)
	case part.fragment:
		w.fragment(p, t.rec, ref)
	case part.datagram != nil:
		w.datagram(t.shard, part.datagram, t.rec, Evidence{First: part.first, Last: ref})
	default:
		w.tunnel(t.shard, part.tunnel, t.rec, ref)
	}
}

// packet takes a packet that is no fragment.
func (w *worker) packet(s *shard, p *layers.Packet, rec *pcap.Record, ref stream.Ref) {
	w.ref = ref
	if w.options.traffic() {
		w.converse(s, p, rec, rec.WireLen)
	}
	w.shown(p)
	s.streams.Capture = ref.Capture
	w.messages(s, s.streams.PushWhole(p, ref, rec))
	if w.options.traffic() {
		w.traffic(s, p, rec)
	}
}

// shown records what a packet shows that is not a message.
func (w *worker) shown(p *layers.Packet) {
	for i := range packetObservers {
		if o := &packetObservers[i]; w.options.Only.overlaps(o.topics) {
			o.record(w, p)
		}
	}
}

// fragment takes a fragment of a datagram: what can be told by it alone.
func (w *worker) fragment(p *layers.Packet, rec *pcap.Record, ref stream.Ref) {
	w.ref = ref
	if w.options.traffic() {
		w.addresses(p, rec.WireLen, false)
	}
}

// datagram takes a packet that was reassembled from fragments, from the first to
// the last of e.
func (w *worker) datagram(s *shard, p *layers.Packet, rec *pcap.Record, e Evidence) {
	w.ref = e.Last
	if w.options.traffic() { // the bytes and the outermost addresses were counted with the fragments
		w.converse(s, p, rec, len(p.Bytes()))
		w.addresses(p, len(p.Bytes()), true)
	}
	w.shown(p)
	s.streams.Capture = e.Last.Capture
	w.messages(s, s.streams.PushWhole(p, e.First, rec))
}

// end takes what is still open in a shard.
func (w *worker) end(s *shard) {
	for _, end := range enders {
		end(w, s)
	}
}

func (w *worker) messages(s *shard, ms []stream.Message) {
	for i := range ms {
		m := &ms[i]
		if w.options.traffic() {
			s.live.speaks(m)
		}
		if o := observerOf(m); w.options.Only.overlaps(o.topics) {
			o.record(w, s, m)
		}
	}
}

// byPacket returns the evidence that the packet in work is.
func (w *worker) byPacket() Evidence { return Evidence{First: w.ref, Last: w.ref} }

// byMessage returns the evidence that m is.
func byMessage(m *stream.Message) Evidence {
	e := Evidence{First: m.First, Last: m.Last}
	if m.Via.Innermost() != stream.UDP || m.First != m.Last {
		conn := *m.Conn
		e.Conn = &conn
	}
	return e
}

// fits reports whether texts are short enough to be kept, and counts those that
// are not.
func (w *worker) fits(texts ...string) bool {
	for _, t := range texts {
		if len(t) > withDefault(w.options.MaxValueLen, defaultMaxValueLen) {
			w.report.Unseen.TooLong++
			return false
		}
	}
	return true
}
