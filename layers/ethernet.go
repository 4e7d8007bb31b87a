package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// Ethernet header (IEEE 802.3 clause 3): destination, source, and a word that
// is an EtherType from 1536 up and a length up to 1500.
const (
	ethernetLen      = 14
	minEtherType     = 0x0600
	maxEthernetFrame = 1500
)

// Ethernet is a view of an Ethernet frame, header and payload, without frame
// check sequence (IEEE 802.3 clause 3). ParseEthernet or a Packet makes it. In
// a frame with a length instead of an EtherType the payload is cut to that
// length.
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
	size, next = etherPayload(b, ethernetLen, Ethernet{b}.EtherType())
	return ethernetLen, size, next, 0
}

// etherPayload returns how many bytes of b, which begins with a header of hdr
// bytes, belong to the layer, and what follows by the EtherType or length t.
func etherPayload(b []byte, hdr int, t EtherType) (size int, next Kind) {
	if t <= maxEthernetFrame {
		return hdr + int(t), lengthKind(cut(b[hdr:], int(t)))
	}
	return len(b), t.kind()
}

// lengthKind returns what a frame with a length instead of an EtherType
// carries: logical link control, but for a way of Novell's to leave it out.
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

// EtherType returns the type field, which is a length when it is at most 1500.
func (h Ethernet) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[12:])) }

// Bytes returns header and payload.
func (h Ethernet) Bytes() []byte { return h.b }

// Payload returns what the frame carries, padding included.
func (h Ethernet) Payload() []byte { return h.b[ethernetLen:] }

// AppendText appends a short description to dst.
func (h Ethernet) AppendText(dst []byte) ([]byte, error) {
	dst = h.Src().AppendTo(dst)
	dst = append(dst, " > "...)
	dst = h.Dst().AppendTo(dst)
	return append(append(dst, ' '), h.EtherType().String()...), nil
}

// cut returns the first size bytes of b, or all when it has fewer, with no
// room to append into what follows.
func cut(b []byte, size int) []byte {
	size = min(size, len(b))
	return b[:size:size]
}
