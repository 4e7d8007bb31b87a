package stream

import "github.com/sightline-go/sightline/layers/quic"

// quicMaxCrypto limits the handshake messages of one side in Initial packets,
// in bytes. RFC 9000 section 7.5 requires at least 4096. A frame beyond the
// limit is dropped and counted in Stats.TooLong.
const quicMaxCrypto = 64 << 10

// A cryptoStream orders the CRYPTO frames of one side (RFC 9000 section 19.6)
// and splits them into handshake messages.
type cryptoStream struct {
	frames sequence
	tls    tlsSide
}

func (st *cryptoStream) push(s sink, side int, frame quic.Frame, ref Ref) {
	f := run{frame.Offset, frame.Data, ref}
	if st.tls.done || len(f.data) == 0 {
		return
	}
	if f.end() > quicMaxCrypto {
		s.a.stats.TooLong++
		return
	}
	for f, ok := st.frames.push(s.a, f); ok && !st.tls.done; f, ok = st.frames.pop(s.a) {
		st.tls.handshake(s, &piece{side: side, data: f.data, ref: f.ref})
	}
}

// whole reports whether messages have arrived, and none of them in part.
func (st *cryptoStream) whole() bool { return st.frames.next > 0 && len(st.tls.hand.b) == 0 }

// stop ends the stream. It counts as at most one incomplete message.
func (st *cryptoStream) stop(s sink) {
	incomplete := s.a.stats.Incomplete
	st.tls.stop(s)
	if st.frames.drop(s.a) && s.a.stats.Incomplete == incomplete {
		s.a.stats.Incomplete++
	}
}
