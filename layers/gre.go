package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// GRE header (RFC 2784 section 2.1, RFC 2890 section 2; version 1: RFC 2637
// section 4.1; routing: RFC 1701): flags and version, protocol, and the
// optional fields: checksum and offset, key, sequence number, in version 1
// acknowledgment number, source route entries.
const (
	greMinLen   = 4
	greSRELen   = 4
	greChecksum = 0x8000
	greRouting  = 0x4000
	greKey      = 0x2000
	greSeq      = 0x1000
	greAck      = 0x0080
	greVersion  = 0x0007
)

// Protocols in GRE that are not EtherTypes elsewhere.
const (
	greEoIP         = 0x6400 // Ethernet over IP of MikroTik, with a version 1 header
	greFrameRelay   = 0x6559 // RFC 1701
	greArubaFirst   = 0x8200 // Aruba access points: 802.11 frames
	greArubaLast    = 0x83ff
	greArubaControl = 0x9000
	greWCCP         = 0x883e // draft-mclaggan-wccp-v2rev1 section 4.12
)

// GRE is a view of a GRE header of version 0 or 1 and its payload (RFC 2784
// section 2.1, RFC 2890 section 2; version 1: RFC 2637 section 4.1). [ParseGRE]
// and [Packet.GRE] return one.
type GRE struct{ b []byte }

// ParseGRE checks that b begins with a GRE header and returns a view of it
// that aliases b. The error is Short or Malformed.
func ParseGRE(b []byte) (GRE, error) {
	need, size, _, r := stepGRE(b)
	if r != 0 {
		return GRE{}, fail(KindGRE, r, b, need)
	}
	return GRE{cut(b, size)}, nil
}

func stepGRE(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < greMinLen {
		return greMinLen, 0, 0, wire.Short
	}
	h := GRE{b}
	if h.Version() > 1 {
		return 0, 0, 0, wire.Malformed
	}
	if hdr = h.HeaderLen(); hdr > maxHeaderLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	size = len(b)
	if h.Version() == 1 && h.flags()&greKey != 0 {
		size = hdr + int(binary.BigEndian.Uint16(b[greMinLen:]))
	}
	if size > hdr {
		next = h.kind(b[hdr:])
	}
	return hdr, size, next, 0
}

// kind returns the layer that the protocol announces for payload b.
func (h GRE) kind(b []byte) Kind {
	switch t := h.EtherType(); {
	case t == EtherTypeERSPAN && h.flags()&greSeq == 0:
		return KindEthernet // type I has no header of its own
	case t == EtherTypeERSPAN, t == EtherTypeERSPAN3:
		return KindERSPAN
	case t == EtherTypeCMD:
		return KindCMDGRE
	case t == greEoIP:
		return KindEthernet
	case t == greFrameRelay:
		return KindFrameRelay
	case t == greWCCP && len(b) > 0 && b[0]>>4 == 4:
		return KindIPv4 // version 1 has no redirect header
	case t == greWCCP:
		return KindWCCP
	case t >= greArubaFirst && t <= greArubaLast || t == greArubaControl:
		return KindWLAN
	default:
		return t.kind()
	}
}

func (h GRE) flags() uint16 { return binary.BigEndian.Uint16(h.b) }

// HeaderLen returns the length of the header in bytes.
func (h GRE) HeaderLen() int {
	n := h.routeOff()
	if h.Version() != 0 || h.flags()&greRouting == 0 {
		return n
	}
	for n+greSRELen <= len(h.b) { // source route entries, the last of length 0
		size := int(h.b[n+3])
		n += greSRELen + size
		if size == 0 {
			return n
		}
	}
	return n + greSRELen
}

// The offsets of the optional fields, each of which is present if its flag is
// set.

func (h GRE) keyOff() int {
	if h.Version() == 0 && h.flags()&(greChecksum|greRouting) != 0 {
		return greMinLen + 4
	}
	return greMinLen
}

func (h GRE) seqOff() int { return h.keyOff() + h.fieldLen(greKey) }

func (h GRE) ackOff() int { return h.seqOff() + h.fieldLen(greSeq) }

func (h GRE) routeOff() int {
	if h.Version() == 0 {
		return h.ackOff()
	}
	return h.ackOff() + h.fieldLen(greAck)
}

func (h GRE) fieldLen(flag uint16) int {
	if h.flags()&flag != 0 {
		return 4
	}
	return 0
}

// Version returns 0, or 1 for the enhanced GRE of PPTP.
func (h GRE) Version() uint8 { return uint8(h.flags() & greVersion) }

// EtherType returns the type of the payload. GRE also uses protocols that are
// not EtherTypes.
func (h GRE) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[2:])) }

// Checksum returns the checksum of header and payload. It reports false if
// absent.
func (h GRE) Checksum() (sum uint16, ok bool) {
	if h.Version() != 0 || h.flags()&greChecksum == 0 {
		return 0, false
	}
	return binary.BigEndian.Uint16(h.b[greMinLen:]), true
}

// Key returns the key, in version 1 the payload length and the call ID. It
// reports false if absent.
func (h GRE) Key() (key uint32, ok bool) { return h.field(greKey, h.keyOff()) }

// Seq returns the sequence number. It reports false if absent.
func (h GRE) Seq() (seq uint32, ok bool) { return h.field(greSeq, h.seqOff()) }

// Ack returns the acknowledgment number of version 1. It reports false if
// absent.
func (h GRE) Ack() (ack uint32, ok bool) {
	if h.Version() == 0 {
		return 0, false
	}
	return h.field(greAck, h.ackOff())
}

func (h GRE) field(flag uint16, off int) (uint32, bool) {
	if h.flags()&flag == 0 {
		return 0, false
	}
	return binary.BigEndian.Uint32(h.b[off:]), true
}

// Bytes returns the header and payload.
func (h GRE) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h GRE) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h GRE) AppendText(dst []byte) ([]byte, error) {
	dst = fmt.Append(dst, h.EtherType())
	if key, ok := h.Key(); ok {
		dst = fmt.Appendf(dst, " key 0x%08x", key)
	}
	return dst, nil
}
