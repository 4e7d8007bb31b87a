package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// MAC security tag (IEEE 802.1AE clause 9), after its EtherType: flags and
// association number, short length, packet number, optional channel identifier.
// The protected data begins with an EtherType and is readable if two flags are
// clear. A check value follows it.
const (
	macsecMinLen  = 6
	macsecSCILen  = 8
	macsecICVLen  = 16
	macsecHasSCI  = 0x20
	macsecChanged = 0x0c // E and C: encrypted or changed
)

// MACsec is a view of a MAC security tag and the protected data, without the
// check value if the data is readable (IEEE 802.1AE clause 9).
type MACsec struct{ b []byte }

// ParseMACsec checks that b begins with a MAC security tag and returns a view
// of it that aliases b. The error is Short.
func ParseMACsec(b []byte) (MACsec, error) {
	need, size, _, r := stepMACsec(b)
	if r != 0 {
		return MACsec{}, fail(KindMACsec, r, b, need)
	}
	return MACsec{cut(b, size)}, nil
}

func stepMACsec(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < macsecMinLen {
		return macsecMinLen, 0, 0, wire.Short
	}
	h := MACsec{b}
	if hdr = h.HeaderLen(); len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	if !h.IsClear() {
		return hdr, len(b), KindPayload, 0
	}
	if size = max(hdr, len(b)-macsecICVLen); h.ShortLen() > 0 {
		size = max(hdr, hdr-2+h.ShortLen())
	}
	return hdr, size, h.EtherType().kind(), 0
}

// HeaderLen returns the length of the tag in bytes, including the EtherType
// after it if the data is readable.
func (h MACsec) HeaderLen() int {
	n := macsecMinLen
	if h.b[0]&macsecHasSCI != 0 {
		n += macsecSCILen
	}
	if h.IsClear() {
		n += 2
	}
	return n
}

// IsClear reports whether the protected data is readable, neither encrypted nor
// changed.
func (h MACsec) IsClear() bool { return h.b[0]&macsecChanged == 0 }

// ShortLen returns the length of the protected data in bytes if less than 48,
// else 0.
func (h MACsec) ShortLen() int { return int(h.b[1] & 0x3f) }

// PacketNumber returns the packet number, or its lower half if extended.
func (h MACsec) PacketNumber() uint32 { return binary.BigEndian.Uint32(h.b[2:]) }

// EtherType returns the type of the protected data, 0 if it is not readable.
func (h MACsec) EtherType() EtherType {
	if !h.IsClear() {
		return 0
	}
	return EtherType(binary.BigEndian.Uint16(h.b[h.HeaderLen()-2:]))
}

// Bytes returns the tag and payload.
func (h MACsec) Bytes() []byte { return h.b }

// Payload returns the protected data.
func (h MACsec) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h MACsec) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "number %d clear %v", h.PacketNumber(), h.IsClear()), nil
}
