package layers

import (
	"encoding/binary"
	"encoding/hex"
	"iter"
	"strconv"
)

// QUIC long header (RFC 9000 section 17.2, RFC 8999 section 5.1): flags,
// version, and two connection IDs, each behind its length. What follows depends
// on the version and the type.
const (
	quicLongForm   = 0x80
	quicFixedBit   = 0x40
	quicSpinBit    = 0x20
	quicVersionOff = 1
	quicDstLenOff  = 5
	quicMaxID      = 20 // RFC 9000 section 17.2; later versions may have more
	quicTagLen     = 16 // RFC 9001 section 5.3 and 5.8
)

// A QUICType says what a packet with a long header is for.
type QUICType uint8

// The types (RFC 9000 section 17.2). QUICUnknown is one of a version that is
// not known here.
const (
	QUICUnknown QUICType = iota
	QUICInitial
	QUICZeroRTT
	QUICHandshake
	QUICRetry
	QUICVersionNegotiation
)

var quicTypeNames = [...]string{"unknown", "Initial", "0-RTT", "Handshake", "Retry", "Version Negotiation"}

// String returns the type's name.
func (t QUICType) String() string {
	if int(t) < len(quicTypeNames) {
		return quicTypeNames[t]
	}
	return "QUICType(" + strconv.Itoa(int(t)) + ")"
}

// QUICPacket is a view of one packet with a long header (RFC 9000 section
// 17.2). Only its payload and its packet number are encrypted, and those of an
// Initial packet with keys that anyone can make: see QUICInitialKeys. ParseQUIC
// makes it.
type QUICPacket struct {
	b     []byte
	typ   QUICType
	cut   bool // Length promises more than there is
	token int  // offset of the token's length in an Initial, of the token in a Retry
	body  int  // offset of the packet number, or of what a version has instead
}

// ParseQUIC checks that b begins with a packet with a long header and returns a
// view of it that aliases b. What follows in b is no part of it, but may be the
// next packet of the same datagram: see QUICPackets. A Length beyond b is no
// error: see Truncated. The error is Short when b ends inside the header,
// Malformed when it is no long header or contradicts its version. A packet of
// an unknown version takes all of b.
func ParseQUIC(b []byte) (QUICPacket, error) {
	if len(b) > 0 && b[0]&quicLongForm == 0 {
		return QUICPacket{}, Malformed
	}
	if len(b) <= quicDstLenOff {
		return QUICPacket{}, Short
	}
	_, rest, ok := cutVector(b[quicDstLenOff:], 1)
	if ok {
		_, rest, ok = cutVector(rest, 1)
	}
	if !ok {
		return QUICPacket{}, Short
	}
	p := QUICPacket{b: b, body: len(b) - len(rest)}
	v := p.Version()
	switch {
	case v == 0:
		p.typ = QUICVersionNegotiation
		if len(rest) == 0 || len(rest)%4 != 0 {
			return QUICPacket{}, Malformed
		}
		return p, nil
	case !v.Known():
		return p, nil
	case b[0]&quicFixedBit == 0 || len(p.DstID()) > quicMaxID || len(p.SrcID()) > quicMaxID:
		return QUICPacket{}, Malformed
	}
	p.typ = v.packetType(b[0])
	return p.parseBody()
}

// parseBody reads what follows the connection IDs of a known version.
func (p QUICPacket) parseBody() (QUICPacket, error) {
	if p.typ == QUICRetry {
		p.token, p.body = p.body, len(p.b)-quicTagLen
		if p.body < p.token {
			return QUICPacket{}, Short
		}
		return p, nil
	}
	if p.typ == QUICInitial {
		p.token = p.body
		size, n := quicVarint(p.b[p.body:])
		if n == 0 || size > uint64(len(p.b)-p.body-n) {
			return QUICPacket{}, Short
		}
		p.body += n + int(size)
	}
	size, n := quicVarint(p.b[p.body:])
	if n == 0 {
		return QUICPacket{}, Short
	}
	p.body += n
	if p.cut = size > uint64(len(p.b)-p.body); !p.cut {
		end := p.body + int(size)
		p.b = p.b[:end:end]
	}
	return p, nil
}

// QUICPackets returns the packets with long headers that a datagram begins with
// (RFC 9000 section 12.2). A packet with a short header can only be the last,
// and is not among them.
func QUICPackets(datagram []byte) iter.Seq[QUICPacket] {
	return func(yield func(QUICPacket) bool) {
		for len(datagram) > 0 {
			p, err := ParseQUIC(datagram)
			if err != nil || !yield(p) {
				return
			}
			datagram = datagram[len(p.b):]
		}
	}
}

// Type returns the packet's type.
func (p QUICPacket) Type() QUICType { return p.typ }

// Version returns the version that the packet is of, 0 for Version Negotiation.
func (p QUICPacket) Version() QUICVersion {
	return QUICVersion(binary.BigEndian.Uint32(p.b[quicVersionOff:]))
}

// DstID returns the Destination Connection ID, at most 20 bytes in the versions
// that are known.
func (p QUICPacket) DstID() []byte {
	id, _, _ := cutVector(p.b[quicDstLenOff:], 1)
	return id
}

// SrcID returns the Source Connection ID, which the sender chose for what it
// receives.
func (p QUICPacket) SrcID() []byte {
	_, rest, _ := cutVector(p.b[quicDstLenOff:], 1)
	id, _, _ := cutVector(rest, 1)
	return id
}

// Token returns the token of an Initial or Retry packet, empty for none.
func (p QUICPacket) Token() []byte {
	switch p.typ {
	case QUICInitial:
		size, n := quicVarint(p.b[p.token:])
		from := p.token + n
		return p.b[from : from+int(size) : from+int(size)]
	case QUICRetry:
		return p.b[p.token:p.body:p.body]
	}
	return nil
}

// IntegrityTag returns the tag at the end of a Retry packet (RFC 9001 section
// 5.8): see AuthenticRetry.
func (p QUICPacket) IntegrityTag() []byte {
	if p.typ != QUICRetry {
		return nil
	}
	return p.b[p.body:]
}

// SupportedVersions returns the versions that a Version Negotiation packet
// offers (RFC 9000 section 17.2.1).
func (p QUICPacket) SupportedVersions() iter.Seq[QUICVersion] {
	return func(yield func(QUICVersion) bool) {
		if p.typ != QUICVersionNegotiation {
			return
		}
		for b := p.b[p.body:]; len(b) >= 4 && yield(QUICVersion(binary.BigEndian.Uint32(b))); {
			b = b[4:]
		}
	}
}

// Payload returns the packet number and the payload of an Initial, 0-RTT or
// Handshake packet, protected as they are on the wire (RFC 9001 section 5).
func (p QUICPacket) Payload() []byte {
	switch p.typ {
	case QUICInitial, QUICZeroRTT, QUICHandshake:
		return p.b[p.body:]
	}
	return nil
}

// Truncated reports whether the Length field promises more bytes than are
// there.
func (p QUICPacket) Truncated() bool { return p.cut }

// Bytes returns header and payload.
func (p QUICPacket) Bytes() []byte { return p.b }

// QUICShort is a view of a packet with a short header (RFC 9000 section 17.3):
// what follows the handshake. Its packet number and all that follows are
// encrypted with keys that only the endpoints have. ParseQUICShort makes it.
type QUICShort struct {
	b  []byte
	id int // length of the connection ID
}

// ParseQUICShort checks that b begins with a short header and returns a view of
// the packet, which takes all of b. idLen is the length of the Destination
// Connection ID, which the packet does not state: that of the Source Connection
// ID that the receiver sent. The error is Short or Malformed.
func ParseQUICShort(b []byte, idLen int) (QUICShort, error) {
	if len(b) > 0 && (b[0]&quicLongForm != 0 || b[0]&quicFixedBit == 0) {
		return QUICShort{}, Malformed
	}
	if len(b) < 1+idLen {
		return QUICShort{}, Short
	}
	return QUICShort{b, idLen}, nil
}

// Spin returns the latency spin bit (RFC 9000 section 17.4).
func (p QUICShort) Spin() bool { return p.b[0]&quicSpinBit != 0 }

// DstID returns the Destination Connection ID.
func (p QUICShort) DstID() []byte { return p.b[1 : 1+p.id : 1+p.id] }

// Payload returns packet number and payload, protected.
func (p QUICShort) Payload() []byte { return p.b[1+p.id:] }

// Bytes returns header and payload.
func (p QUICShort) Bytes() []byte { return p.b }

// quicVarint reads a number (RFC 9000 section 16) and how many bytes it takes,
// 0 when b ends before it does.
func quicVarint(b []byte) (v uint64, n int) {
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
func (p QUICPacket) AppendText(dst []byte) ([]byte, error) {
	dst = append(append(dst, p.typ.String()...), " version "...)
	dst = append(dst, p.Version().String()...)
	dst = hex.AppendEncode(append(dst, " DCID "...), p.DstID())
	return hex.AppendEncode(append(dst, " SCID "...), p.SrcID()), nil
}
