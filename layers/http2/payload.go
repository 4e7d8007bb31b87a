package http2

import (
	"encoding/binary"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Lengths of the fields of payloads (RFC 9113 sections 6.2, 6.5.1 and 6.8).
const (
	priorityLen = 5
	settingLen  = 6
	goAwayLen   = 8
)

// Frame is a view of a frame (RFC 9113 section 4). ParseFrame makes it. It aliases the
// bytes given to ParseFrame, as do the slices that its methods return.
type Frame struct {
	FrameHeader
	whole, payload []byte
	content        []byte // without padding and the fields before it
}

// ParseFrame returns a view of the frame at the start of b. The error is Short if b ends
// inside the frame, and Malformed if the header does not Validate or the padding exceeds
// the frame.
func ParseFrame(b []byte) (Frame, error) {
	h, err := ParseFrameHeader(b)
	if err != nil {
		return Frame{}, err
	}
	if h.Validate() != nil {
		return Frame{}, wire.Fail(frameLayer, wire.Malformed, len(b), 0)
	}
	end := FrameHeaderLen + h.Length()
	if len(b) < end {
		return Frame{}, wire.Fail(frameLayer, wire.Short, len(b), end)
	}
	f := Frame{FrameHeader: h, whole: b[:end:end], payload: b[FrameHeaderLen:end:end]}
	switch h.Type() {
	case FrameData, FrameHeaders, FramePushPromise, FrameContinuation:
		f.content = f.payload[h.prefixLen():]
	}
	if h.padded() {
		n := len(f.content) - int(f.payload[0])
		if n < 0 {
			return Frame{}, wire.Fail(frameLayer, wire.Malformed, len(b), 0)
		}
		f.content = f.content[:n:n]
	}
	return f, nil
}

// Payload returns the bytes after the header.
func (f Frame) Payload() []byte { return f.payload }

// Content returns the data of DATA (RFC 9113 section 6.1), or the fragment of a field
// block of HEADERS, PUSH_PROMISE and CONTINUATION (section 6.2), without padding. It is
// nil for any other frame.
func (f Frame) Content() []byte { return f.content }

// Priority returns what HEADERS with PRIORITY set and PRIORITY say of the stream, which
// RFC 9113 section 5.3.2 deprecates. It reports false for any other frame.
func (f Frame) Priority() (p Priority, ok bool) {
	b := f.payload
	switch {
	case f.Type() == FrameHeaders && f.Flags().Has(FlagPriority):
		if f.padded() {
			b = b[1:]
		}
	case f.Type() != FramePriority:
		return Priority{}, false
	}
	d := binary.BigEndian.Uint32(b)
	return Priority{StreamDependency: d &^ (1 << 31), Exclusive: d>>31 == 1, Weight: int(b[4]) + 1}, true
}

// A Priority is the priority of a stream (RFC 7540 section 5.3).
type Priority struct {
	StreamDependency uint32
	Exclusive        bool
	Weight           int // 1 to 256
}

// PromisedStreamID returns the stream that a PUSH_PROMISE reserves (RFC 9113 section
// 6.6). It reports false for any other frame.
func (f Frame) PromisedStreamID() (id uint32, ok bool) {
	if f.Type() != FramePushPromise {
		return 0, false
	}
	b := f.payload
	if f.padded() {
		b = b[1:]
	}
	return binary.BigEndian.Uint32(b) &^ (1 << 31), true
}

// Settings returns the settings of SETTINGS (RFC 9113 section 6.5.1), and nothing for
// other frames.
func (f Frame) Settings() iter.Seq2[SettingID, uint32] {
	return func(yield func(SettingID, uint32) bool) {
		if f.Type() != FrameSettings {
			return
		}
		for b := f.payload; len(b) >= settingLen; b = b[settingLen:] {
			if !yield(SettingID(binary.BigEndian.Uint16(b)), binary.BigEndian.Uint32(b[2:])) {
				return
			}
		}
	}
}

// ErrorCode returns the error code of RST_STREAM and GOAWAY (RFC 9113 section 7). It
// reports false for any other frame.
func (f Frame) ErrorCode() (c ErrorCode, ok bool) {
	switch f.Type() {
	case FrameRSTStream:
		return ErrorCode(binary.BigEndian.Uint32(f.payload)), true
	case FrameGoAway:
		return ErrorCode(binary.BigEndian.Uint32(f.payload[4:])), true
	}
	return 0, false
}

// LastStreamID returns the last stream that the sender of GOAWAY processes (RFC 9113
// section 6.8). It reports false for any other frame.
func (f Frame) LastStreamID() (id uint32, ok bool) {
	if f.Type() != FrameGoAway {
		return 0, false
	}
	return binary.BigEndian.Uint32(f.payload) &^ (1 << 31), true
}

// DebugData returns the text that the sender of GOAWAY adds, nil for any other frame.
func (f Frame) DebugData() []byte {
	if f.Type() != FrameGoAway {
		return nil
	}
	return f.payload[goAwayLen:]
}

// WindowSizeIncrement returns the bytes that the receiver of WINDOW_UPDATE may send in
// addition (RFC 9113 section 6.9). It reports false for any other frame.
func (f Frame) WindowSizeIncrement() (n uint32, ok bool) {
	if f.Type() != FrameWindowUpdate {
		return 0, false
	}
	return binary.BigEndian.Uint32(f.payload) &^ (1 << 31), true
}

// Bytes returns the frame with its header.
func (f Frame) Bytes() []byte { return f.whole }

// AppendText appends the frame to dst, without its content: "RST_STREAM stream 1 flags
// 0x00 length 4 CANCEL".
func (f Frame) AppendText(dst []byte) ([]byte, error) {
	dst, _ = f.FrameHeader.AppendText(dst)
	if id, ok := f.PromisedStreamID(); ok {
		dst = strconv.AppendUint(append(dst, " promises "...), uint64(id), 10)
	}
	if code, ok := f.ErrorCode(); ok {
		dst = append(append(dst, ' '), code.String()...)
	}
	for id, v := range f.Settings() {
		dst = append(append(dst, ' '), id.String()...)
		dst = strconv.AppendUint(append(dst, '='), uint64(v), 10)
	}
	if data := f.DebugData(); len(data) > 0 {
		dst = text.AppendQuoted(append(dst, ' '), data)
	}
	return dst, nil
}

// String returns what AppendText appends.
func (f Frame) String() string { b, _ := f.AppendText(nil); return string(b) }

// A SettingID identifies a setting (RFC 9113 section 6.5.2).
type SettingID uint16

// The settings of RFC 9113 section 6.5.2 and RFC 8441 section 3.
const (
	SettingHeaderTableSize SettingID = iota + 1
	SettingEnablePush
	SettingMaxConcurrentStreams
	SettingInitialWindowSize
	SettingMaxFrameSize
	SettingMaxHeaderListSize
	_
	SettingEnableConnectProtocol
)

var settingNames = []string{
	1: "HEADER_TABLE_SIZE", "ENABLE_PUSH", "MAX_CONCURRENT_STREAMS", "INITIAL_WINDOW_SIZE", "MAX_FRAME_SIZE", "MAX_HEADER_LIST_SIZE",
	8: "ENABLE_CONNECT_PROTOCOL",
}

// String returns the name of the setting, without its common prefix SETTINGS.
func (id SettingID) String() string { return text.NameOf(settingNames, "SettingID", id) }

// An ErrorCode is the reason to end a stream or a connection (RFC 9113 section 7).
type ErrorCode uint32

var errorCodeNames = []string{
	"NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR",
	"REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
}

// String returns the name of the code.
func (c ErrorCode) String() string {
	if uint64(c) < uint64(len(errorCodeNames)) {
		return errorCodeNames[c]
	}
	return "ErrorCode" + strconv.FormatUint(uint64(c), 10)
}
