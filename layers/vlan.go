package layers

import (
	"encoding/binary"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// VLAN tag (IEEE 802.1Q clause 9.6): 3-bit priority, drop eligible indicator,
// 12-bit identifier, and the EtherType of the payload.
const vlanLen = 4

// VLAN is a view of a VLAN tag, without the EtherType that announces it, and
// its payload (IEEE 802.1Q clause 9.6). [ParseVLAN] and [Packet.VLAN] return
// one.
type VLAN struct{ b []byte }

// ParseVLAN checks that b begins with a VLAN tag (without the EtherType that
// announces it) and returns a view of it that aliases b. The error is Short.
func ParseVLAN(b []byte) (VLAN, error) {
	need, size, _, r := stepVLAN(b)
	if r != 0 {
		return VLAN{}, fail(KindVLAN, r, b, need)
	}
	return VLAN{cut(b, size)}, nil
}

func stepVLAN(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < vlanLen {
		return vlanLen, 0, 0, wire.Short
	}
	size, next = etherPayload(b, vlanLen, VLAN{b}.EtherType())
	return vlanLen, size, next, 0
}

// Priority returns the priority code point, 0 to 7.
func (h VLAN) Priority() uint8 { return h.b[0] >> 5 }

// DropEligible returns the drop eligible indicator.
func (h VLAN) DropEligible() bool { return h.b[0]&0x10 != 0 }

// ID returns the VLAN identifier, 0 to 4095.
func (h VLAN) ID() uint16 { return binary.BigEndian.Uint16(h.b) & 0x0fff }

// EtherType returns the type of the payload, or its length if at most 1500.
func (h VLAN) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[2:])) }

// Bytes returns the tag and payload.
func (h VLAN) Bytes() []byte { return h.b }

// Payload returns the tagged frame's payload.
func (h VLAN) Payload() []byte { return h.b[vlanLen:] }

// AppendText appends a short description to dst.
func (h VLAN) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, "id "...)
	return strconv.AppendUint(dst, uint64(h.ID()), 10), nil
}
