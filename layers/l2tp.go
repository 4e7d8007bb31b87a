package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// L2TP header over UDP. Version 2 (RFC 2661 section 3.1): flags and version,
// optional length, tunnel, session, optional sequence numbers, optional offset
// and padding. A data message carries PPP. Version 3 (RFC 3931 section
// 4.1.2.1): flags and version, reserved, session; the rest depends on the
// session's configuration: see l2tpV3Frame.
const (
	l2tpMinLen   = 6
	l2tpV3Len    = 8
	l2tpControl  = 0x8000
	l2tpLength   = 0x4000
	l2tpSequence = 0x0800
	l2tpOffset   = 0x0200
	l2tpVersion  = 0x000f
)

// L2TP is a view of an L2TP message, up to its length if it states one (RFC
// 2661 section 3.1; version 3: RFC 3931).
type L2TP struct{ b []byte }

// ParseL2TP checks that b begins with an L2TP header of version 2 or 3 and
// returns a view of the message that aliases b. A length beyond b is not an
// error. The error is Short or Malformed.
func ParseL2TP(b []byte) (L2TP, error) {
	need, size, _, r := stepL2TP(b)
	if r != 0 {
		return L2TP{}, fail(KindL2TP, r, b, need)
	}
	return L2TP{cut(b, size)}, nil
}

func stepL2TP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < l2tpMinLen {
		return l2tpMinLen, 0, 0, wire.Short
	}
	h := L2TP{b}
	if v := h.Version(); v != 2 && v != 3 {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < h.offsetOff()+2*h.has(l2tpOffset) || len(b) < h.HeaderLen() {
		return 0, 0, 0, wire.Short
	}
	if hdr = h.HeaderLen(); hdr > maxHeaderLen {
		return 0, 0, 0, wire.Malformed
	}
	size = len(b)
	if n, ok := h.Len(); ok {
		if size = n; size < hdr {
			return 0, 0, 0, wire.Malformed
		}
	}
	switch {
	case h.Control() || size == hdr:
	case h.Version() == 2:
		next = KindPPP
	default:
		_, next = l2tpV3Frame(b[l2tpV3Len:])
	}
	return hdr, size, next, 0
}

func (h L2TP) flags() uint16 { return binary.BigEndian.Uint16(h.b) }

// has returns 1 if flag is set in a header of version 2, else 0.
func (h L2TP) has(flag uint16) int {
	if h.Version() == 2 && h.flags()&flag != 0 {
		return 1
	}
	return 0
}

// tunnelOff is the offset of tunnel and session, seqOff of the sequence
// numbers, and offsetOff of the padding's size.
func (h L2TP) tunnelOff() int { return 2 + 2*h.has(l2tpLength) }
func (h L2TP) seqOff() int    { return h.tunnelOff() + 4 }
func (h L2TP) offsetOff() int { return h.seqOff() + 4*h.has(l2tpSequence) }

// HeaderLen returns the length of the header with its padding, in bytes.
func (h L2TP) HeaderLen() int {
	if h.Version() != 2 {
		return h.lenV3()
	}
	n := h.offsetOff()
	if h.has(l2tpOffset) != 0 {
		n += 2 + int(binary.BigEndian.Uint16(h.b[n:]))
	}
	return n
}

// lenV3 returns the length of a header of version 3, with cookie and sublayer if
// they can be found.
func (h L2TP) lenV3() int {
	if h.Control() || len(h.b) < l2tpV3Len {
		return l2tpV3Len
	}
	skip, _ := l2tpV3Frame(h.b[l2tpV3Len:])
	return l2tpV3Len + skip
}

// Version returns 2 or 3.
func (h L2TP) Version() uint8 { return uint8(h.flags() & l2tpVersion) }

// Control reports whether the message is a control message.
func (h L2TP) Control() bool { return h.flags()&l2tpControl != 0 }

// Len returns the length of the message stated by the header, in bytes. It
// reports false if absent.
func (h L2TP) Len() (n int, ok bool) {
	if h.has(l2tpLength) == 0 {
		return 0, false
	}
	return int(binary.BigEndian.Uint16(h.b[2:])), true
}

// TunnelID returns the tunnel ID of version 2, 0 in version 3.
func (h L2TP) TunnelID() uint16 {
	if h.Version() != 2 {
		return 0
	}
	return binary.BigEndian.Uint16(h.b[h.tunnelOff():])
}

// SessionID returns the session ID: 16 bits in version 2, 32 in version 3.
func (h L2TP) SessionID() uint32 {
	if h.Version() != 2 {
		return binary.BigEndian.Uint32(h.b[4:])
	}
	return uint32(binary.BigEndian.Uint16(h.b[h.tunnelOff()+2:]))
}

// Bytes returns the header and payload.
func (h L2TP) Bytes() []byte { return h.b }

// Payload returns the message's payload.
func (h L2TP) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h L2TP) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "tunnel %d session %d", h.TunnelID(), h.SessionID()), nil
}
