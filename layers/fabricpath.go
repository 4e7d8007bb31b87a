package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Cisco FabricPath tag, after its EtherType: a 10-bit forwarding tag and a
// 6-bit time to live. The addresses before it are those of switches; the frame
// after it has its own.
const fabricPathLen = 2

// FabricPath is a view of a FabricPath tag and its Ethernet frame.
type FabricPath struct{ b []byte }

// ParseFabricPath checks that b begins with a FabricPath tag and returns a
// view of it that aliases b. The error is Short.
func ParseFabricPath(b []byte) (FabricPath, error) {
	if len(b) < fabricPathLen {
		return FabricPath{}, fail(KindFabricPath, wire.Short, b, fabricPathLen)
	}
	return FabricPath{cut(b, len(b))}, nil
}

func stepFabricPath(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < fabricPathLen {
		return fabricPathLen, 0, 0, wire.Short
	}
	return fabricPathLen, len(b), KindEthernet, 0
}

// FTag returns the forwarding tag.
func (h FabricPath) FTag() uint16 { return binary.BigEndian.Uint16(h.b) >> 6 }

// TTL returns the time to live.
func (h FabricPath) TTL() uint8 { return h.b[1] & 0x3f }

// Bytes returns the tag and payload.
func (h FabricPath) Bytes() []byte { return h.b }

// Payload returns the frame.
func (h FabricPath) Payload() []byte { return h.b[fabricPathLen:] }

// AppendText appends a short description to dst.
func (h FabricPath) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "ftag %d ttl %d", h.FTag(), h.TTL()), nil
}
