package layers

import (
	"encoding/binary"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// PIM message (RFC 7761 section 4.9): version and type, reserved, checksum. A
// Register message (section 4.9.3) adds flags and a multicast packet.
const (
	pimLen         = 4
	pimRegisterLen = 8
	pimVersion     = 2
	pimRegister    = 1
)

// PIM is a view of a PIM message (RFC 7761 section 4.9).
type PIM struct{ b []byte }

// ParsePIM checks that b begins with a PIM header, or a Register header, and
// returns a view of the message that aliases b. The error is Short.
func ParsePIM(b []byte) (PIM, error) {
	if need, _, _, r := stepPIM(b); r != 0 {
		return PIM{}, fail(KindPIM, r, b, need)
	}
	return PIM{cut(b, len(b))}, nil
}

func stepPIM(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < pimLen {
		return pimLen, 0, 0, wire.Short
	}
	h := PIM{b}
	if hdr = h.HeaderLen(); len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	if hdr == pimRegisterLen && len(b) > hdr {
		switch b[hdr] >> 4 {
		case 4:
			next = KindIPv4
		case 6:
			next = KindIPv6
		}
	}
	return hdr, len(b), next, 0
}

// HeaderLen returns the length of the header in bytes: 8 for a Register, else
// 4.
func (h PIM) HeaderLen() int {
	if h.Version() == pimVersion && h.Type() == pimRegister {
		return pimRegisterLen
	}
	return pimLen
}

// Version returns the version, 2 in current use.
func (h PIM) Version() uint8 { return h.b[0] >> 4 }

// Type returns the message type: 0 Hello, 1 Register, 2 Register-Stop, 3
// Join/Prune, 4 Bootstrap, 5 Assert.
func (h PIM) Type() uint8 { return h.b[0] & 0x0f }

// Checksum returns the checksum field.
func (h PIM) Checksum() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Bytes returns the message.
func (h PIM) Bytes() []byte { return h.b }

// Payload returns the bytes after the header: for a Register, the multicast
// packet.
func (h PIM) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h PIM) AppendText(dst []byte) ([]byte, error) {
	return strconv.AppendUint(append(dst, "type "...), uint64(h.Type()), 10), nil
}
