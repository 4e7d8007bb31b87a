package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Apple's header for IP over IEEE 1394 (https://www.tcpdump.org/linktypes.html,
// LINKTYPE_APPLE_IP_OVER_IEEE1394): destination and source EUI-64, EtherType.
const ieee1394Len = 18

// IEEE1394 is a view of an IP over IEEE 1394 packet
// (LINKTYPE_APPLE_IP_OVER_IEEE1394 of https://www.tcpdump.org/linktypes.html).
type IEEE1394 struct{ b []byte }

// ParseIEEE1394 checks that b begins with the header of IP over IEEE 1394 and
// returns a view of it that aliases b. The error is Short.
func ParseIEEE1394(b []byte) (IEEE1394, error) {
	if len(b) < ieee1394Len {
		return IEEE1394{}, fail(KindIEEE1394, wire.Short, b, ieee1394Len)
	}
	return IEEE1394{cut(b, len(b))}, nil
}

func stepIEEE1394(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ieee1394Len {
		return ieee1394Len, 0, 0, wire.Short
	}
	return ieee1394Len, len(b), IEEE1394{b}.EtherType().kind(), 0
}

// Dst returns the destination's EUI-64.
func (h IEEE1394) Dst() uint64 { return binary.BigEndian.Uint64(h.b) }

// Src returns the source's EUI-64.
func (h IEEE1394) Src() uint64 { return binary.BigEndian.Uint64(h.b[8:]) }

// EtherType returns the type of the payload.
func (h IEEE1394) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[16:])) }

// Bytes returns the header and payload.
func (h IEEE1394) Bytes() []byte { return h.b }

// Payload returns the packet's payload.
func (h IEEE1394) Payload() []byte { return h.b[ieee1394Len:] }

// AppendText appends a short description to dst.
func (h IEEE1394) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%016x > %016x %v", h.Src(), h.Dst(), h.EtherType()), nil
}
