package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Juniper capture header (https://www.tcpdump.org/linktypes.html,
// LINKTYPE_JUNIPER_ETHER and others): magic number, flags, and if a flag is
// set, the length of extensions and the extensions. The link type determines
// the payload.
const (
	juniperMagic  = 0x4d4743
	juniperLen    = 4
	juniperExtLen = 2
	juniperHasExt = 0x80
	juniperNoL2   = 0x02 // the packet has no link-layer header
)

// Juniper is a view of a Juniper header and its packet (LINKTYPE_JUNIPER_ETHER
// and others of https://www.tcpdump.org/linktypes.html).
type Juniper struct{ b []byte }

// ParseJuniper checks that b begins with a Juniper header and returns a view
// of it that aliases b. The error is Short or Malformed.
func ParseJuniper(b []byte) (Juniper, error) {
	if need, _, _, r := stepJuniper(b, KindPayload); r != 0 {
		return Juniper{}, fail(KindJuniperEthernet, r, b, need)
	}
	return Juniper{cut(b, len(b))}, nil
}

// stepJuniper decodes a header whose packet begins with link.
func stepJuniper(b []byte, link Kind) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < juniperLen {
		return juniperLen, 0, 0, wire.Short
	}
	if binary.BigEndian.Uint32(b)>>8 != juniperMagic {
		return 0, 0, 0, wire.Malformed
	}
	h := Juniper{b}
	if h.Flags()&juniperHasExt != 0 && len(b) < juniperLen+juniperExtLen {
		return 0, 0, 0, wire.Short
	}
	if hdr = h.HeaderLen(); hdr > maxHeaderLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	if h.Flags()&juniperNoL2 == 0 {
		next = link
	}
	return hdr, len(b), next, 0
}

// Flags returns the flags: 0x01 incoming, 0x02 no link-layer header, 0x80
// extensions.
func (h Juniper) Flags() uint8 { return h.b[3] }

// HeaderLen returns the length of the header with its extensions, in bytes.
func (h Juniper) HeaderLen() int {
	if h.Flags()&juniperHasExt == 0 {
		return juniperLen
	}
	return juniperLen + juniperExtLen + int(binary.BigEndian.Uint16(h.b[juniperLen:]))
}

// Bytes returns the header and packet.
func (h Juniper) Bytes() []byte { return h.b }

// Payload returns the packet.
func (h Juniper) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h Juniper) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "flags 0x%02x", h.Flags()), nil
}
