package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Backbone service instance tag (IEEE 802.1Q clause 9.7, formerly 802.1ah),
// after its EtherType: priority, flags, 24-bit service identifier. The
// customer's frame follows.
const iTagLen = 4

// ITag is a view of a backbone service instance tag and the customer's frame
// (IEEE 802.1Q clause 9.7).
type ITag struct{ b []byte }

// ParseITag checks that b begins with a service instance tag and returns a
// view of it that aliases b. The error is Short.
func ParseITag(b []byte) (ITag, error) {
	if len(b) < iTagLen {
		return ITag{}, fail(KindITag, wire.Short, b, iTagLen)
	}
	return ITag{cut(b, len(b))}, nil
}

func stepITag(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < iTagLen {
		return iTagLen, 0, 0, wire.Short
	}
	return iTagLen, len(b), KindEthernet, 0
}

// Priority returns the priority code point, 0 to 7.
func (h ITag) Priority() uint8 { return h.b[0] >> 5 }

// SID returns the backbone service instance identifier.
func (h ITag) SID() uint32 { return binary.BigEndian.Uint32(h.b) & 0xffffff }

// Bytes returns the tag and payload.
func (h ITag) Bytes() []byte { return h.b }

// Payload returns the customer's frame.
func (h ITag) Payload() []byte { return h.b[iTagLen:] }

// AppendText appends a short description to dst.
func (h ITag) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "sid %d", h.SID()), nil
}
