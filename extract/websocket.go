package extract

import (
	"encoding/hex"

	"github.com/sightline-go/sightline/layers/stream"
)

// A WebSocket counts the messages of the WebSockets (RFC 6455) that a request opened.
type WebSocket struct {
	Sent     WebSocketMessages `json:"sent"`     // by the client
	Received WebSocketMessages `json:"received"` // by the client
}

func (s *WebSocket) merge(o *WebSocket) {
	s.Sent.merge(&o.Sent)
	s.Received.merge(&o.Received)
}

// WebSocketMessages counts the messages of one side. What they say is not recorded.
type WebSocketMessages struct {
	Text   int64 `json:"text,omitempty"`
	Binary int64 `json:"binary,omitempty"`
	Bytes  int64 `json:"bytes,omitempty"` // of all messages, decompressed

	// Magic is what all binary messages begin with, at most eight bytes, in
	// hexadecimal.
	Magic string `json:"magic,omitempty"`
}

// maxMagic limits the bytes of WebSocketMessages.Magic.
const maxMagic = 8

func (m *WebSocketMessages) merge(o *WebSocketMessages) {
	switch {
	case m.Binary == 0:
		m.Magic = o.Magic
	case o.Binary > 0:
		m.Magic = m.Magic[:common(m.Magic, o.Magic)]
	}
	m.Text += o.Text
	m.Binary += o.Binary
	m.Bytes += o.Bytes
}

// common returns the length of the common beginning of two texts in hexadecimal, in
// whole bytes.
func common(a, b string) (n int) {
	for n+1 < min(len(a), len(b)) && a[n:n+2] == b[n:n+2] {
		n += 2
	}
	return n
}

// add counts a message.
func (m *WebSocketMessages) add(data []byte, binary bool) {
	one := WebSocketMessages{Bytes: int64(len(data))}
	if binary {
		one.Binary, one.Magic = 1, hex.EncodeToString(data[:min(len(data), maxMagic)])
	} else {
		one.Text = 1
	}
	m.merge(&one)
}

// A webSocketState holds the request of the latest message of WebSocket, gRPC or
// server-sent events, so that most messages find theirs without parsing its head again.
type webSocketState struct {
	opened []byte // its head
	opener *Request
}

// maxOpener limits the head of a request whose messages are counted.
const maxOpener = 16 << 10

// webSocket counts a message for the request that opened its WebSocket.
func (w *worker) webSocket(_ *shard, m *stream.Message) {
	row := w.openerOf(m)
	if row == nil {
		return
	}
	if row.WebSocket == nil {
		row.WebSocket = new(WebSocket)
	}
	side := &row.WebSocket.Received
	if m.FromClient {
		side = &row.WebSocket.Sent
	}
	side.add(m.Data, m.Kind == stream.WebSocketBinary)
}

// openerOf returns the row of the request that opened a message's WebSocket, or began its
// call or stream, or nil. All messages of one have the same head.
func (w *worker) openerOf(m *stream.Message) *Request {
	if len(m.Request) == 0 {
		return nil
	}
	if len(w.opened) == 0 || &w.opened[0] != &m.Request[0] || w.opener != nil && w.opener.dropped {
		if len(m.Request) > maxOpener {
			w.report.Unseen.TooLong++
			return nil
		}
		w.opened = m.Request
		w.opener, _ = w.asked(m)
	}
	return w.opener
}
