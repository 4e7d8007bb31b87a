// Package websocket parses the frames of WebSocket (RFC 6455), and the extension
// that compresses messages (RFC 7692).
//
//	for f := range websocket.Frames(b) {
//		if f.Opcode() == websocket.OpText {
//			fmt.Printf("%s\n", f.AppendPayload(nil))
//		}
//	}
//
// A frame does not say which message it belongs to: layers/stream joins fragments.
// Views alias the bytes that they were parsed from.
package websocket

import (
	"encoding/binary"
	"iter"
	"math"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Opcode is the type of a frame (RFC 6455 section 5.2).
type Opcode uint8

// The opcodes. Those from OpClose up are of control frames.
const (
	OpContinuation Opcode = 0
	OpText         Opcode = 1
	OpBinary       Opcode = 2
	OpClose        Opcode = 8
	OpPing         Opcode = 9
	OpPong         Opcode = 10
)

var opcodeNames = []string{
	OpContinuation: "continuation", OpText: "text", OpBinary: "binary", OpClose: "close", OpPing: "ping", OpPong: "pong",
}

// IsControl reports whether frames of this type are control frames (RFC 6455 section
// 5.5), which may come between the fragments of a message.
func (o Opcode) IsControl() bool { return o&8 != 0 }

// IsReserved reports whether RFC 6455 does not define the opcode.
func (o Opcode) IsReserved() bool { return o > OpBinary && o < OpClose || o > OpPong }

// String returns the name of the opcode.
func (o Opcode) String() string { return text.NameOf(opcodeNames, "opcode ", o) }

// Header is the header of a frame (RFC 6455 section 5.2). ParseHeader makes it.
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-------+-+-------------+-------------------------------+
//	|F|R|R|R| opcode|M| payload len |    extended payload length    |
//	|I|S|S|S|       |A|             |    of 16 or 64 bits           |
//	|N|V|V|V|       |S|             |    if payload len is 126, 127 |
//	| |1|2|3|       |K|             |    masking-key, if MASK is 1  |
//	+-+-+-+-+-------+-+-------------+-------------------------------+
type Header struct{ b []byte }

// MaxHeader is the length of the longest header, in bytes.
const MaxHeader = 14

// maxControl is the longest payload of a control frame, in bytes.
const maxControl = 125

const (
	flagFin  = 0x80
	flagMask = 0x80 // of the second byte
	lenMask  = 0x7f
	len16    = 126
	len64    = 127
	keyLen   = 4
)

// HeaderLen returns the length of the header that b begins, at most MaxHeader, or 2 if
// b is shorter than that.
func HeaderLen(b []byte) int {
	n := 2
	if len(b) < n {
		return n
	}
	switch b[1] & lenMask {
	case len16:
		n += 2
	case len64:
		n += 8
	}
	if b[1]&flagMask != 0 {
		n += keyLen
	}
	return n
}

// ParseHeader returns a view of the header at the start of b, without the payload.
// The error is Short if b has only a part of it, and Malformed if the opcode is
// reserved, the length is not in its shortest form or above the maximum, or a control
// frame is fragmented or too long.
func ParseHeader(b []byte) (Header, error) {
	n := HeaderLen(b)
	if len(b) < n {
		return Header{}, wire.Fail("WebSocket frame", wire.Short, len(b), n)
	}
	h := Header{b[:n:n]}
	if !h.valid() {
		return Header{}, wire.Fail("WebSocket frame", wire.Malformed, len(b), 0)
	}
	return h, nil
}

func (h Header) valid() bool {
	size := h.PayloadLength()
	switch {
	case h.Opcode().IsReserved():
		return false
	case h.Opcode().IsControl() && (!h.Fin() || size > maxControl):
		return false
	case h.b[1]&lenMask == len16:
		return size >= len16
	case h.b[1]&lenMask == len64:
		return size > math.MaxUint16 && size <= math.MaxInt64
	}
	return true
}

// Fin reports whether the frame is the last of its message.
func (h Header) Fin() bool { return h.b[0]&flagFin != 0 }

// RSV1 is set in the first frame of a compressed message (RFC 7692 section 6).
func (h Header) RSV1() bool { return h.b[0]&0x40 != 0 }

// RSV2 is reserved for extensions.
func (h Header) RSV2() bool { return h.b[0]&0x20 != 0 }

// RSV3 is reserved for extensions.
func (h Header) RSV3() bool { return h.b[0]&0x10 != 0 }

// Opcode returns the type of the frame.
func (h Header) Opcode() Opcode { return Opcode(h.b[0] & 0xf) }

// Masked reports whether the payload is masked, as those of clients are.
func (h Header) Masked() bool { return h.b[1]&flagMask != 0 }

// PayloadLength returns the length of the payload in bytes, at most 1<<63 - 1.
func (h Header) PayloadLength() uint64 {
	switch n := h.b[1] & lenMask; n {
	case len16:
		return uint64(binary.BigEndian.Uint16(h.b[2:]))
	case len64:
		return binary.BigEndian.Uint64(h.b[2:])
	default:
		return uint64(n)
	}
}

// MaskingKey returns the masking key: zero, which changes nothing, if there is none.
func (h Header) MaskingKey() (key [keyLen]byte) {
	if h.Masked() {
		key = [keyLen]byte(h.b[len(h.b)-keyLen:])
	}
	return key
}

// Bytes returns the header.
func (h Header) Bytes() []byte { return h.b }

// AppendText appends opcode, flags and length to dst as printable ASCII.
func (h Header) AppendText(dst []byte) ([]byte, error) {
	dst = text.AppendName(dst, opcodeNames, "opcode ", h.Opcode())
	for _, flag := range [...]struct {
		set  bool
		name string
	}{{h.Fin(), " fin"}, {h.RSV1(), " rsv1"}, {h.RSV2(), " rsv2"}, {h.RSV3(), " rsv3"}, {h.Masked(), " masked"}} {
		if flag.set {
			dst = append(dst, flag.name...)
		}
	}
	return strconv.AppendUint(append(dst, " len "...), h.PayloadLength(), 10), nil
}

// String returns what AppendText appends.
func (h Header) String() string { b, _ := h.AppendText(nil); return string(b) }

// Frame is a view of a whole frame (RFC 6455 section 5.2). ParseFrame makes it. It
// aliases the bytes given to ParseFrame, as do the slices that its methods return.
type Frame struct {
	Header
	all []byte // header and payload
}

// ParseFrame returns a view of the frame at the start of b. Its errors are those of
// ParseHeader, and Short if the payload is not all there.
func ParseFrame(b []byte) (Frame, error) {
	h, err := ParseHeader(b)
	if err != nil {
		return Frame{}, err
	}
	n := len(h.b)
	if h.PayloadLength() > uint64(len(b)-n) {
		return Frame{}, wire.Fail("WebSocket frame", wire.Short, len(b), 0)
	}
	end := n + int(h.PayloadLength())
	return Frame{h, b[:end:end]}, nil
}

// Frames returns the frames that b begins with, up to the first that is invalid or
// not all there.
func Frames(b []byte) iter.Seq[Frame] {
	return func(yield func(Frame) bool) {
		for rest := b; ; {
			f, err := ParseFrame(rest)
			if err != nil || !yield(f) {
				return
			}
			rest = rest[len(f.all):]
		}
	}
}

// Payload returns the payload as it was sent: masked if Masked reports so.
func (f Frame) Payload() []byte { return f.all[len(f.b):] }

// AppendPayload appends the payload without its mask to dst.
func (f Frame) AppendPayload(dst []byte) []byte {
	n := len(dst)
	dst = append(dst, f.Payload()...)
	Unmask(dst[n:], f.MaskingKey(), 0)
	return dst
}

// CloseCode returns the status code of a close frame (RFC 6455 section 7.4). It
// reports false for other frames, and for one without a code.
func (f Frame) CloseCode() (code uint16, ok bool) {
	b, key := f.Payload(), f.MaskingKey()
	if f.Opcode() != OpClose || len(b) < 2 {
		return 0, false
	}
	return uint16(b[0]^key[0])<<8 | uint16(b[1]^key[1]), true
}

// Unmask removes the mask of b in place, or adds it (RFC 6455 section 5.3). b begins
// offset bytes into the payload.
func Unmask(b []byte, key [keyLen]byte, offset uint64) {
	if key == [keyLen]byte{} {
		return
	}
	for len(b) > 0 && offset%keyLen != 0 {
		b[0] ^= key[offset%keyLen]
		b, offset = b[1:], offset+1
	}
	word := uint64(binary.LittleEndian.Uint32(key[:]))
	word |= word << 32
	for ; len(b) >= 8; b = b[8:] {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^word)
	}
	for i := range b {
		b[i] ^= key[i%keyLen]
	}
}

// AppendText appends the text of the header to dst. The payload, which may hold a
// password, is left out.
func (f Frame) AppendText(dst []byte) ([]byte, error) { return f.Header.AppendText(dst) }

// String returns what AppendText appends.
func (f Frame) String() string { return f.Header.String() }

// Bytes returns the frame.
func (f Frame) Bytes() []byte { return f.all }
