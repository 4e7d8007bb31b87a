// Package grpc parses the messages of gRPC, as HTTP/2 carries them, and those of
// gRPC-Web, which HTTP/1 may carry too.
//
//	for m := range grpc.Messages(body) {
//		fmt.Printf("%v: %x\n", m, m.Payload())
//	}
//
// What a message means depends on the service: the path of the request names it.
// layers/stream splits bodies into messages and decompresses them. Views alias the
// bytes that they were parsed from.
package grpc

import (
	"bytes"
	"encoding/binary"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// PrefixLen is the length in bytes of what precedes a message.
const PrefixLen = 5

const (
	flagCompressed = 0x01
	flagTrailer    = 0x80 // gRPC-Web only
)

const layer = "gRPC message"

// Prefix is what precedes a message (https://github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md,
// "Length-Prefixed-Message"; doc/PROTOCOL-WEB.md). ParsePrefix makes it.
//
//	Flags (8), Message-Length (32, big-endian)
type Prefix struct{ b []byte }

// ParsePrefix returns a view of the prefix at the start of b. The error is Short if b
// has only a part of it, and Malformed if it has flags that are not defined.
func ParsePrefix(b []byte) (Prefix, error) {
	if len(b) > 0 && b[0]&^(flagCompressed|flagTrailer) != 0 {
		return Prefix{}, wire.Fail(layer, wire.Malformed, len(b), 0)
	}
	if len(b) < PrefixLen {
		return Prefix{}, wire.Fail(layer, wire.Short, len(b), PrefixLen)
	}
	return Prefix{b[:PrefixLen:PrefixLen]}, nil
}

// Compressed reports whether the message has the coding that the field grpc-encoding of
// its head names.
func (p Prefix) Compressed() bool { return p.b[0]&flagCompressed != 0 }

// Trailer reports whether the message holds the fields after a body, in the form of
// HTTP/1 but in lower case. Only gRPC-Web has such messages.
func (p Prefix) Trailer() bool { return p.b[0]&flagTrailer != 0 }

// Length returns the length of the message in bytes, without the prefix.
func (p Prefix) Length() uint32 { return binary.BigEndian.Uint32(p.b[1:]) }

// Bytes returns the prefix.
func (p Prefix) Bytes() []byte { return p.b }

// AppendText appends flags and length to dst as printable ASCII.
func (p Prefix) AppendText(dst []byte) ([]byte, error) {
	if p.Trailer() {
		dst = append(dst, "trailer "...)
	}
	if p.Compressed() {
		dst = append(dst, "compressed "...)
	}
	return strconv.AppendUint(append(dst, "len "...), uint64(p.Length()), 10), nil
}

// String returns what AppendText appends.
func (p Prefix) String() string { b, _ := p.AppendText(nil); return string(b) }

// Message is a view of a message with its prefix. ParseMessage makes it. It aliases the
// bytes given to ParseMessage, as do the slices that its methods return.
type Message struct {
	Prefix
	all []byte
}

// ParseMessage returns a view of the message at the start of b. Its errors are those of
// ParsePrefix, and Short if the message is not all there.
func ParseMessage(b []byte) (Message, error) {
	p, err := ParsePrefix(b)
	if err != nil {
		return Message{}, err
	}
	if uint64(p.Length()) > uint64(len(b)-PrefixLen) {
		return Message{}, wire.Fail(layer, wire.Short, len(b), 0)
	}
	end := PrefixLen + int(p.Length())
	return Message{p, b[:end:end]}, nil
}

// Messages returns the messages that b begins with, up to the first that is invalid or
// not all there.
func Messages(b []byte) iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for rest := b; ; {
			m, err := ParseMessage(rest)
			if err != nil || !yield(m) {
				return
			}
			rest = rest[len(m.all):]
		}
	}
}

// Payload returns the message as it was sent: compressed if Compressed reports so.
func (m Message) Payload() []byte { return m.all[PrefixLen:] }

// AppendText appends the text of the prefix to dst. The payload, which may hold a
// password, is left out.
func (m Message) AppendText(dst []byte) ([]byte, error) { return m.Prefix.AppendText(dst) }

// String returns what AppendText appends.
func (m Message) String() string { return m.Prefix.String() }

// Bytes returns the message with its prefix.
func (m Message) Bytes() []byte { return m.all }

// A Format is how a body holds messages.
type Format uint8

// The formats. Those of gRPC-Web may end with a message that holds the fields after the
// body, and WebText is base64, whose padding may end each of several parts.
const (
	None Format = iota
	GRPC
	Web
	WebText
)

var formatNames = []string{None: "none", GRPC: "gRPC", Web: "gRPC-Web", WebText: "gRPC-Web-Text"}

// String returns the name of the format.
func (f Format) String() string { return text.NameOf(formatNames, "Format ", f) }

// FormatOf returns the format of a body with a Content-Type, None if it has no messages.
// After the name of the format, "+proto" or another name may follow, and parameters.
func FormatOf(contentType []byte) Format {
	name, _, _ := bytes.Cut(contentType, []byte{';'})
	name, _, _ = bytes.Cut(name, []byte{'+'})
	name = bytes.TrimSpace(name)
	switch {
	case text.EqualFold(name, "application/grpc"):
		return GRPC
	case text.EqualFold(name, "application/grpc-web"):
		return Web
	case text.EqualFold(name, "application/grpc-web-text"):
		return WebText
	}
	return None
}
