package stream

import "github.com/sightline-go/sightline/layers/quic"

// quicMaxCrypto bounds the handshake messages of one side in Initial packets, in
// bytes. RFC 9000 section 7.5 asks for 4096 at least. A frame beyond it is left
// out and counted in Stats.TooLong.
const quicMaxCrypto = 64 << 10

// A cryptoStream puts the CRYPTO frames of one side in order (RFC 9000 section
// 19.6) and cuts the handshake messages out of them.
type cryptoStream struct {
	frames sequence
	tls    tlsSide
}

// push takes a frame of one side.
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

// stop gives up the stream. It counts as one message that is not whole.
func (st *cryptoStream) stop(s sink) {
	incomplete := s.a.stats.Incomplete
	st.tls.stop(s)
	if st.frames.drop(s.a) && s.a.stats.Incomplete == incomplete {
		s.a.stats.Incomplete++
	}
}
