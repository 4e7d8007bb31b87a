package quic

import (
	"encoding/binary"
	"encoding/hex"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// QUIC long header (RFC 9000 section 17.2, RFC 8999 section 5.1): flags,
// version, and two length-prefixed connection IDs. The rest depends on version
// and type.
const (
	longForm   = 0x80
	spinBit    = 0x20
	versionOff = 1
	dstLenOff  = 5
	maxID      = 20 // RFC 9000 section 17.2; later versions may allow more
	tagLen     = 16 // RFC 9001 section 5.3 and 5.8
)

// A PacketType is the type of a packet with a long header.
type PacketType uint8

// The packet types (RFC 9000 section 17.2). Unknown is the type of packets of
// unknown versions.
const (
	Unknown PacketType = iota
	Initial
	ZeroRTT
	Handshake
	Retry
	VersionNegotiation
)

var typeNames = [...]string{"unknown", "Initial", "0-RTT", "Handshake", "Retry", "Version Negotiation"}

// String returns the type's name.
func (t PacketType) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return "PacketType(" + strconv.Itoa(int(t)) + ")"
}

// Packet is a view of a packet with a long header (RFC 9000 section 17.2). Only
// its payload and its packet number are encrypted, in Initial packets with keys
// that anyone can derive: see [InitialKeys]. Others need a secret of TLS: see
// [NewKeys].
type Packet struct {
	b     []byte
	typ   PacketType
	cut   bool // Length exceeds the available bytes
	token int  // offset of the token's length in an Initial, of the token in a Retry
	body  int  // offset of the packet number, or of a version's equivalent
}

// ParsePacket checks that b begins with a packet with a long header and returns
// a view of it that aliases b. Bytes after it may be the next packet of the
// datagram: see [Packets]. A Length beyond b is not an error: see Truncated.
// The error is Short if b ends inside the header, Malformed if the header is
// not long or is invalid for its version. The fixed bit may be 0 (RFC 9287). A
// packet of an unknown version extends to the end of b. The fields of a
// reserved version are those of version 1 if they fit, because clients that
// force version negotiation change nothing else.
func ParsePacket(b []byte) (Packet, error) {
	p, r := parsePacket(b)
	if r != 0 {
		return Packet{}, wire.Fail("QUIC packet", r, len(b), dstLenOff+1)
	}
	return p, nil
}

func parsePacket(b []byte) (Packet, wire.Reason) {
	if len(b) > 0 && b[0]&longForm == 0 {
		return Packet{}, wire.Malformed
	}
	if len(b) <= dstLenOff {
		return Packet{}, wire.Short
	}
	_, rest, ok := text.CutVector(b[dstLenOff:], 1)
	if ok {
		_, rest, ok = text.CutVector(rest, 1)
	}
	if !ok {
		return Packet{}, wire.Short
	}
	p := Packet{b: b, body: len(b) - len(rest)}
	v := p.Version()
	switch {
	case v == 0:
		p.typ = VersionNegotiation
		if len(rest) == 0 || len(rest)%4 != 0 {
			return Packet{}, wire.Malformed
		}
		return p, 0
	case v.IsReserved():
		return p.parseReserved(), 0
	case !v.IsKnown():
		return p, 0
	case len(p.DstID()) > maxID || len(p.SrcID()) > maxID:
		return Packet{}, wire.Malformed
	}
	p.typ = v.packetType(b[0])
	return p.parseBody()
}

func (p Packet) parseReserved() Packet {
	if len(p.DstID()) > maxID || len(p.SrcID()) > maxID {
		return p
	}
	like1 := p
	like1.typ = p.Version().packetType(p.b[0])
	like1, r := like1.parseBody()
	if r != 0 || like1.cut || len(like1.Payload()) < sampleOff+sampleLen {
		return p
	}
	return like1
}

// parseBody parses the fields after the connection IDs of a known version.
func (p Packet) parseBody() (Packet, wire.Reason) {
	if p.typ == Retry {
		p.token, p.body = p.body, len(p.b)-tagLen
		if p.body < p.token {
			return Packet{}, wire.Short
		}
		return p, 0
	}
	if p.typ == Initial {
		p.token = p.body
		size, n := text.Varint(p.b[p.body:])
		if n == 0 || size > uint64(len(p.b)-p.body-n) {
			return Packet{}, wire.Short
		}
		p.body += n + int(size)
	}
	size, n := text.Varint(p.b[p.body:])
	if n == 0 {
		return Packet{}, wire.Short
	}
	p.body += n
	if p.cut = size > uint64(len(p.b)-p.body); !p.cut {
		end := p.body + int(size)
		p.b = p.b[:end:end]
	}
	return p, 0
}

// Packets returns the packets with long headers at the start of a datagram (RFC
// 9000 section 12.2). A packet with a short header can only be the last, and is
// not included.
func Packets(datagram []byte) iter.Seq[Packet] {
	return func(yield func(Packet) bool) {
		for len(datagram) > 0 {
			p, r := parsePacket(datagram)
			if r != 0 || !yield(p) {
				return
			}
			datagram = datagram[len(p.b):]
		}
	}
}

// Type returns the packet type.
func (p Packet) Type() PacketType { return p.typ }

// Version returns the packet's version, 0 for Version Negotiation.
func (p Packet) Version() Version {
	return Version(binary.BigEndian.Uint32(p.b[versionOff:]))
}

// DstID returns the Destination Connection ID, at most 20 bytes in known
// versions.
func (p Packet) DstID() []byte {
	id, _, _ := text.CutVector(p.b[dstLenOff:], 1)
	return id
}

// SrcID returns the Source Connection ID, which the sender chose for packets to
// itself.
func (p Packet) SrcID() []byte {
	_, rest, _ := text.CutVector(p.b[dstLenOff:], 1)
	id, _, _ := text.CutVector(rest, 1)
	return id
}

// Token returns the token of an Initial or Retry packet, which may be empty.
func (p Packet) Token() []byte {
	switch p.typ {
	case Initial:
		size, n := text.Varint(p.b[p.token:])
		from := p.token + n
		return p.b[from : from+int(size) : from+int(size)]
	case Retry:
		return p.b[p.token:p.body:p.body]
	}
	return nil
}

// IntegrityTag returns the tag at the end of a Retry packet (RFC 9001 section
// 5.8), nil for other packets. See [Packet.AuthenticRetry].
func (p Packet) IntegrityTag() []byte {
	if p.typ != Retry {
		return nil
	}
	return p.b[p.body:]
}

// SupportedVersions returns the versions offered in a Version Negotiation
// packet (RFC 9000 section 17.2.1).
func (p Packet) SupportedVersions() iter.Seq[Version] {
	return func(yield func(Version) bool) {
		if p.typ != VersionNegotiation {
			return
		}
		for b := p.b[p.body:]; len(b) >= 4 && yield(Version(binary.BigEndian.Uint32(b))); {
			b = b[4:]
		}
	}
}

// Payload returns the protected packet number and payload of an Initial, 0-RTT
// or Handshake packet (RFC 9001 section 5), nil for other packets.
func (p Packet) Payload() []byte {
	switch p.typ {
	case Initial, ZeroRTT, Handshake:
		return p.b[p.body:]
	}
	return nil
}

// Truncated reports whether the Length field states more bytes than are
// available.
func (p Packet) Truncated() bool { return p.cut }

// Bytes returns the header and payload.
func (p Packet) Bytes() []byte { return p.b }

// ShortPacket is a view of a packet with a short header (RFC 9000 section
// 17.3), used after the handshake. Its packet number and payload are encrypted
// with keys known only to the endpoints: see [Phases].
type ShortPacket struct {
	b  []byte
	id int // length of the connection ID
}

// ParseShortPacket checks that b begins with a short header and returns a view
// of the packet, which extends to the end of b. idLen is the length of the
// Destination Connection ID, which the packet does not state: it equals that of
// the Source Connection ID that the receiver sent. The error is Short or
// Malformed.
func ParseShortPacket(b []byte, idLen int) (ShortPacket, error) {
	if len(b) > 0 && b[0]&longForm != 0 {
		return ShortPacket{}, wire.Fail("QUIC short header", wire.Malformed, len(b), 0)
	}
	if len(b) < 1+idLen {
		return ShortPacket{}, wire.Fail("QUIC short header", wire.Short, len(b), 1+idLen)
	}
	return ShortPacket{b, idLen}, nil
}

// Spin returns the latency spin bit (RFC 9000 section 17.4).
func (p ShortPacket) Spin() bool { return p.b[0]&spinBit != 0 }

// DstID returns the Destination Connection ID.
func (p ShortPacket) DstID() []byte { return p.b[1 : 1+p.id : 1+p.id] }

// Payload returns the protected packet number and payload.
func (p ShortPacket) Payload() []byte { return p.b[1+p.id:] }

// Bytes returns the header and payload.
func (p ShortPacket) Bytes() []byte { return p.b }

// AppendText appends a short description to dst.
func (p ShortPacket) AppendText(dst []byte) ([]byte, error) {
	dst = hex.AppendEncode(append(dst, "1-RTT DCID "...), p.DstID())
	return strconv.AppendInt(append(dst, " len "...), int64(len(p.Payload())), 10), nil
}

// String returns the text that AppendText appends.
func (p ShortPacket) String() string { b, _ := p.AppendText(nil); return string(b) }

// AppendText appends a short description to dst.
func (p Packet) AppendText(dst []byte) ([]byte, error) {
	dst = append(append(dst, p.typ.String()...), " version "...)
	dst = append(dst, p.Version().String()...)
	dst = hex.AppendEncode(append(dst, " DCID "...), p.DstID())
	return hex.AppendEncode(append(dst, " SCID "...), p.SrcID()), nil
}

// String returns the text that AppendText appends.
func (p Packet) String() string { b, _ := p.AppendText(nil); return string(b) }
