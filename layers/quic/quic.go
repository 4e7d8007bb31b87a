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
// version, and two connection IDs, each behind its length. What follows depends
// on the version and the type.
const (
	longForm   = 0x80
	fixedBit   = 0x40
	spinBit    = 0x20
	versionOff = 1
	dstLenOff  = 5
	maxID      = 20 // RFC 9000 section 17.2; later versions may have more
	tagLen     = 16 // RFC 9001 section 5.3 and 5.8
)

// A PacketType says what a packet with a long header is for.
type PacketType uint8

// The types (RFC 9000 section 17.2). Unknown is one of a version that is
// not known here.
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
	return "QUICType(" + strconv.Itoa(int(t)) + ")"
}

// Packet is a view of one packet with a long header (RFC 9000 section
// 17.2). Only its payload and its packet number are encrypted, and those of an
// Initial packet with keys that anyone can make: see InitialKeys. ParsePacket
// makes it.
type Packet struct {
	b     []byte
	typ   PacketType
	cut   bool // Length promises more than there is
	token int  // offset of the token's length in an Initial, of the token in a Retry
	body  int  // offset of the packet number, or of what a version has instead
}

// ParsePacket checks that b begins with a packet with a long header and returns a
// view of it that aliases b. What follows in b is no part of it, but may be the
// next packet of the same datagram: see Packets. A Length beyond b is no
// error: see Truncated. The error is Short when b ends inside the header,
// Malformed when it is no long header or contradicts its version. A packet of
// an unknown version takes all of b.
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
	case !v.IsKnown():
		return p, 0
	case b[0]&fixedBit == 0 || len(p.DstID()) > maxID || len(p.SrcID()) > maxID:
		return Packet{}, wire.Malformed
	}
	p.typ = v.packetType(b[0])
	return p.parseBody()
}

// parseBody reads what follows the connection IDs of a known version.
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
		size, n := varint(p.b[p.body:])
		if n == 0 || size > uint64(len(p.b)-p.body-n) {
			return Packet{}, wire.Short
		}
		p.body += n + int(size)
	}
	size, n := varint(p.b[p.body:])
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

// Packets returns the packets with long headers that a datagram begins with
// (RFC 9000 section 12.2). A packet with a short header can only be the last,
// and is not among them.
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

// Type returns the packet's type.
func (p Packet) Type() PacketType { return p.typ }

// Version returns the version that the packet is of, 0 for Version Negotiation.
func (p Packet) Version() Version {
	return Version(binary.BigEndian.Uint32(p.b[versionOff:]))
}

// DstID returns the Destination Connection ID, at most 20 bytes in the versions
// that are known.
func (p Packet) DstID() []byte {
	id, _, _ := text.CutVector(p.b[dstLenOff:], 1)
	return id
}

// SrcID returns the Source Connection ID, which the sender chose for what it
// receives.
func (p Packet) SrcID() []byte {
	_, rest, _ := text.CutVector(p.b[dstLenOff:], 1)
	id, _, _ := text.CutVector(rest, 1)
	return id
}

// Token returns the token of an Initial or Retry packet, empty for none.
func (p Packet) Token() []byte {
	switch p.typ {
	case Initial:
		size, n := varint(p.b[p.token:])
		from := p.token + n
		return p.b[from : from+int(size) : from+int(size)]
	case Retry:
		return p.b[p.token:p.body:p.body]
	}
	return nil
}

// IntegrityTag returns the tag at the end of a Retry packet (RFC 9001 section
// 5.8): see AuthenticRetry.
func (p Packet) IntegrityTag() []byte {
	if p.typ != Retry {
		return nil
	}
	return p.b[p.body:]
}

// SupportedVersions returns the versions that a Version Negotiation packet
// offers (RFC 9000 section 17.2.1).
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

// Payload returns the packet number and the payload of an Initial, 0-RTT or
// Handshake packet, protected as they are on the wire (RFC 9001 section 5).
func (p Packet) Payload() []byte {
	switch p.typ {
	case Initial, ZeroRTT, Handshake:
		return p.b[p.body:]
	}
	return nil
}

// Truncated reports whether the Length field promises more bytes than are
// there.
func (p Packet) Truncated() bool { return p.cut }

// Bytes returns header and payload.
func (p Packet) Bytes() []byte { return p.b }

// ShortPacket is a view of a packet with a short header (RFC 9000 section 17.3):
// what follows the handshake. Its packet number and all that follows are
// encrypted with keys that only the endpoints have. ParseShortPacket makes it.
type ShortPacket struct {
	b  []byte
	id int // length of the connection ID
}

// ParseShortPacket checks that b begins with a short header and returns a view of
// the packet, which takes all of b. idLen is the length of the Destination
// Connection ID, which the packet does not state: that of the Source Connection
// ID that the receiver sent. The error is Short or Malformed.
func ParseShortPacket(b []byte, idLen int) (ShortPacket, error) {
	if len(b) > 0 && (b[0]&longForm != 0 || b[0]&fixedBit == 0) {
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

// Payload returns packet number and payload, protected.
func (p ShortPacket) Payload() []byte { return p.b[1+p.id:] }

// Bytes returns header and payload.
func (p ShortPacket) Bytes() []byte { return p.b }

// AppendText appends a short description to dst.
func (p ShortPacket) AppendText(dst []byte) ([]byte, error) {
	dst = hex.AppendEncode(append(dst, "1-RTT DCID "...), p.DstID())
	return strconv.AppendInt(append(dst, " len "...), int64(len(p.Payload())), 10), nil
}

// String returns what AppendText appends.
func (p ShortPacket) String() string { b, _ := p.AppendText(nil); return string(b) }

// quicVarint reads a number (RFC 9000 section 16) and how many bytes it takes,
// 0 when b ends before it does.
func varint(b []byte) (v uint64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	n = 1 << (b[0] >> 6)
	if len(b) < n {
		return 0, 0
	}
	v = uint64(b[0] & 0x3f)
	for _, c := range b[1:n] {
		v = v<<8 | uint64(c)
	}
	return v, n
}

// AppendText appends a short description to dst.
func (p Packet) AppendText(dst []byte) ([]byte, error) {
	dst = append(append(dst, p.typ.String()...), " version "...)
	dst = append(dst, p.Version().String()...)
	dst = hex.AppendEncode(append(dst, " DCID "...), p.DstID())
	return hex.AppendEncode(append(dst, " SCID "...), p.SrcID()), nil
}

// String returns what AppendText appends.
func (p Packet) String() string { b, _ := p.AppendText(nil); return string(b) }
