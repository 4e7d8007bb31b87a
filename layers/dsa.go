package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Distributed Switch Architecture header of Marvell switches
// (https://www.tcpdump.org/linktypes/LINKTYPE_DSA_TAG_DSA.html and
// LINKTYPE_DSA_TAG_EDSA.html): Ethernet addresses, in the EDSA form an
// EtherType and two reserved bytes, the tag, the EtherType.
const (
	dsaLen    = 18
	edsaLen   = 22
	dsaTagLen = 4
)

// DSA is a view of an Ethernet frame with a DSA tag (LINKTYPE_DSA_TAG_DSA of
// https://www.tcpdump.org/linktypes.html).
type DSA struct {
	b   []byte
	hdr int
}

// ParseDSA checks that b begins with Ethernet addresses and a DSA tag, and
// returns a view of the frame that aliases b. The error is Short.
func ParseDSA(b []byte) (DSA, error) { return parseDSA(b, dsaLen) }

// ParseEDSA is ParseDSA for a tag after an EtherType (LINKTYPE_DSA_TAG_EDSA).
func ParseEDSA(b []byte) (DSA, error) { return parseDSA(b, edsaLen) }

func parseDSA(b []byte, hdr int) (DSA, error) {
	need, size, _, r := stepSwitchTag(b, hdr)
	if r != 0 {
		return DSA{}, fail(KindDSA, r, b, need)
	}
	return DSA{cut(b, size), hdr}, nil
}

// Dst returns the destination address.
func (h DSA) Dst() wire.MAC { return wire.MAC(h.b) }

// Src returns the source address.
func (h DSA) Src() wire.MAC { return wire.MAC(h.b[6:]) }

// Tag returns the four bytes of the tag.
func (h DSA) Tag() uint32 { return binary.BigEndian.Uint32(h.b[h.hdr-2-dsaTagLen:]) }

// Device returns the number of the switch.
func (h DSA) Device() uint8 { return uint8(h.Tag() >> 24 & 0x1f) }

// Port returns the number of the switch's port.
func (h DSA) Port() uint8 { return uint8(h.Tag() >> 19 & 0x1f) }

// VLAN returns the VLAN identifier.
func (h DSA) VLAN() uint16 { return uint16(h.Tag() & 0x0fff) }

// EtherType returns the type of the payload, or its length if at most 1500.
func (h DSA) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[h.hdr-2:])) }

// Bytes returns the header and payload.
func (h DSA) Bytes() []byte { return h.b }

// Payload returns the frame's payload.
func (h DSA) Payload() []byte { return h.b[h.hdr:] }

// AppendText appends a short description to dst.
func (h DSA) AppendText(dst []byte) ([]byte, error) {
	dst = append(h.Src().AppendTo(dst), " > "...)
	dst = h.Dst().AppendTo(dst)
	return fmt.Appendf(dst, " device %d port %d %v", h.Device(), h.Port(), h.EtherType()), nil
}
