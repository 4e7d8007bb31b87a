package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// WCCP redirect header (draft-mclaggan-wccp-v2rev1 section 4.12.1), between GRE
// and the redirected IPv4 packet: flags, service, alternative bucket, primary
// bucket.
const wccpLen = 4

// WCCP is a view of a WCCP redirect header and the redirected packet
// (draft-mclaggan-wccp-v2rev1 section 4.12.1).
type WCCP struct{ b []byte }

// ParseWCCP checks that b begins with a redirect header and returns a view of
// it that aliases b. The error is Short.
func ParseWCCP(b []byte) (WCCP, error) {
	if len(b) < wccpLen {
		return WCCP{}, fail(KindWCCP, wire.Short, b, wccpLen)
	}
	return WCCP{cut(b, len(b))}, nil
}

func stepWCCP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < wccpLen {
		return wccpLen, 0, 0, wire.Short
	}
	return wccpLen, len(b), KindIPv4, 0
}

// Flags returns the first byte: 0x80 for a dynamic service, 0x40 if the
// alternative bucket was used.
func (h WCCP) Flags() uint8 { return h.b[0] }

// Service returns the service identifier.
func (h WCCP) Service() uint8 { return h.b[1] }

// Buckets returns the alternative and the primary bucket index.
func (h WCCP) Buckets() (alternative, primary uint8) {
	return h.b[2], h.b[3]
}

// Bytes returns the header and payload.
func (h WCCP) Bytes() []byte { return h.b }

// Payload returns the redirected packet.
func (h WCCP) Payload() []byte { return h.b[wccpLen:] }

// AppendText appends a short description to dst.
func (h WCCP) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "service %d bucket %d", h.Service(), binary.BigEndian.Uint16(h.b[2:])&0xff), nil
}
