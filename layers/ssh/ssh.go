package ssh

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Identification string (RFC 4253 section 4.2).
const (
	prefix = "SSH-"
	maxID  = 255 // including CR and LF
)

// Ident is a view of the first line of each side of a connection:
// SSH-protoversion-softwareversion, optionally followed by a space and comments
// (RFC 4253 section 4.2).
type Ident struct {
	b        []byte
	software int // offset
}

// ParseIdent checks that b begins with an identification string and returns a
// view of it, without its line end, that aliases b. If b has no line end, all
// of b is the line. A null character is forbidden, but ends the string, as it
// does in implementations. The caller must skip lines that a server sends
// before the string. The error is Malformed, also for a line longer than 255
// bytes.
func ParseIdent(b []byte) (Ident, error) {
	have := len(b)
	if i := bytes.IndexByte(b[:min(len(b), maxID)], '\n'); i >= 0 {
		b = b[:i:i]
	}
	b = bytes.TrimSuffix(b, []byte("\r"))
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i:i]
	}
	if len(b) > maxID || !bytes.HasPrefix(b, []byte(prefix)) {
		return Ident{}, wire.Fail("SSH identification", wire.Malformed, have, 0)
	}
	i := bytes.IndexByte(b[len(prefix):], '-')
	if i <= 0 {
		return Ident{}, wire.Fail("SSH identification", wire.Malformed, have, 0)
	}
	return Ident{b, len(prefix) + i + 1}, nil
}

// Version returns the protocol version: 2.0, 1.5, or 1.99 from a server that
// supports both (RFC 4253 section 5.1).
func (s Ident) Version() []byte { return s.b[len(prefix) : s.software-1 : s.software-1] }

// Software returns the software version.
func (s Ident) Software() []byte {
	v, _, _ := bytes.Cut(s.b[s.software:], []byte(" "))
	return v
}

// Comments returns the comments after the software version, nil if absent.
func (s Ident) Comments() []byte {
	_, c, _ := bytes.Cut(s.b[s.software:], []byte(" "))
	return c
}

// Bytes returns the line without its line end.
func (s Ident) Bytes() []byte { return s.b }

// AppendText appends the line to dst, in printable ASCII.
func (s Ident) AppendText(dst []byte) ([]byte, error) {
	return text.AppendEscaped(dst, s.b), nil
}

// String returns the text that AppendText appends.
func (s Ident) String() string { b, _ := s.AppendText(nil); return string(b) }

// Binary packet (RFC 4253 section 6): length, padding length, payload, padding,
// and after the key exchange a MAC.
const (
	packetHeaderLen = 5
	// RFC 4253 section 6.1 requires 35000 and allows more.
	maxPacket = 256 << 10
)

// A MessageType is the number of a message, the first byte of a packet's
// payload (IANA registry "ssh-parameters").
type MessageType uint8

// Messages of a key exchange (RFC 4253 section 12, RFC 4419 section 5, RFC 5656
// section 7.1). TypeKexReply is also RFC 4419's SSH_MSG_KEX_DH_GEX_GROUP, whose
// reply is TypeGexReply.
const (
	TypeDisconnect MessageType = 1
	TypeKexInit    MessageType = 20
	TypeNewKeys    MessageType = 21
	TypeKexReply   MessageType = 31
	TypeGexReply   MessageType = 33
)

// Packet is a view of an unencrypted packet (RFC 4253 section 6).
type Packet struct{ b []byte }

// ParsePacket checks that b begins with a complete packet and returns a view of
// it that aliases b. It ignores the bytes after the packet. The error is Short
// if the packet is incomplete, Malformed if it is longer than 256 KiB, or too
// short for its padding and a message number.
func ParsePacket(b []byte) (Packet, error) {
	if len(b) < packetHeaderLen {
		return Packet{}, wire.Fail("SSH packet", wire.Short, len(b), packetHeaderLen)
	}
	n := binary.BigEndian.Uint32(b)
	if n > maxPacket || n < uint32(b[4])+2 {
		return Packet{}, wire.Fail("SSH packet", wire.Malformed, len(b), 0)
	}
	end := 4 + int(n)
	if len(b) < end {
		return Packet{}, wire.Fail("SSH packet", wire.Short, len(b), end)
	}
	return Packet{b[:end:end]}, nil
}

// Message returns the number of the message in the packet.
func (p Packet) Message() MessageType { return MessageType(p.b[packetHeaderLen]) }

// Payload returns the message, including its number.
func (p Packet) Payload() []byte {
	end := len(p.b) - int(p.b[4])
	return p.b[packetHeaderLen:end:end]
}

// Bytes returns the packet, including its padding.
func (p Packet) Bytes() []byte { return p.b }

// AppendText appends a short description to dst.
func (p Packet) AppendText(dst []byte) ([]byte, error) {
	dst = strconv.AppendUint(append(dst, "message "...), uint64(p.Message()), 10)
	return strconv.AppendInt(append(dst, " len "...), int64(len(p.Payload())), 10), nil
}

// String returns the text that AppendText appends.
func (p Packet) String() string { b, _ := p.AppendText(nil); return string(b) }
