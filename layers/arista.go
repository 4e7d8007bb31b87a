package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Arista's vendor-specific header, after its EtherType: subtype, version, then
// for the timestamp subtype seconds, nanoseconds and an EtherType. The version
// gives the width of the seconds and, in its lowest four bits, the hardware.
const (
	aristaFixedLen  = 4
	aristaTimestamp = 1
	aristaSize      = 0x00f0 // in the version
	aristaSize64    = 0x0010 // 32 bits of seconds
	aristaSize48    = 0x0020 // 16 bits of seconds
)

// Arista is a view of an Arista timestamp header and its payload.
type Arista struct{ b []byte }

// ParseArista checks that b begins with an Arista timestamp header and returns
// a view of it that aliases b. The error is Short, or Malformed if the subtype
// or version is unknown.
func ParseArista(b []byte) (Arista, error) {
	if need, _, _, r := stepArista(b); r != 0 {
		return Arista{}, fail(KindArista, r, b, need)
	}
	return Arista{cut(b, len(b))}, nil
}

func stepArista(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < aristaFixedLen {
		return aristaFixedLen, 0, 0, wire.Short
	}
	h := Arista{b}
	n := h.timestampLen()
	if binary.BigEndian.Uint16(b) != aristaTimestamp || n == 0 {
		return 0, 0, 0, wire.Malformed
	}
	if hdr = aristaFixedLen + n + 2; len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	size, next = etherPayload(b, hdr, h.EtherType())
	return hdr, size, next, 0
}

// timestampLen returns the length of the timestamp in bytes, 0 if the version
// is unknown.
func (h Arista) timestampLen() int {
	switch h.Version() & aristaSize {
	case aristaSize64:
		return 8
	case aristaSize48:
		return 6
	}
	return 0
}

// Version returns the version of the timestamp.
func (h Arista) Version() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Timestamp returns the seconds, of which the header may hold only the lower 16
// bits, and the nanoseconds.
func (h Arista) Timestamp() (sec, nsec uint32) {
	if h.timestampLen() == 8 {
		return binary.BigEndian.Uint32(h.b[4:]), binary.BigEndian.Uint32(h.b[8:])
	}
	return uint32(binary.BigEndian.Uint16(h.b[4:])), binary.BigEndian.Uint32(h.b[6:])
}

// EtherType returns the type of the payload, or its length if at most 1500.
func (h Arista) EtherType() EtherType {
	return EtherType(binary.BigEndian.Uint16(h.b[aristaFixedLen+h.timestampLen():]))
}

// Bytes returns the header and payload.
func (h Arista) Bytes() []byte { return h.b }

// Payload returns the frame's payload.
func (h Arista) Payload() []byte { return h.b[aristaFixedLen+h.timestampLen()+2:] }

// AppendText appends a short description to dst.
func (h Arista) AppendText(dst []byte) ([]byte, error) {
	sec, nsec := h.Timestamp()
	return fmt.Appendf(dst, "%d.%09d %v", sec, nsec, h.EtherType()), nil
}
