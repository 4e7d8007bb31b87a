package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// A-MSDU subframe header (IEEE 802.11-2020 clause 9.3.2.2.2): destination,
// source and length of the payload, like Ethernet with a length.
const amsduLen = 14

// AMSDU is a view of one subframe of an A-MSDU, cut to its length (IEEE
// 802.11-2020 clause 9.3.2.2.2).
type AMSDU struct{ b []byte }

// ParseAMSDU checks that b begins with a subframe and returns a view of it
// that aliases b. The error is Short.
func ParseAMSDU(b []byte) (AMSDU, error) {
	need, size, _, r := stepAMSDU(b)
	if r != 0 {
		return AMSDU{}, fail(KindAMSDU, r, b, need)
	}
	return AMSDU{cut(b, size)}, nil
}

func stepAMSDU(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < amsduLen {
		return amsduLen, 0, 0, wire.Short
	}
	return amsduLen, amsduLen + int(binary.BigEndian.Uint16(b[12:])), KindLLC, 0
}

// Dst returns the destination address.
func (h AMSDU) Dst() wire.MAC { return wire.MAC(h.b) }

// Src returns the source address.
func (h AMSDU) Src() wire.MAC { return wire.MAC(h.b[6:]) }

// Bytes returns the header and payload.
func (h AMSDU) Bytes() []byte { return h.b }

// Payload returns the subframe's payload.
func (h AMSDU) Payload() []byte { return h.b[amsduLen:] }

// AppendText appends a short description to dst.
func (h AMSDU) AppendText(dst []byte) ([]byte, error) {
	dst = append(h.Src().AppendTo(dst), " > "...)
	return h.Dst().AppendTo(dst), nil
}
