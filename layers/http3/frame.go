package http3

import (
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// A FrameType is the type of a frame (RFC 9114 section 7.2).
type FrameType uint64

// The types of RFC 9114 section 7.2.
const (
	FrameData        FrameType = 0x00
	FrameHeaders     FrameType = 0x01
	FrameCancelPush  FrameType = 0x03
	FrameSettings    FrameType = 0x04
	FramePushPromise FrameType = 0x05
	FrameGoAway      FrameType = 0x07
	FrameMaxPushID   FrameType = 0x0d
)

// String returns the frame's name, or its number.
func (t FrameType) String() string {
	switch t {
	case FrameData:
		return "DATA"
	case FrameHeaders:
		return "HEADERS"
	case FrameCancelPush:
		return "CANCEL_PUSH"
	case FrameSettings:
		return "SETTINGS"
	case FramePushPromise:
		return "PUSH_PROMISE"
	case FrameGoAway:
		return "GOAWAY"
	case FrameMaxPushID:
		return "MAX_PUSH_ID"
	}
	return "0x" + strconv.FormatUint(uint64(t), 16)
}

// A StreamType is the type of a unidirectional stream (RFC 9114 section 6.2), the
// first number on it. See [Number].
type StreamType uint64

// The types of RFC 9114 section 6.2 and RFC 9204 section 4.2.
const (
	StreamControl      StreamType = 0x00
	StreamPush         StreamType = 0x01
	StreamQPACKEncoder StreamType = 0x02
	StreamQPACKDecoder StreamType = 0x03
)

// SettingQPACKMaxTableCapacity is the setting that [Decoder.SetMaxCapacity] takes (RFC
// 9204 section 5).
const SettingQPACKMaxTableCapacity = 0x01

// LongestFrameHeader is the length of the longest frame header, in bytes.
const LongestFrameHeader = 16

// A FrameHeader is the type and length of a frame (RFC 9114 section 7.1).
type FrameHeader struct {
	Type   FrameType
	Length uint64 // of the payload, in bytes, less than 1<<62
	Size   int    // of the header itself, in bytes
}

// ParseFrameHeader returns the frame header at the start of b. It accepts all types.
// The error is Short if b ends inside the header.
func ParseFrameHeader(b []byte) (FrameHeader, error) {
	typ, n := Number(b)
	length, m := Number(b[n:])
	if n == 0 || m == 0 {
		return FrameHeader{}, wire.Fail("HTTP/3 frame", wire.Short, len(b), 2)
	}
	return FrameHeader{FrameType(typ), length, n + m}, nil
}

// AppendText appends a short description to dst.
func (h FrameHeader) AppendText(dst []byte) ([]byte, error) {
	dst = append(append(dst, h.Type.String()...), " length "...)
	return strconv.AppendUint(dst, h.Length, 10), nil
}

// String returns the text that AppendText appends.
func (h FrameHeader) String() string { b, _ := h.AppendText(nil); return string(b) }

// Settings returns the identifiers and values of a SETTINGS frame's payload (RFC 9114
// section 7.2.4), up to the first that is incomplete.
func Settings(payload []byte) iter.Seq2[uint64, uint64] {
	return func(yield func(uint64, uint64) bool) {
		for len(payload) > 0 {
			id, n := Number(payload)
			value, m := Number(payload[n:])
			if n == 0 || m == 0 || !yield(id, value) {
				return
			}
			payload = payload[n+m:]
		}
	}
}

// Number returns the variable-length integer at the start of b (RFC 9000 section
// 16), and its length in bytes, 0 if b ends inside it.
func Number(b []byte) (v uint64, n int) { return text.Varint(b) }
