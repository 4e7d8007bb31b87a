package stream

import (
	"slices"
	"sort"

	"github.com/sightline-go/sightline/layers"
)

// Bounds of a QUIC connection's handshake. A frame beyond them is left out and
// counted in Stats.TooLong.
const (
	// quicMaxCrypto bounds the handshake messages of one side in Initial
	// packets, in bytes. RFC 9000 section 7.5 asks for 4096 at least.
	quicMaxCrypto = 64 << 10
	// quicMaxWaiting bounds how many CRYPTO frames wait for an earlier one.
	quicMaxWaiting = 256
)

// A cryptoStream puts the CRYPTO frames of one side in order (RFC 9000 section
// 19.6) and cuts the handshake messages out of them.
type cryptoStream struct {
	next    uint64 // offset of the next byte to deliver
	waiting []cryptoFrame
	tls     tlsSide
}

// A cryptoFrame waits for the bytes before it.
type cryptoFrame struct {
	off  uint64
	data []byte
	ref  Ref
}

func (f cryptoFrame) end() uint64 { return f.off + uint64(len(f.data)) }

// push takes a frame of one side.
func (st *cryptoStream) push(s sink, side int, frame layers.QUICFrame, ref Ref) {
	f := cryptoFrame{frame.Offset, frame.Data, ref}
	switch {
	case len(f.data) == 0 || st.tls.done:
	case f.end() > quicMaxCrypto:
		s.a.stats.TooLong++
	case f.off > st.next:
		st.wait(s, f)
	default:
		st.deliver(s, side, f)
		for len(st.waiting) > 0 && st.waiting[0].off <= st.next {
			f := st.waiting[0]
			st.waiting = slices.Delete(st.waiting, 0, 1)
			s.a.hold(-segmentCost - len(f.data))
			st.deliver(s, side, f)
		}
	}
}

// deliver passes on what f adds to the stream.
func (st *cryptoStream) deliver(s sink, side int, f cryptoFrame) {
	old := min(st.next-f.off, uint64(len(f.data)))
	s.a.stats.Retransmitted += int64(old)
	st.next = max(st.next, f.end())
	if p := (piece{side: side, data: f.data[old:], ref: f.ref}); len(p.data) > 0 && !st.tls.done {
		st.tls.handshake(s, &p)
	}
}

// wait keeps a copy of f, unless another frame that waits has all of it.
func (st *cryptoStream) wait(s sink, f cryptoFrame) {
	i := sort.Search(len(st.waiting), func(i int) bool { return st.waiting[i].off > f.off })
	switch {
	case i > 0 && st.waiting[i-1].end() >= f.end():
		s.a.stats.Retransmitted += int64(len(f.data))
	case len(st.waiting) == quicMaxWaiting:
		s.a.stats.TooLong++
	default:
		f.data = slices.Clone(f.data)
		st.waiting = slices.Insert(st.waiting, i, f)
		s.a.hold(segmentCost + len(f.data))
	}
}

// stop gives up the stream.
func (st *cryptoStream) stop(s sink) {
	for _, f := range st.waiting {
		s.a.hold(-segmentCost - len(f.data))
	}
	if len(st.waiting) > 0 {
		s.a.stats.Incomplete++
	}
	st.waiting = nil
	st.tls.stop(s)
}
