package layers

import (
	"encoding/binary"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// VXLAN header (RFC 7348 section 5): flags, reserved, 24-bit network
// identifier. The generic protocol extension (RFC 9803) uses a reserved byte
// for the next protocol, if a flag is set.
const (
	vxlanLen       = 8
	vxlanNextProto = 0x04
)

// VXLAN is a view of a VXLAN or VXLAN-GPE header and its payload (RFC 7348
// section 5; generic protocol extension: RFC 9803).
type VXLAN struct{ b []byte }

// ParseVXLAN checks that b begins with a VXLAN header and returns a view of it
// that aliases b. The error is Short.
func ParseVXLAN(b []byte) (VXLAN, error) {
	if len(b) < vxlanLen {
		return VXLAN{}, fail(KindVXLAN, wire.Short, b, vxlanLen)
	}
	return VXLAN{cut(b, len(b))}, nil
}

func stepVXLAN(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < vxlanLen {
		return vxlanLen, 0, 0, wire.Short
	}
	return vxlanLen, len(b), KindEthernet, 0
}

func stepVXLANGPE(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < vxlanLen {
		return vxlanLen, 0, 0, wire.Short
	}
	if b[0]&vxlanNextProto == 0 {
		return vxlanLen, len(b), KindEthernet, 0
	}
	return vxlanLen, len(b), nshKind(b[3]), 0
}

// Flags returns the first byte. 0x08 means that VNI is valid.
func (h VXLAN) Flags() uint8 { return h.b[0] }

// VNI returns the network identifier.
func (h VXLAN) VNI() uint32 { return binary.BigEndian.Uint32(h.b[4:]) >> 8 }

// Bytes returns the header and payload.
func (h VXLAN) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h VXLAN) Payload() []byte { return h.b[vxlanLen:] }

// AppendText appends a short description to dst.
func (h VXLAN) AppendText(dst []byte) ([]byte, error) {
	return strconv.AppendUint(append(dst, "vni "...), uint64(h.VNI()), 10), nil
}
