package quic

import (
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// A FrameType is the type of a frame (RFC 9000 section 12.4).
type FrameType uint64

// The frames that an Initial packet may hold (RFC 9000 section 12.5).
const (
	FramePadding         FrameType = 0x00 // section 19.1
	FramePing            FrameType = 0x01 // section 19.2
	FrameAck             FrameType = 0x02 // section 19.3
	FrameAckECN          FrameType = 0x03 // section 19.3
	FrameCrypto          FrameType = 0x06 // section 19.6
	FrameConnectionClose FrameType = 0x1c // section 19.19
)

// String returns the frame's name, or its number.
func (t FrameType) String() string {
	switch t {
	case FramePadding:
		return "PADDING"
	case FramePing:
		return "PING"
	case FrameAck, FrameAckECN:
		return "ACK"
	case FrameCrypto:
		return "CRYPTO"
	case FrameConnectionClose:
		return "CONNECTION_CLOSE"
	}
	return "0x" + strconv.FormatUint(uint64(t), 16)
}

// A Frame is one frame of an Initial packet, in the memory of the packet
// (RFC 9000 section 12.4). A run of PADDING frames is one Frame.
type Frame struct {
	Type FrameType

	// Size is how many bytes the frame takes, type included.
	Size int

	// Offset is where in the stream of handshake messages Data begins, in
	// bytes. CRYPTO alone has it. It may be as large as 2^62-1.
	Offset uint64

	// Largest is the largest packet number that an ACK acknowledges.
	Largest uint64

	// Error is the error code of a CONNECTION_CLOSE (RFC 9000 section 20.1).
	Error uint64

	// Data is what a CRYPTO frame carries, or the reason phrase of a
	// CONNECTION_CLOSE.
	Data []byte
}

// AppendText appends a short description to dst. Nothing in it but printable ASCII
// comes from the frame.
func (f Frame) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, f.Type.String()...)
	switch f.Type {
	case FrameAck, FrameAckECN:
		return strconv.AppendUint(append(dst, " largest "...), f.Largest, 10), nil
	case FrameCrypto:
		dst = strconv.AppendUint(append(dst, " offset "...), f.Offset, 10)
		return strconv.AppendInt(append(dst, " len "...), int64(len(f.Data)), 10), nil
	case FrameConnectionClose:
		dst = strconv.AppendUint(append(dst, " error 0x"...), f.Error, 16)
		return text.AppendQuoted(append(dst, ' '), f.Data), nil
	}
	return strconv.AppendInt(append(dst, " size "...), int64(f.Size), 10), nil
}

// String returns what AppendText appends.
func (f Frame) String() string { b, _ := f.AppendText(nil); return string(b) }

// Frames returns the frames of an Initial packet's payload, up to the end or
// the first that is damaged or that an Initial packet may not hold.
func Frames(payload []byte) iter.Seq[Frame] {
	return func(yield func(Frame) bool) {
		for len(payload) > 0 {
			f, err := ParseFrame(payload)
			if err != nil || !yield(f) {
				return
			}
			payload = payload[f.Size:]
		}
	}
}

// ParseFrame returns the frame that b begins with. The error is Short when
// b ends before the frame does, Malformed when its type is not one that an
// Initial packet may hold.
func ParseFrame(b []byte) (Frame, error) {
	r := reader{b: b}
	f := Frame{Type: FrameType(r.number())}
	switch f.Type {
	case FramePadding:
		for len(r.b) > 0 && r.b[0] == byte(FramePadding) {
			r.b = r.b[1:]
		}
	case FramePing:
	case FrameAck, FrameAckECN:
		f.Largest = r.number()
		r.number() // delay
		ranges := r.number()
		r.number() // first range
		for ; ranges > 0 && !r.short; ranges-- {
			r.number() // gap
			r.number() // length
		}
		if f.Type == FrameAckECN {
			r.number()
			r.number()
			r.number()
		}
	case FrameCrypto:
		f.Offset = r.number()
		f.Data = r.bytes(r.number())
	case FrameConnectionClose:
		f.Error = r.number()
		r.number() // type of the frame that is at fault
		f.Data = r.bytes(r.number())
	default:
		return Frame{}, wire.Fail("QUIC frame", wire.Malformed, len(b), 0)
	}
	if r.short {
		return Frame{}, wire.Fail("QUIC frame", wire.Short, len(b), 0)
	}
	f.Size = len(b) - len(r.b)
	return f, nil
}

// A quicReader takes numbers and bytes from b, until one of them is not there.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) number() uint64 {
	v, n := varint(r.b)
	r.short = r.short || n == 0
	r.b = r.b[n:]
	return v
}

func (r *reader) bytes(n uint64) []byte {
	if r.short || n > uint64(len(r.b)) {
		r.short = true
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}
