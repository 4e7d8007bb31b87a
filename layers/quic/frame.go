package quic

import (
	"encoding/hex"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// A FrameType is the type of a frame (RFC 9000 section 12.4).
type FrameType uint64

// The frames of RFC 9000 and of extensions. Initial and Handshake packets allow
// only PADDING, PING, ACK, CRYPTO and CONNECTION_CLOSE 0x1c (section 12.5).
const (
	FramePadding            FrameType = 0x00 // section 19.1
	FramePing               FrameType = 0x01 // section 19.2
	FrameAck                FrameType = 0x02 // section 19.3
	FrameAckECN             FrameType = 0x03 // section 19.3
	FrameResetStream        FrameType = 0x04 // section 19.4
	FrameStopSending        FrameType = 0x05 // section 19.5
	FrameCrypto             FrameType = 0x06 // section 19.6
	FrameNewToken           FrameType = 0x07 // section 19.7
	FrameStream             FrameType = 0x08 // section 19.8, with flags up to 0x0f
	FrameMaxData            FrameType = 0x10 // section 19.9
	FrameMaxStreamData      FrameType = 0x11 // section 19.10
	FrameMaxStreamsBidi     FrameType = 0x12 // section 19.11
	FrameMaxStreamsUni      FrameType = 0x13 // section 19.11
	FrameDataBlocked        FrameType = 0x14 // section 19.12
	FrameStreamDataBlocked  FrameType = 0x15 // section 19.13
	FrameStreamsBlockedBidi FrameType = 0x16 // section 19.14
	FrameStreamsBlockedUni  FrameType = 0x17 // section 19.14
	FrameNewConnectionID    FrameType = 0x18 // section 19.15
	FrameRetireConnectionID FrameType = 0x19 // section 19.16
	FramePathChallenge      FrameType = 0x1a // section 19.17
	FramePathResponse       FrameType = 0x1b // section 19.18
	FrameConnectionClose    FrameType = 0x1c // section 19.19
	FrameApplicationClose   FrameType = 0x1d // section 19.19
	FrameHandshakeDone      FrameType = 0x1e // section 19.20
	FrameDatagram           FrameType = 0x30 // RFC 9221 section 4
	FrameDatagramLen        FrameType = 0x31 // RFC 9221 section 4
)

// The flags of a STREAM frame (RFC 9000 section 19.8).
const (
	streamFin    = 0x01
	streamLen    = 0x02
	streamOff    = 0x04
	streamFlags  = 0x07
	resetToken   = 16 // bytes of a NEW_CONNECTION_ID frame
	pathDataSize = 8  // bytes of PATH_CHALLENGE and PATH_RESPONSE
)

var frameNames = [...]string{
	FramePadding: "PADDING", FramePing: "PING", FrameAck: "ACK", FrameAckECN: "ACK",
	FrameResetStream: "RESET_STREAM", FrameStopSending: "STOP_SENDING", FrameCrypto: "CRYPTO", FrameNewToken: "NEW_TOKEN",
	FrameStream: "STREAM", FrameMaxData: "MAX_DATA", FrameMaxStreamData: "MAX_STREAM_DATA",
	FrameMaxStreamsBidi: "MAX_STREAMS", FrameMaxStreamsUni: "MAX_STREAMS",
	FrameDataBlocked: "DATA_BLOCKED", FrameStreamDataBlocked: "STREAM_DATA_BLOCKED",
	FrameStreamsBlockedBidi: "STREAMS_BLOCKED", FrameStreamsBlockedUni: "STREAMS_BLOCKED",
	FrameNewConnectionID: "NEW_CONNECTION_ID", FrameRetireConnectionID: "RETIRE_CONNECTION_ID",
	FramePathChallenge: "PATH_CHALLENGE", FramePathResponse: "PATH_RESPONSE",
	FrameConnectionClose: "CONNECTION_CLOSE", FrameApplicationClose: "CONNECTION_CLOSE", FrameHandshakeDone: "HANDSHAKE_DONE",
	FrameDatagram: "DATAGRAM", FrameDatagramLen: "DATAGRAM",
}

// String returns the frame's name, or its number.
func (t FrameType) String() string {
	if t < FrameType(len(frameNames)) && frameNames[t] != "" {
		return frameNames[t]
	}
	return "0x" + strconv.FormatUint(uint64(t), 16)
}

// A Frame is a frame of a packet (RFC 9000 section 12.4). It aliases the packet.
// A run of PADDING frames is a single Frame.
type Frame struct {
	// Type is the frame's type. That of any STREAM frame is FrameStream.
	Type FrameType

	// Size is the length of the frame in bytes, including its type.
	Size int

	// Stream is the stream that a frame is about (RFC 9000 section 2.1).
	Stream uint64

	// Offset is the offset of Data in its stream, or in the stream of handshake
	// messages, in bytes; in a RESET_STREAM frame, the final size of the stream.
	// It may be as large as 2^62-1.
	Offset uint64

	// Fin reports whether the stream ends with Data.
	Fin bool

	// Largest is the largest packet number that an ACK frame acknowledges.
	Largest uint64

	// Error is the error code of a CONNECTION_CLOSE (RFC 9000 section 20),
	// RESET_STREAM or STOP_SENDING frame.
	Error uint64

	// Sequence is the sequence number of a connection ID.
	Sequence uint64

	// Data is the data of a CRYPTO, STREAM or DATAGRAM frame, the reason phrase
	// of a CONNECTION_CLOSE frame, the connection ID of a NEW_CONNECTION_ID frame,
	// the token of a NEW_TOKEN frame, or the data of a path frame.
	Data []byte
}

// AppendText appends a short description to dst, in printable ASCII.
func (f Frame) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, f.Type.String()...)
	switch f.Type {
	case FrameAck, FrameAckECN:
		return strconv.AppendUint(append(dst, " largest "...), f.Largest, 10), nil
	case FrameStream:
		dst = strconv.AppendUint(append(dst, ' '), f.Stream, 10)
		fallthrough
	case FrameCrypto:
		dst = strconv.AppendUint(append(dst, " offset "...), f.Offset, 10)
		dst = strconv.AppendInt(append(dst, " len "...), int64(len(f.Data)), 10)
		if f.Fin {
			dst = append(dst, " FIN"...)
		}
		return dst, nil
	case FrameConnectionClose, FrameApplicationClose:
		dst = strconv.AppendUint(append(dst, " error 0x"...), f.Error, 16)
		return text.AppendQuoted(append(dst, ' '), f.Data), nil
	case FrameNewConnectionID:
		return hex.AppendEncode(append(dst, ' '), f.Data), nil
	}
	return strconv.AppendInt(append(dst, " size "...), int64(f.Size), 10), nil
}

// String returns the text that AppendText appends.
func (f Frame) String() string { b, _ := f.AppendText(nil); return string(b) }

// Frames returns the frames of the payload of an Initial or Handshake packet, up
// to the first that is damaged or not allowed there.
func Frames(payload []byte) iter.Seq[Frame] { return frames(payload, parseHandshakeFrame) }

func frames(payload []byte, parse func([]byte) (Frame, error)) iter.Seq[Frame] {
	return func(yield func(Frame) bool) {
		for len(payload) > 0 {
			f, err := parse(payload)
			if err != nil || !yield(f) {
				return
			}
			payload = payload[f.Size:]
		}
	}
}

// parseHandshakeFrame is ParseFrame for Initial and Handshake packets.
func parseHandshakeFrame(b []byte) (Frame, error) {
	r := reader{b: b}
	switch FrameType(r.number()) {
	case FramePadding, FramePing, FrameAck, FrameAckECN, FrameCrypto, FrameConnectionClose:
		return ParseFrame(b)
	}
	return Frame{}, wire.Fail("QUIC frame", wire.Malformed, len(b), 0)
}

// ParseFrame returns the frame at the start of b. The error is Short if the
// frame is incomplete, Malformed if its type is unknown or its connection ID has
// an invalid length. A STREAM or DATAGRAM frame without length extends to the end
// of b.
func ParseFrame(b []byte) (Frame, error) {
	r := reader{b: b}
	f := Frame{Type: FrameType(r.number())}
	if flags := f.Type & streamFlags; f.Type&^streamFlags == FrameStream {
		f.Type = FrameStream
		r.stream(&f, byte(flags))
	} else if !r.control(&f) {
		return Frame{}, wire.Fail("QUIC frame", wire.Malformed, len(b), 0)
	}
	if r.short {
		return Frame{}, wire.Fail("QUIC frame", wire.Short, len(b), 0)
	}
	f.Size = len(b) - len(r.b)
	return f, nil
}

// stream reads a STREAM frame after its type.
func (r *reader) stream(f *Frame, flags byte) {
	f.Stream = r.number()
	if flags&streamOff != 0 {
		f.Offset = r.number()
	}
	size := uint64(len(r.b))
	if flags&streamLen != 0 {
		size = r.number()
	}
	f.Data, f.Fin = r.bytes(size), flags&streamFin != 0
}

// control reads any other frame after its type. It reports false for one that is
// unknown or invalid.
func (r *reader) control(f *Frame) bool {
	switch f.Type {
	case FramePadding:
		r.padding()
	case FramePing, FrameHandshakeDone:
	case FrameAck, FrameAckECN:
		r.ack(f)
	case FrameResetStream:
		f.Stream, f.Error, f.Offset = r.number(), r.number(), r.number()
	case FrameStopSending:
		f.Stream, f.Error = r.number(), r.number()
	case FrameCrypto:
		f.Offset = r.number()
		f.Data = r.bytes(r.number())
	case FrameNewToken, FrameDatagramLen:
		f.Data = r.bytes(r.number())
	case FrameDatagram:
		f.Data = r.bytes(uint64(len(r.b)))
	case FrameMaxData, FrameMaxStreamsBidi, FrameMaxStreamsUni, FrameDataBlocked, FrameStreamsBlockedBidi, FrameStreamsBlockedUni:
		r.number()
	case FrameMaxStreamData, FrameStreamDataBlocked:
		f.Stream = r.number()
		r.number()
	case FrameNewConnectionID:
		f.Sequence = r.number()
		r.number() // retire prior to
		size := r.fixed(1)
		f.Data = r.bytes(size)
		r.bytes(resetToken)
		return r.short || 1 <= size && size <= maxID
	case FrameRetireConnectionID:
		f.Sequence = r.number()
	case FramePathChallenge, FramePathResponse:
		f.Data = r.bytes(pathDataSize)
	case FrameConnectionClose:
		f.Error = r.number()
		r.number() // type of the frame that caused the error
		f.Data = r.bytes(r.number())
	case FrameApplicationClose:
		f.Error = r.number()
		f.Data = r.bytes(r.number())
	default:
		return false
	}
	return true
}

// ack reads an ACK frame after its type.
func (r *reader) ack(f *Frame) {
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
}

// A reader consumes numbers and bytes from b. It sets short if b ends early.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) number() uint64 {
	v, n := text.Varint(r.b)
	r.short = r.short || n == 0
	r.b = r.b[n:]
	return v
}

// fixed reads a number of size bytes.
func (r *reader) fixed(size uint64) (v uint64) {
	for _, c := range r.bytes(size) {
		v = v<<8 | uint64(c)
	}
	return v
}

// padding skips the rest of a run of PADDING frames.
func (r *reader) padding() {
	for len(r.b) > 0 && r.b[0] == byte(FramePadding) {
		r.b = r.b[1:]
	}
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
