package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// PPP header (RFC 1661 section 2, RFC 1662 section 3.1): in HDLC-like framing
// an address and a control byte, unless compressed away, then a protocol of two
// bytes, or of one odd byte.
const (
	pppAddress = 0xff
	pppControl = 0x03
)

// A PPPProtocol identifies the payload of a PPP frame (IANA registry
// "ppp-numbers").
type PPPProtocol uint16

// The protocols known to a Decoder.
const (
	PPPProtocolIPv4          PPPProtocol = 0x0021
	PPPProtocolIPv6          PPPProtocol = 0x0057
	PPPProtocolMPLS          PPPProtocol = 0x0281
	PPPProtocolMPLSMulticast PPPProtocol = 0x0283
)

func (p PPPProtocol) kind() Kind {
	switch p {
	case PPPProtocolIPv4:
		return KindIPv4
	case PPPProtocolIPv6:
		return KindIPv6
	case PPPProtocolMPLS, PPPProtocolMPLSMulticast:
		return KindMPLS
	}
	return KindPayload
}

// PPP is a view of a PPP frame, without flags and check sequence (RFC 1661
// section 2, RFC 1662 section 3.1).
type PPP struct{ b []byte }

// ParsePPP checks that b begins with a PPP header and returns a view of it
// that aliases b. The error is Short.
func ParsePPP(b []byte) (PPP, error) {
	if need, _, _, r := stepPPP(b); r != 0 {
		return PPP{}, fail(KindPPP, r, b, need)
	}
	return PPP{cut(b, len(b))}, nil
}

func stepPPP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	h := PPP{b}
	off := h.protocolOff()
	if len(b) <= off || len(b) < h.HeaderLen() {
		return 0, 0, 0, wire.Short
	}
	return h.HeaderLen(), len(b), h.Protocol().kind(), 0
}

// protocolOff returns the offset of the protocol: 2 in HDLC-like framing, else
// 0.
func (h PPP) protocolOff() int {
	if len(h.b) > 1 && h.b[0] == pppAddress && h.b[1] == pppControl {
		return 2
	}
	return 0
}

// HeaderLen returns the length of the header in bytes, 1 to 4.
func (h PPP) HeaderLen() int {
	off := h.protocolOff()
	if h.b[off]&1 != 0 { // compressed (RFC 1661 section 6.5)
		return off + 1
	}
	return off + 2
}

// Protocol returns the protocol of the payload.
func (h PPP) Protocol() PPPProtocol {
	off := h.protocolOff()
	if h.b[off]&1 != 0 {
		return PPPProtocol(h.b[off])
	}
	return PPPProtocol(binary.BigEndian.Uint16(h.b[off:]))
}

// Bytes returns the header and payload.
func (h PPP) Bytes() []byte { return h.b }

// Payload returns the frame's payload.
func (h PPP) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h PPP) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "0x%04x", uint16(h.Protocol())), nil
}
