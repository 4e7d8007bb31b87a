package layers

import (
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Header of SLIP captures (https://www.tcpdump.org/linktypes.html,
// LINKTYPE_SLIP): direction, and the driver's link-layer information about
// header compression (RFC 1144): the packet's type in the highest bits, or the
// compressed header. An uncompressed IP packet follows.
const slipLen = 16

// SLIP is a view of a SLIP packet (LINKTYPE_SLIP of
// https://www.tcpdump.org/linktypes.html).
type SLIP struct{ b []byte }

// ParseSLIP checks that b begins with the header of a SLIP capture and returns
// a view of it that aliases b. The error is Short.
func ParseSLIP(b []byte) (SLIP, error) {
	if len(b) < slipLen {
		return SLIP{}, fail(KindSLIP, wire.Short, b, slipLen)
	}
	return SLIP{cut(b, len(b))}, nil
}

func stepSLIP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < slipLen {
		return slipLen, 0, 0, wire.Short
	}
	return slipLen, len(b), KindIPv4, 0
}

// Sent reports whether the capturing host sent the packet.
func (h SLIP) Sent() bool { return h.b[0] != 0 }

// Bytes returns the header and packet.
func (h SLIP) Bytes() []byte { return h.b }

// Payload returns the IP packet.
func (h SLIP) Payload() []byte { return h.b[slipLen:] }

// AppendText appends a short description to dst.
func (h SLIP) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "sent %v", h.Sent()), nil
}
