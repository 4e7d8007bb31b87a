package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// IP over InfiniBand header as captured
// (https://www.tcpdump.org/linktypes.html, LINKTYPE_IPOIB): 20 bytes of padding
// or global routing header, 20 bytes of destination address, then EtherType and
// two reserved bytes (RFC 4391 section 6).
const (
	ipoibLen     = 44
	ipoibDstOff  = 20
	ipoibTypeOff = 40
)

// IPoIB is a view of an IP over InfiniBand packet (LINKTYPE_IPOIB of
// https://www.tcpdump.org/linktypes.html).
type IPoIB struct{ b []byte }

// ParseIPoIB checks that b begins with an IP over InfiniBand header and
// returns a view of it that aliases b. The error is Short.
func ParseIPoIB(b []byte) (IPoIB, error) {
	if len(b) < ipoibLen {
		return IPoIB{}, fail(KindIPoIB, wire.Short, b, ipoibLen)
	}
	return IPoIB{cut(b, len(b))}, nil
}

func stepIPoIB(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ipoibLen {
		return ipoibLen, 0, 0, wire.Short
	}
	return ipoibLen, len(b), IPoIB{b}.EtherType().kind(), 0
}

// Dst returns the destination's link-layer address (RFC 4391 section 9.1.1):
// flags, queue pair number and GID.
func (h IPoIB) Dst() []byte { return h.b[ipoibDstOff:ipoibTypeOff:ipoibTypeOff] }

// EtherType returns the type of the payload.
func (h IPoIB) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[ipoibTypeOff:])) }

// Bytes returns the header and payload.
func (h IPoIB) Bytes() []byte { return h.b }

// Payload returns the packet's payload.
func (h IPoIB) Payload() []byte { return h.b[ipoibLen:] }

// AppendText appends a short description to dst.
func (h IPoIB) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "> %x %v", h.Dst(), h.EtherType()), nil
}
