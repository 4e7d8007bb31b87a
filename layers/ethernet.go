package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// Ethernet header (IEEE 802.3 clause 3): destination, source, and a field that
// is an EtherType if at least 1536 and a length if at most 1500.
const (
	ethernetLen      = 14
	minEtherType     = 0x0600
	maxEthernetFrame = 1500
)

// Ethernet is a view of an Ethernet frame, header and payload, without the
// frame check sequence (IEEE 802.3 clause 3). If the frame has a length instead
// of an EtherType, the payload ends there. [ParseEthernet] and
// [Packet.Ethernet] return one.
type Ethernet struct{ b []byte }

// ParseEthernet checks that b begins with an Ethernet header and returns a
// view of it that aliases b. The error is Short.
func ParseEthernet(b []byte) (Ethernet, error) {
	need, size, _, r := stepEthernet(b)
	if r != 0 {
		return Ethernet{}, fail(KindEthernet, r, b, need)
	}
	return Ethernet{cut(b, size)}, nil
}

func stepEthernet(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ethernetLen {
		return ethernetLen, 0, 0, wire.Short
	}
	t := Ethernet{b}.EtherType()
	if t < minEtherType && isISL(b) {
		return ethernetLen, islSize(b), KindISL, 0
	}
	size, next = etherPayload(b, ethernetLen, t)
	return ethernetLen, size, next, 0
}

// etherPayload returns the length of the layer in b, which begins with a header
// of hdr bytes, and the next kind, for the EtherType or length t.
func etherPayload(b []byte, hdr int, t EtherType) (size int, next Kind) {
	if t <= maxEthernetFrame {
		return hdr + int(t), lengthKind(cut(b[hdr:], int(t)))
	}
	return len(b), t.kind()
}

// lengthKind returns the kind of the payload of a frame with a length instead
// of an EtherType: logical link control, except in Novell's raw 802.3 frames.
func lengthKind(b []byte) Kind {
	if len(b) < llcMinLen || b[0] == 0xff && b[1] == 0xff {
		return KindPayload
	}
	return KindLLC
}

// Dst returns the destination address.
func (h Ethernet) Dst() wire.MAC { return wire.MAC(h.b) }

// Src returns the source address.
func (h Ethernet) Src() wire.MAC { return wire.MAC(h.b[6:]) }

// EtherType returns the type of the payload, or its length if at most 1500.
func (h Ethernet) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[12:])) }

// Bytes returns the header and payload.
func (h Ethernet) Bytes() []byte { return h.b }

// Payload returns the frame's payload, padding included.
func (h Ethernet) Payload() []byte { return h.b[ethernetLen:] }

// AppendText appends a short description to dst.
func (h Ethernet) AppendText(dst []byte) ([]byte, error) {
	dst = h.Src().AppendTo(dst)
	dst = append(dst, " > "...)
	dst = h.Dst().AppendTo(dst)
	return append(append(dst, ' '), h.EtherType().String()...), nil
}

// cut returns the first size bytes of b, or all of b if it is shorter, with
// capacity limited so that append cannot overwrite the rest.
func cut(b []byte, size int) []byte {
	size = min(size, len(b))
	return b[:size:size]
}
