package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Tags that switches insert, with their own EtherType, between the addresses
// and the EtherType of the payload.
const (
	vnTagLen = 6 // Cisco VN-Tag: four bytes and EtherType
	eTagLen  = 8 // IEEE 802.1BR clause 7.5: six bytes and EtherType
)

// SwitchTag is a view of a VN-Tag or an E-Tag, without the EtherType that
// announces it, and its payload (E-Tag: IEEE 802.1BR clause 7.5).
type SwitchTag struct {
	b   []byte
	hdr int
}

// ParseVNTag checks that b begins with a Cisco VN-Tag and returns a view of it
// that aliases b. The error is Short.
func ParseVNTag(b []byte) (SwitchTag, error) { return parseSwitchTag(b, vnTagLen) }

// ParseETag checks that b begins with an IEEE 802.1BR E-Tag and returns a view
// of it that aliases b. The error is Short.
func ParseETag(b []byte) (SwitchTag, error) { return parseSwitchTag(b, eTagLen) }

func parseSwitchTag(b []byte, hdr int) (SwitchTag, error) {
	if need, _, _, r := stepSwitchTag(b, hdr); r != 0 {
		return SwitchTag{}, fail(KindVNTag, r, b, need)
	}
	return SwitchTag{cut(b, len(b)), hdr}, nil
}

func stepSwitchTag(b []byte, fixed int) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < fixed {
		return fixed, 0, 0, wire.Short
	}
	size, next = etherPayload(b, fixed, EtherType(binary.BigEndian.Uint16(b[fixed-2:])))
	return fixed, size, next, 0
}

// Tag returns the tag without the EtherType after it.
func (h SwitchTag) Tag() []byte { return h.b[: h.hdr-2 : h.hdr-2] }

// EtherType returns the type of the payload, or its length if at most 1500.
func (h SwitchTag) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[h.hdr-2:])) }

// Bytes returns the tag and payload.
func (h SwitchTag) Bytes() []byte { return h.b }

// Payload returns the tagged frame's payload.
func (h SwitchTag) Payload() []byte { return h.b[h.hdr:] }

// AppendText appends a short description to dst.
func (h SwitchTag) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%x %v", h.Tag(), h.EtherType()), nil
}
