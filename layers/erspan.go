package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// ERSPAN header (draft-foschiano-erspan-03): version, VLAN, class of service,
// truncated bit, session. Type II (version 1) adds an index, type III (version
// 2) a timestamp, a security group tag, the frame type and an optional platform
// field of eight bytes.
const (
	erspanMinLen      = 8
	erspan3Len        = 12
	erspanPlatformLen = 8
	erspanType2       = 1
	erspanType3       = 2
)

// ERSPAN is a view of an ERSPAN header of type II or III and the mirrored frame
// (draft-foschiano-erspan-03).
type ERSPAN struct{ b []byte }

// ParseERSPAN checks that b begins with an ERSPAN header and returns a view of
// it that aliases b. The error is Short or Malformed.
func ParseERSPAN(b []byte) (ERSPAN, error) {
	if need, _, _, r := stepERSPAN(b); r != 0 {
		return ERSPAN{}, fail(KindERSPAN, r, b, need)
	}
	return ERSPAN{cut(b, len(b))}, nil
}

func stepERSPAN(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < erspanMinLen {
		return erspanMinLen, 0, 0, wire.Short
	}
	h := ERSPAN{b}
	if v := h.Version(); v != erspanType2 && v != erspanType3 {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < erspan3Len && h.Version() == erspanType3 {
		return 0, 0, 0, wire.Short
	}
	if hdr = h.HeaderLen(); len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	switch h.FrameType() {
	case 0:
		next = KindEthernet
	case 2:
		next = KindIPv4
	}
	return hdr, len(b), next, 0
}

// HeaderLen returns the length of the header in bytes.
func (h ERSPAN) HeaderLen() int {
	switch {
	case h.Version() == erspanType2:
		return erspanMinLen
	case h.b[11]&1 != 0:
		return erspan3Len + erspanPlatformLen
	}
	return erspan3Len
}

// Version returns 1 for type II and 2 for type III.
func (h ERSPAN) Version() uint8 { return h.b[0] >> 4 }

// VLAN returns the VLAN identifier of the mirrored frame.
func (h ERSPAN) VLAN() uint16 { return binary.BigEndian.Uint16(h.b) & 0x0fff }

// SessionID returns the identifier of the mirroring session.
func (h ERSPAN) SessionID() uint16 { return binary.BigEndian.Uint16(h.b[2:]) & 0x03ff }

// Truncated reports whether the mirroring device truncated the frame.
func (h ERSPAN) Truncated() bool { return h.b[2]&0x04 != 0 }

// FrameType returns the type of the mirrored frame: 0 for Ethernet, 2 for IP.
func (h ERSPAN) FrameType() uint8 {
	if h.Version() == erspanType2 {
		return 0
	}
	return h.b[10] >> 2 & 0x1f
}

// Bytes returns the header and payload.
func (h ERSPAN) Bytes() []byte { return h.b }

// Payload returns the mirrored frame.
func (h ERSPAN) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h ERSPAN) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "session %d vlan %d", h.SessionID(), h.VLAN()), nil
}
