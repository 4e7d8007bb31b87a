package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// GTP header. Version 1 (3GPP TS 29.281 section 5.1): flags, message type,
// length after the first eight bytes, tunnel endpoint; if one of three flags is
// set, also sequence number, N-PDU number and the type of the first extension
// header. Version 0 (3GPP TS 09.60 section 6) always has 20 bytes. A flag marks
// GTP' (3GPP TS 32.295).
const (
	gtpMinLen       = 8
	gtpOptionalLen  = 12
	gtpV0Len        = 20
	gtpProtocolType = 0x10 // GTP, not GTP'
	gtpExtension    = 0x04
	gtpOptional     = 0x07
	gtpPDU          = 255 // T-PDU or G-PDU: a user's packet
)

// GTP is a view of a GTP message of version 0 or 1, up to the length it states
// (3GPP TS 29.281 section 5.1; version 0: TS 09.60 section 6).
type GTP struct{ b []byte }

// ParseGTP checks that b begins with a GTP header of version 0 or 1, which is
// not GTP', and returns a view of the message that aliases b. A length beyond b
// is not an error. The error is Short or Malformed.
func ParseGTP(b []byte) (GTP, error) {
	need, size, _, r := stepGTP(b)
	if r != 0 {
		return GTP{}, fail(KindGTP, r, b, need)
	}
	return GTP{cut(b, size)}, nil
}

func stepGTP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < gtpMinLen {
		return gtpMinLen, 0, 0, wire.Short
	}
	h := GTP{b}
	if h.Version() > 1 || b[0]&gtpProtocolType == 0 {
		return 0, 0, 0, wire.Malformed
	}
	hdr, size = h.HeaderLen(), gtpMinLen+h.Len()
	if h.Version() == 0 {
		size = gtpV0Len + h.Len()
	}
	switch {
	case hdr > maxHeaderLen:
		return 0, 0, 0, wire.Malformed
	case len(b) < hdr:
		return 0, 0, 0, wire.Short
	case size < hdr:
		return 0, 0, 0, wire.Malformed
	}
	if h.Type() == gtpPDU && len(b) > hdr {
		next = userPacketKind(b[hdr:])
	}
	return hdr, size, next, 0
}

// userPacketKind returns the kind of a user's packet: IP by its version, or PPP
// if it has the address of HDLC-like framing.
func userPacketKind(b []byte) Kind {
	switch {
	case b[0]>>4 == 4:
		return KindIPv4
	case b[0]>>4 == 6:
		return KindIPv6
	case b[0] == pppAddress:
		return KindPPP
	}
	return KindPayload
}

// HeaderLen returns the length of the header with its extensions, in bytes.
func (h GTP) HeaderLen() int {
	switch {
	case h.Version() == 0:
		return gtpV0Len
	case h.b[0]&gtpOptional == 0:
		return gtpMinLen
	case h.b[0]&gtpExtension == 0 || len(h.b) < gtpOptionalLen:
		return gtpOptionalLen
	}
	n := gtpOptionalLen
	for next := h.b[n-1]; next != 0; next = h.b[n-1] {
		switch {
		case n == len(h.b):
			return n + 1
		case h.b[n] == 0:
			return maxHeaderLen + 1 // would not terminate
		}
		if n += int(h.b[n]) * 4; n > len(h.b) {
			break
		}
	}
	return n
}

// Version returns 0 or 1.
func (h GTP) Version() uint8 { return h.b[0] >> 5 }

// Type returns the message type. 255 is a user's packet.
func (h GTP) Type() uint8 { return h.b[1] }

// Len returns the length field: the number of bytes after the first eight, in
// version 0 after the header.
func (h GTP) Len() int { return int(binary.BigEndian.Uint16(h.b[2:])) }

// TEID returns the tunnel endpoint identifier, or the flow label in version 0.
func (h GTP) TEID() uint32 {
	if h.Version() == 0 {
		return uint32(binary.BigEndian.Uint16(h.b[6:]))
	}
	return binary.BigEndian.Uint32(h.b[4:])
}

// Bytes returns the header and payload.
func (h GTP) Bytes() []byte { return h.b }

// Payload returns the message's payload.
func (h GTP) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h GTP) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "type %d teid 0x%08x", h.Type(), h.TEID()), nil
}
