package websocket

import (
	"bytes"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
)

// Extensions returns the names and the parameters of the extensions in a
// Sec-WebSocket-Extensions field (RFC 6455 section 9.1).
func Extensions(field []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, params []byte) bool) {
		for item := range bytes.SplitSeq(field, []byte{','}) {
			name, params, _ := bytes.Cut(item, []byte{';'})
			if name = text.TrimSpace(name); len(name) > 0 && !yield(name, text.TrimSpace(params)) {
				return
			}
		}
	}
}

// Deflate holds the parameters of permessage-deflate (RFC 7692 section 7.1) that a
// server's response states.
type Deflate struct {
	// Of the client's and the server's messages: whether each is compressed without
	// the messages before it.
	ClientNoContextTakeover, ServerNoContextTakeover bool

	// The logarithm of the size of the window in bytes, from 8 to 15, which is the
	// default.
	ClientMaxWindowBits, ServerMaxWindowBits int
}

const (
	minWindowBits = 8
	maxWindowBits = 15
)

// FindDeflate returns the parameters of permessage-deflate in the
// Sec-WebSocket-Extensions field of a response. It reports false if the server did
// not agree to it. Invalid parameters are skipped.
func FindDeflate(field []byte) (d Deflate, ok bool) {
	for name, params := range Extensions(field) {
		if text.EqualFold(name, "permessage-deflate") {
			return deflateOf(params), true
		}
	}
	return d, false
}

func deflateOf(params []byte) Deflate {
	d := Deflate{ClientMaxWindowBits: maxWindowBits, ServerMaxWindowBits: maxWindowBits}
	for item := range bytes.SplitSeq(params, []byte{';'}) {
		name, value, _ := bytes.Cut(item, []byte{'='})
		switch name = text.TrimSpace(name); {
		case text.EqualFold(name, "client_no_context_takeover"):
			d.ClientNoContextTakeover = true
		case text.EqualFold(name, "server_no_context_takeover"):
			d.ServerNoContextTakeover = true
		case text.EqualFold(name, "client_max_window_bits"):
			setBits(&d.ClientMaxWindowBits, value)
		case text.EqualFold(name, "server_max_window_bits"):
			setBits(&d.ServerMaxWindowBits, value)
		}
	}
	return d
}

// setBits sets to, unless value, which may be in quotes, is invalid.
func setBits(to *int, value []byte) {
	n, ok := text.ParseLength(bytes.Trim(text.TrimSpace(value), `"`))
	if ok && minWindowBits <= n && n <= maxWindowBits {
		*to = int(n)
	}
}
