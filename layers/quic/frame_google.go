package quic

import (
	"iter"

	"github.com/sightline-go/sightline/layers/wire"
)

// The frames of Google's versions that an Initial packet may hold (Chromium,
// quic_framer.cc, QuicFramer::ProcessFrameData). An ACK frame has flags in its
// type.
const (
	googlePadding = 0x00
	googleClose   = 0x02
	googlePing    = 0x07
	googleCrypto  = 0x08

	googleAck      = 0x40 // the top two bits
	googleAckMask  = 0xc0
	googleHasMore  = 0x20 // than one block of packet numbers
	googleLargest  = 0x0c // length of the largest packet number
	googleBlockLen = 0x03 // length of a block's length
)

// Frames returns the frames of the packet, up to the first that is damaged or
// not allowed in a packet of its type. Those of T050 and T051, which have other
// types, are given as their equivalents in RFC 9000.
func (p Plaintext) Frames() iter.Seq[Frame] {
	if p.b[0]&longForm == 0 {
		return frames(p.Payload(), ParseFrame)
	}
	parse := parseHandshakeFrame
	if v := (Packet{b: p.b}).Version(); v == t050 || v == t051 {
		parse = parseGoogleFrame
	} else if v.packetType(p.b[0]) == ZeroRTT {
		parse = ParseFrame
	}
	return frames(p.Payload(), parse)
}

func parseGoogleFrame(b []byte) (Frame, error) {
	r := reader{b: b}
	var f Frame
	switch typ := r.fixed(1); {
	case typ == googlePadding:
		f.Type = FramePadding
		r.padding()
	case typ == googlePing:
		f.Type = FramePing
	case typ == googleCrypto:
		f.Type = FrameCrypto
		f.Offset = r.number()
		f.Data = r.bytes(r.number())
	case typ == googleClose:
		f.Type = FrameConnectionClose
		f.Error = r.fixed(4)
		f.Data = r.bytes(r.fixed(2))
	case typ&googleAckMask == googleAck:
		f.Type = FrameAck
		f.Largest = r.googleAck(typ)
	default:
		return Frame{}, wire.Fail("QUIC frame", wire.Malformed, len(b), 0)
	}
	if r.short {
		return Frame{}, wire.Fail("QUIC frame", wire.Short, len(b), 0)
	}
	f.Size = len(b) - len(r.b)
	return f, nil
}

// googleAck reads an ACK frame after its type.
func (r *reader) googleAck(typ uint64) (largest uint64) {
	sizes := [...]uint64{1, 2, 4, 6}
	block := sizes[typ&googleBlockLen]
	largest = r.fixed(sizes[typ&googleLargest>>2])
	r.fixed(2) // delay
	more := uint64(0)
	if typ&googleHasMore != 0 {
		more = r.fixed(1)
	}
	r.fixed(block)
	r.bytes(more * (1 + block))
	if times := r.fixed(1); times > 0 {
		r.bytes(5 + 3*(times-1))
	}
	return largest
}
