package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// CAPWAP header (RFC 5415 section 4.3): a preamble of version and type, then
// length in 4-byte units, radio, wireless binding, flags, fragment ID and
// offset, and the radio address and wireless information that flags announce.
// Preamble type 1 means that DTLS follows (section 4.2).
const (
	capwapMinLen   = 8
	capwapDTLSLen  = 4
	capwapDTLS     = 1
	capwapNative   = 0x0100 // T: a frame of the wireless network, not IEEE 802.3
	capwapFragment = 0x0080 // F
	capwapKeep     = 0x0008 // K: a keep-alive
	capwapWLAN     = 1      // the wireless binding is IEEE 802.11
)

// CAPWAP is a view of a packet of the CAPWAP data channel (RFC 5415 section
// 4.3).
type CAPWAP struct{ b []byte }

// ParseCAPWAP checks that b begins with a CAPWAP header and returns a view of
// the packet that aliases b. The error is Short or Malformed.
func ParseCAPWAP(b []byte) (CAPWAP, error) {
	if need, _, _, r := stepCAPWAP(b); r != 0 {
		return CAPWAP{}, fail(KindCAPWAP, r, b, need)
	}
	return CAPWAP{cut(b, len(b))}, nil
}

func stepCAPWAP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < capwapDTLSLen {
		return capwapDTLSLen, 0, 0, wire.Short
	}
	h := CAPWAP{b}
	if h.IsDTLS() {
		return capwapDTLSLen, len(b), KindPayload, 0
	}
	if hdr = h.HeaderLen(); hdr < capwapMinLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	switch flags := h.flags(); {
	case flags&(capwapFragment|capwapKeep) != 0 || len(b) == hdr:
	case flags&capwapNative == 0:
		next = KindEthernet
	case h.Wireless() == capwapWLAN:
		next = capwapWLANKind(b[hdr:])
	}
	return hdr, len(b), next, 0
}

// capwapWLANKind returns the kind of an 802.11 frame. Controllers of Cisco swap
// the bytes of frame control: then the direction is in place of the version.
func capwapWLANKind(b []byte) Kind {
	if len(b) > 1 && b[0]&wlanVersion != 0 && b[1]&wlanVersion == 0 {
		return KindWLANSwapped
	}
	return KindWLAN
}

func (h CAPWAP) flags() uint16 { return binary.BigEndian.Uint16(h.b[2:]) & 0x01ff }

// IsDTLS reports whether DTLS follows the first four bytes.
func (h CAPWAP) IsDTLS() bool { return h.b[0]&0x0f == capwapDTLS }

// HeaderLen returns the length of the header in bytes.
func (h CAPWAP) HeaderLen() int {
	if h.IsDTLS() {
		return capwapDTLSLen
	}
	return int(h.b[1]>>3) * 4
}

// Radio returns the number of the radio, 1 to 31.
func (h CAPWAP) Radio() uint8 { return uint8(binary.BigEndian.Uint16(h.b[1:]) >> 6 & 0x1f) }

// Wireless returns the wireless binding. 1 is IEEE 802.11.
func (h CAPWAP) Wireless() uint8 { return h.b[2] >> 1 & 0x1f }

// IsFragment reports whether the payload is a fragment of a frame.
func (h CAPWAP) IsFragment() bool { return !h.IsDTLS() && h.flags()&capwapFragment != 0 }

// Bytes returns the header and payload.
func (h CAPWAP) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h CAPWAP) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h CAPWAP) AppendText(dst []byte) ([]byte, error) {
	if h.IsDTLS() {
		return append(dst, "DTLS"...), nil
	}
	return fmt.Appendf(dst, "radio %d", h.Radio()), nil
}
