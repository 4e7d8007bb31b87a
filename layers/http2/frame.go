package http2

import (
	"encoding/binary"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Preface is what a client sends first (RFC 9113 section 3.4).
const Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// FrameHeaderLen is the length in bytes of a frame's header (RFC 9113 section 4.1).
const FrameHeaderLen = 9

// Frame header (RFC 9113 section 4.1):
//
//	Length (24), Type (8), Flags (8), Reserved (1), Stream Identifier (31)
const (
	offType   = 3
	offFlags  = 4
	offStream = 5
)

const frameLayer = "HTTP/2 frame"

// A FrameType is the type of a frame (RFC 9113 section 6).
type FrameType uint8

// The types of RFC 9113 section 6.
const (
	FrameData FrameType = iota
	FrameHeaders
	FramePriority
	FrameRSTStream
	FrameSettings
	FramePushPromise
	FramePing
	FrameGoAway
	FrameWindowUpdate
	FrameContinuation
)

var frameTypeNames = []string{
	"DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION",
}

// String returns the name of the type.
func (t FrameType) String() string { return text.NameOf(frameTypeNames, "FrameType", t) }

// Flags are the flags of a frame. Their meaning depends on its type.
type Flags uint8

// The flags of RFC 9113 section 6.
const (
	FlagEndStream  Flags = 0x01 // DATA, HEADERS
	FlagAck        Flags = 0x01 // SETTINGS, PING
	FlagEndHeaders Flags = 0x04 // HEADERS, PUSH_PROMISE, CONTINUATION
	FlagPadded     Flags = 0x08 // DATA, HEADERS, PUSH_PROMISE
	FlagPriority   Flags = 0x20 // HEADERS
)

// Has reports whether all flags of g are set.
func (f Flags) Has(g Flags) bool { return f&g == g }

// FrameHeader is a view of the header of a frame (RFC 9113 section 4.1).
// ParseFrameHeader makes it. It aliases the bytes given to ParseFrameHeader.
type FrameHeader struct{ b []byte }

// ParseFrameHeader returns a view of the header at the start of b. It accepts all
// values: see Validate. The error is Short if b ends inside the header.
func ParseFrameHeader(b []byte) (FrameHeader, error) {
	if len(b) < FrameHeaderLen {
		return FrameHeader{}, wire.Fail(frameLayer, wire.Short, len(b), FrameHeaderLen)
	}
	return FrameHeader{b[:FrameHeaderLen:FrameHeaderLen]}, nil
}

// Length returns the length of the payload in bytes.
func (h FrameHeader) Length() int {
	return int(h.b[0])<<16 | int(binary.BigEndian.Uint16(h.b[1:]))
}

// Type returns the type of the frame.
func (h FrameHeader) Type() FrameType { return FrameType(h.b[offType]) }

// Flags returns the flags.
func (h FrameHeader) Flags() Flags { return Flags(h.b[offFlags]) }

// StreamID returns the stream identifier, 0 for the connection itself.
func (h FrameHeader) StreamID() uint32 { return binary.BigEndian.Uint32(h.b[offStream:]) &^ (1 << 31) }

// Validate returns nil, or a *wire.Error if the length or the stream identifier is not
// one that the type may have (RFC 9113 section 6). Frames of other types are valid.
func (h FrameHeader) Validate() error {
	n, connection, ok := h.Length(), false, true
	switch h.Type() {
	case FramePriority:
		ok = n == priorityLen
	case FrameRSTStream:
		ok = n == 4
	case FrameSettings:
		connection, ok = true, n%settingLen == 0 && (n == 0 || !h.Flags().Has(FlagAck))
	case FramePing:
		connection, ok = true, n == 8
	case FrameGoAway:
		connection, ok = true, n >= 8
	case FrameData, FrameHeaders, FramePushPromise, FrameContinuation:
		ok = n >= h.prefixLen()
	case FrameWindowUpdate:
		connection, ok = h.StreamID() == 0, n == 4
	default:
		return nil
	}
	if !ok || connection != (h.StreamID() == 0) {
		return wire.Fail(frameLayer, wire.Malformed, len(h.b), 0)
	}
	return nil
}

// prefixLen returns the length of the fields before the content.
func (h FrameHeader) prefixLen() (n int) {
	t := h.Type()
	if h.padded() {
		n++
	}
	if t == FrameHeaders && h.Flags().Has(FlagPriority) {
		n += priorityLen
	}
	if t == FramePushPromise {
		n += 4
	}
	return n
}

func (h FrameHeader) padded() bool {
	t := h.Type()
	return h.Flags().Has(FlagPadded) && (t == FrameData || t == FrameHeaders || t == FramePushPromise)
}

// Bytes returns the header.
func (h FrameHeader) Bytes() []byte { return h.b }

// AppendText appends the header to dst: "HEADERS stream 1 flags 0x05 length 42".
func (h FrameHeader) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, h.Type().String()...)
	dst = strconv.AppendUint(append(dst, " stream "...), uint64(h.StreamID()), 10)
	dst = text.AppendHex(append(dst, " flags 0x"...), h.b[offFlags:offFlags+1])
	return strconv.AppendInt(append(dst, " length "...), int64(h.Length()), 10), nil
}

// String returns what AppendText appends.
func (h FrameHeader) String() string { b, _ := h.AppendText(nil); return string(b) }
