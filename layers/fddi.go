package layers

import "github.com/sightline-go/sightline/layers/wire"

// FDDI header (ISO 9314-2): frame control, destination, source. The payload of
// an LLC frame begins with a logical link control header.
const (
	fddiLen      = 13
	fddiTypeMask = 0xf0
	fddiLLCAsync = 0x50
	fddiLLCSync  = 0xd0
)

// FDDI is a view of an FDDI frame (ISO 9314-2).
type FDDI struct{ b []byte }

// ParseFDDI checks that b begins with an FDDI header and returns a view of it
// that aliases b. The error is Short.
func ParseFDDI(b []byte) (FDDI, error) {
	if len(b) < fddiLen {
		return FDDI{}, fail(KindFDDI, wire.Short, b, fddiLen)
	}
	return FDDI{cut(b, len(b))}, nil
}

func stepFDDI(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < fddiLen {
		return fddiLen, 0, 0, wire.Short
	}
	if t := b[0] & fddiTypeMask; t == fddiLLCAsync || t == fddiLLCSync {
		next = KindLLC
	}
	return fddiLen, len(b), next, 0
}

// FrameControl returns the frame control field.
func (h FDDI) FrameControl() uint8 { return h.b[0] }

// Dst returns the destination address.
func (h FDDI) Dst() wire.MAC { return wire.MAC(h.b[1:]) }

// Src returns the source address.
func (h FDDI) Src() wire.MAC { return wire.MAC(h.b[7:]) }

// Bytes returns the header and payload.
func (h FDDI) Bytes() []byte { return h.b }

// Payload returns the frame's payload.
func (h FDDI) Payload() []byte { return h.b[fddiLen:] }

// AppendText appends a short description to dst.
func (h FDDI) AppendText(dst []byte) ([]byte, error) {
	dst = append(h.Src().AppendTo(dst), " > "...)
	return h.Dst().AppendTo(dst), nil
}
