package extract

import (
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A worker does the tasks of its shards, one at a time, and records its observations
// in a report of its own. The merged reports do not depend on the assignment of
// shards to workers.
type worker struct {
	number  int
	options *Options
	report  Report
	ref     stream.Ref // of the packet in work
	shard   *shard     // in work, or nil

	conn     *stream.Conn // of the last message, nil if there was none
	scratch  []byte
	decoding stream.Scratch
	workerState
}

// A shard follows the connections between some pairs of addresses.
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
	s.reset(o)
	return s
}

// reset drops all connections.
func (s *shard) reset(o *Options) {
	s.streams, s.shardState = stream.Assembler{Config: o.Stream}, shardState{}
	if o.Stream.Charset == nil {
		s.streams.Charset = decodeCharset
	}
	s.streams.NoFiles = o.Stream.NoFiles || !o.Only.Has(Files)
	s.streams.Scratch = &s.worker.decoding
	s.streams.MaxSilent = o.maxSilent()
	s.streams.Connections = o.traffic()
	s.streams.MaxWork = -1
	s.live.pairs.Limit = o.maxLive()
	s.pairs.limit = max(o.maxLive()/shardCount, 1)
}

// grant gives a shard its reserve of work.
func (s *shard) grant(o *Options) { s.streams.MaxWork = o.reserve() }

// do does a task of s and packet p, which is only valid if t.packet reports true.
func (w *worker) do(s *shard, t *task, p *layers.Packet, ref stream.Ref) {
	w.shard = s
	if t.granted {
		s.grant(w.options)
	}
	switch part := t.part; {
	case part == nil:
		w.packet(s, p, t.rec, ref)
	case part.fragment:
		w.fragment(p, t.rec, ref)
	case part.idle:
		w.pass(s, t.rec, ref, part.tunnel.Src.IsValid())
	case part.datagram != nil:
		w.datagram(s, part.datagram, t.rec, Evidence{First: part.first, Last: part.last})
	default:
		w.tunnel(s, part.tunnel, t.rec, ref)
	}
	w.shard = nil
}

// packet processes a packet that is not a fragment.
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

// pass advances the clocks of a shard as a packet of another half does there, which
// may end connections.
func (w *worker) pass(s *shard, rec *pcap.Record, ref stream.Ref, tunnel bool) {
	w.ref = ref
	if w.options.traffic() {
		w.tick(s, rec)
	}
	if !tunnel {
		w.messages(s, s.streams.PushWhole(nil, ref, rec))
	}
}

// shown records the observations of a packet itself, as opposed to its messages.
func (w *worker) shown(p *layers.Packet) {
	for i := range packetObservers {
		if o := &packetObservers[i]; w.options.Only.overlaps(o.topics) {
			o.record(w, p)
		}
	}
}

// fragment counts a fragment for its addresses. The rest needs the whole datagram.
func (w *worker) fragment(p *layers.Packet, rec *pcap.Record, ref stream.Ref) {
	w.ref = ref
	if w.options.traffic() {
		w.addresses(p, rec.WireLen, false)
	}
}

// datagram processes a packet reassembled from the fragments between e.First and
// e.Last.
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

// finish ends all connections of a shard.
func (w *worker) finish(s *shard) (err error) {
	defer rescue(&err, w)
	w.shard = s
	w.messages(s, s.streams.Flush())
	w.end(s)
	w.shard = nil
	return nil
}

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

// byPacket returns evidence that names the packet in work.
func (w *worker) byPacket() Evidence { return Evidence{First: w.ref, Last: w.ref} }

// byMessage returns evidence that names the packets of m. Messages of a connection
// in a row share a Conn.
func (w *worker) byMessage(m *stream.Message) Evidence {
	e := Evidence{First: m.First, Last: m.Last, decrypted: m.Via.Len() > 1 && (m.Via.Has(stream.TLS) || m.Via.Has(stream.DTLS))}
	if m.Via.Innermost() != stream.UDP || m.First != m.Last {
		if w.conn == nil || *w.conn != *m.Conn {
			conn := *m.Conn
			w.conn = &conn
		}
		e.Conn = w.conn
	}
	return e
}

// fits reports whether all texts are short enough to keep. If not, it counts one in
// Unseen.TooLong.
func (w *worker) fits(texts ...string) bool {
	for _, t := range texts {
		if !w.fitsLength(len(t)) {
			return false
		}
	}
	return true
}

// fitsLength reports whether a text of n bytes is short enough to be kept, and
// counts it if it is not.
func (w *worker) fitsLength(n int) bool {
	if n > withDefault(w.options.MaxValueLen, defaultMaxValueLen) {
		w.report.Unseen.TooLong++
		return false
	}
	return true
}
