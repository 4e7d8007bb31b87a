package stream

import (
	"bytes"
	"encoding/binary"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/websocket"
)

// beginsFrame reports whether b, after a gap, may begin a frame of the side: up to its
// end, frames follow one another that the side may send.
func (f *webSocketFramer) beginsFrame(b []byte, client bool) bool {
	for first := true; ; first = false {
		head, err := websocket.ParseHeader(b)
		n := websocket.HeaderLen(b)
		switch {
		case len(b) < n:
			return !first
		case err != nil, head.Masked() != client, head.RSV2(), head.RSV3():
			return false
		case head.RSV1() && (!f.deflate || head.Opcode() != websocket.OpText && head.Opcode() != websocket.OpBinary):
			return false
		case head.PayloadLength() >= uint64(len(b)-n):
			return true
		}
		b = b[n+int(head.PayloadLength()):]
	}
}

// The first bytes of a text that recogniseWebSocket reads.
const (
	minWebSocketText = 12
	maxWebSocketText = 32
)

// recogniseWebSocket accepts a text message of a client that is ASCII without its
// mask. Only that is distinctive in a connection whose beginning was not captured.
func recogniseWebSocket(b []byte, _ layers.Flow) (role, verdict) {
	const finalText, masked = 0x81, 0x80
	if b[0] != finalText || len(b) > 1 && b[1] < masked+minWebSocketText {
		return fromClient, refused
	}
	n := websocket.HeaderLen(b)
	if len(b) < n {
		return fromClient, undecided
	}
	head, err := websocket.ParseHeader(b)
	if err != nil {
		return fromClient, refused
	}
	size := int(min(head.PayloadLength(), maxWebSocketText))
	var data [maxWebSocketText]byte
	got := copy(data[:size], b[n:])
	websocket.Unmask(data[:got], head.MaskingKey(), 0)
	if bytes.ContainsFunc(data[:got], func(r rune) bool { return r >= 0x7f || r < ' ' && r != '\t' && r != '\r' && r != '\n' }) {
		return fromClient, refused
	}
	if got < size {
		return fromClient, undecided
	}
	return fromClient, decidedIf(binary.BigEndian.Uint32(b[n-4:]) != 0)
}
