package stream

import (
	"slices"
	"strings"

	"github.com/sightline-go/sightline/layers/quic"
)

const (
	// quicMaxStreams limits the streams of a connection that are open, or have
	// ended while an earlier one has not. At the limit, the earliest are ended.
	quicMaxStreams = 512

	// quicMaxRuns limits the runs of bytes of a stream that wait for an earlier
	// one. At the limit, as at Config.MaxConn bytes, those before them are lost.
	quicMaxRuns = 2048

	// quicStreamCost is what a stream and its framer count as held.
	quicStreamCost = 1 << 10
)

// A quicApplication makes framers for the streams of a connection.
type quicApplication interface {
	// open returns the framer of a stream, which has one or two sides. nil: the
	// stream is skipped.
	open(id uint64) quicFramer
	// free releases the memory that the application holds.
	free(s sink)
}

// A quicFramer is a framer of a stream. A busy one waits for other streams, after its
// own has ended.
type quicFramer interface {
	framer
	busy() bool
}

// quicStreams reassembles the streams of a connection (RFC 9000 section 2).
type quicStreams struct {
	table     map[uint64]*quicStream // by stream ID; nil: it has ended
	below     [4]uint64              // for each type, the numbers below it are in table or have ended
	alpn      quicALPN
	begun     bool
	app       quicApplication // nil: streams are skipped
	lingering []*quicStream   // that have ended but are busy
}

// A quicStream is a stream of a connection.
type quicStream struct {
	framer quicFramer
	side   [2]quicFlow
}

// offer records a protocol that the client offers, or that the server chose. Streams
// that begin before it did are of the first known one.
func (st *quicStreams) offer(alpn string, chosen bool) {
	if chosen || st.alpn == quicOther {
		st.alpn = quicProtocol(alpn)
	}
}

// quicProtocol returns what a protocol's name stands for (RFC 9114 section 3.1, RFC 9250
// section 4.1.1). Drafts have a suffix.
func quicProtocol(alpn string) quicALPN {
	name, _, _ := strings.Cut(alpn, "-")
	switch name {
	case "h3":
		return quicHTTP3
	case "doq":
		return quicDNS
	}
	return quicOther
}

// A quicALPN is a protocol over QUIC.
type quicALPN uint8

const (
	quicOther quicALPN = iota
	quicHTTP3
	quicDNS
)

// begin makes the application.
func (st *quicStreams) begin(s sink) {
	st.begun = true
	switch st.alpn {
	case quicHTTP3:
		st.app = newHTTP3()
		s.count(HTTP3)
	case quicDNS:
		st.app = dnsOverQUIC{}
		s.count(DNS)
	}
}

// frame processes a STREAM or RESET_STREAM frame.
func (st *quicStreams) frame(s sink, side int, f quic.Frame, ref Ref) {
	if !st.begun {
		st.begin(s)
	}
	if st.app == nil || !maySend(s, side, f.Stream) {
		return
	}
	q := st.find(s, f.Stream)
	if q == nil || q.side[side].ended {
		s.a.stats.Retransmitted += int64(len(f.Data))
		return
	}
	flow := &q.side[side]
	if f.Type == quic.FrameResetStream {
		flow.stop(s, q, side)
		st.settle(s, f.Stream, q)
		return
	}
	if f.Fin && !flow.sized {
		flow.final, flow.sized = f.Offset+uint64(len(f.Data)), true
	}
	flow.push(s, q, side, run{f.Offset, f.Data, ref})
	if flow.sized && flow.data.next >= flow.final {
		s.clean = true
		flow.end(s, q, side)
	}
	st.settle(s, f.Stream, q)
}

// maySend reports whether side may send on a stream (RFC 9000 section 2.1).
func maySend(s sink, side int, id uint64) bool {
	return id&2 == 0 || (id&1 == 0) == (side == s.c.client)
}

// find returns a stream, and creates a new one. It is nil if the stream has ended or is
// skipped.
func (st *quicStreams) find(s sink, id uint64) *quicStream {
	if q, known := st.table[id]; known || id>>2 < st.below[id&3] {
		return q
	}
	if st.table == nil {
		st.table = make(map[uint64]*quicStream)
	}
	if len(st.table) >= quicMaxStreams {
		st.evict(s)
	}
	framer := st.app.open(id)
	if framer == nil {
		st.done(id)
		return nil
	}
	q := &quicStream{framer: framer}
	for i := range q.side {
		q.side[i].data.most = quicMaxRuns
		q.side[i].ended = !maySend(s, i, id)
	}
	st.table[id] = q
	s.a.hold(quicStreamCost)
	return q
}

// settle removes a stream that has ended, and those that have ended before and no
// longer wait for another.
func (st *quicStreams) settle(s sink, id uint64, q *quicStream) {
	if q.side[0].ended && q.side[1].ended {
		st.done(id)
		st.lingering = append(st.lingering, q)
	}
	st.lingering = slices.DeleteFunc(st.lingering, func(q *quicStream) bool {
		if q.framer.busy() {
			return false
		}
		q.free(s)
		return true
	})
}

func (q *quicStream) free(s sink) {
	q.framer.free(s)
	s.a.hold(-quicStreamCost)
}

// done records that a stream has ended.
func (st *quicStreams) done(id uint64) {
	typ := id & 3
	for st.table[id] = nil; ; st.below[typ]++ {
		next := st.below[typ]<<2 | typ
		if q, known := st.table[next]; !known || q != nil {
			return
		}
		delete(st.table, next)
	}
}

// evict forgets the streams that have ended: those before them may no longer begin. If
// that is not enough, it ends an eighth of the others.
func (st *quicStreams) evict(s sink) {
	var open []uint64
	for id, q := range st.table {
		if q == nil {
			st.below[id&3] = max(st.below[id&3], id>>2+1)
			delete(st.table, id)
			continue
		}
		open = append(open, id)
	}
	if len(open) < quicMaxStreams/8*7 {
		return
	}
	slices.Sort(open)
	for _, id := range open[:quicMaxStreams/8] {
		s.a.stats.TooMany++
		st.stop1(s, id)
		st.below[id&3] = max(st.below[id&3], id>>2+1)
	}
}

// stop1 ends a stream that has not ended.
func (st *quicStreams) stop1(s sink, id uint64) {
	q := st.table[id]
	for i := range q.side {
		if !q.side[i].ended {
			q.side[i].stop(s, q, i)
		}
	}
	q.hurry(s)
	q.free(s)
	delete(st.table, id)
}

// hurry makes the framer of a stream that has ended wait no longer.
func (q *quicStream) hurry(s sink) {
	if q.framer.busy() {
		q.framer.end(s, 0)
		q.framer.end(s, 1)
	}
}

// stop ends all streams.
func (st *quicStreams) stop(s sink) {
	var open []uint64
	for id, q := range st.table {
		if q != nil {
			open = append(open, id)
		}
	}
	slices.Sort(open)
	for _, id := range open {
		st.stop1(s, id)
	}
	for _, q := range st.lingering {
		q.hurry(s)
		q.free(s)
	}
	if st.app != nil {
		st.app.free(s)
	}
	*st = quicStreams{}
}

// dnsOverQUIC is DNS over QUIC (RFC 9250): each stream has a query and its response,
// as TCP has them.
type dnsOverQUIC struct{}

func (dnsOverQUIC) open(id uint64) quicFramer {
	if id&2 != 0 {
		return nil
	}
	return dnsStream{&dnsFramer{}}
}

func (dnsOverQUIC) free(sink) {}

// A dnsStream is the stream of a query.
type dnsStream struct{ framer }

func (dnsStream) busy() bool { return false }
