package stream

import (
	"bytes"
	"slices"

	"github.com/sightline-go/sightline/layers/http1"
)

// An http2Stream is a stream that is not closed.
type http2Stream struct {
	httpStream
	ended [2]bool // by side: END_STREAM was seen, or the server's RST_STREAM
	reset bool    // it was RST_STREAM
}

const (
	// maxStreams limits the streams of a connection that are not closed. Servers
	// allow about 100 (RFC 9113 section 6.5.2).
	maxStreams = 1024

	// http2StreamCost is what a stream counts as held, beyond its request and bodies.
	http2StreamCost = 320
)

func (f *http2Framer) search(id uint32) (int, bool) {
	return slices.BinarySearchFunc(f.streams, id, func(st *http2Stream, id uint32) int { return int(int64(st.id) - int64(id)) })
}

// find returns a stream, nil if it is not open.
func (f *http2Framer) find(id uint32) *http2Stream {
	if i, ok := f.search(id); ok {
		return f.streams[i]
	}
	return nil
}

// open returns a stream, which it opens if needed. At the limit, the oldest is dropped.
func (f *http2Framer) open(s sink, id uint32) *http2Stream {
	i, ok := f.search(id)
	if ok {
		return f.streams[i]
	}
	if len(f.streams) >= maxStreams {
		if !f.streams[0].reset {
			s.a.stats.TooMany++
		}
		f.close(s, f.streams[0], Unfinished)
		i = max(i-1, 0)
	}
	st := &http2Stream{httpStream: newHTTPStream(HTTP2, uint64(id), f.depth)}
	f.streams = slices.Insert(f.streams, i, st)
	s.a.hold(http2StreamCost)
	return st
}

// close ends both sides of a stream, and drops it.
func (f *http2Framer) close(s sink, st *http2Stream, state Completeness) {
	st.endHalf(s, 0, state)
	st.endHalf(s, 1, state)
	st.free(s)
	if i, ok := f.search(uint32(st.id)); ok {
		f.streams = slices.Delete(f.streams, i, i+1)
	}
}

// endStream processes END_STREAM.
func (f *http2Framer) endStream(s sink, side int, id uint32) {
	st := f.find(id)
	if st == nil {
		return
	}
	st.ended[side] = true
	s.clean = true
	st.endHalf(s, side, st.half[side].whole())
	if st.ended[1-side] || side != s.c.client && !st.half[1-side].headed { // or the request was not captured
		f.close(s, st, Complete)
	}
}

// reset processes RST_STREAM (RFC 9113 section 6.4). What a server still sends to a
// client that wants no more is ignored; what a client has sent meanwhile is an upload all
// the same, as servers reset what they respond to early (section 8.1).
func (f *http2Framer) reset(s sink, side int, id uint32) {
	st := f.find(id)
	if st == nil {
		return
	}
	st.endHalf(s, side, EndedEarly)
	if side == s.c.client || st.ended[1-side] {
		f.close(s, st, Unfinished)
		return
	}
	st.ended[side], st.reset = true, true
}

func (st *http2Stream) free(s sink) {
	st.httpStream.free(s)
	s.a.hold(-http2StreamCost)
}

// content processes bytes of DATA.
func (f *http2Framer) content(s sink, p *piece, data []byte) {
	if st := f.find(f.side[p.side].id); st != nil {
		st.content(s, piece{side: p.side, data: data, ref: p.ref, origin: p.origin, gap: p.gap})
	}
}

// loseContent records that n bytes of DATA are missing.
func (f *http2Framer) loseContent(s sink, side int, id uint32, n int) {
	if st := f.find(id); st != nil {
		st.half[side].size += int64(n)
		st.lose(s, side, n)
	}
}

// upgrade continues with HTTP/2 if a response switches to it (RFC 7540 section 3.2). The
// request becomes that of stream 1.
func (f *httpFramer) upgrade(s sink, head []byte, res http1.Response) {
	stage, ok := f.inner.(*probe)
	req, err := http1.ParseRequest(head)
	if !ok || err != nil || stage.known != Unknown || !bytes.EqualFold(res.Get("Upgrade"), []byte("h2c")) {
		return
	}
	inner := &http2Framer{depth: stage.depth}
	st := inner.open(s, 1)
	st.keep(s, head, req)
	st.half[s.c.client].headed, st.ended[s.c.client] = true, true
	s.via = stage.via
	s.count(HTTP2)
	stage.inner, stage.heard, stage.known = [2]framer{inner, inner}, [2]bool{true, true}, HTTP2
}
