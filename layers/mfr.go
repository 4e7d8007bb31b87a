package layers

import (
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Multilink frame relay header (FRF.16.1 section 3.1.1): begin, end and control
// bits and a 12-bit sequence number, before a fragment of a frame.
const (
	mfrLen     = 2
	mfrBegin   = 0x80
	mfrEnd     = 0x40
	mfrControl = 0x20
)

// MFR is a view of a multilink frame relay header and its fragment (FRF.16.1
// section 3.1.1).
type MFR struct{ b []byte }

// ParseMFR checks that b begins with a multilink frame relay header and
// returns a view of it that aliases b. The error is Short.
func ParseMFR(b []byte) (MFR, error) {
	if len(b) < mfrLen {
		return MFR{}, fail(KindMFR, wire.Short, b, mfrLen)
	}
	return MFR{cut(b, len(b))}, nil
}

func stepMFR(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < mfrLen {
		return mfrLen, 0, 0, wire.Short
	}
	if b[0]&(mfrBegin|mfrEnd|mfrControl) == mfrBegin|mfrEnd {
		next = KindFrameRelay
	}
	return mfrLen, len(b), next, 0
}

// Begin reports whether the fragment is the first of a frame.
func (h MFR) Begin() bool { return h.b[0]&mfrBegin != 0 }

// End reports whether the fragment is the last of a frame.
func (h MFR) End() bool { return h.b[0]&mfrEnd != 0 }

// Control reports whether the payload is a link control message.
func (h MFR) Control() bool { return h.b[0]&mfrControl != 0 }

// Seq returns the sequence number of the fragment.
func (h MFR) Seq() uint16 { return uint16(h.b[0]>>1&0x0f)<<8 | uint16(h.b[1]) }

// Bytes returns the header and payload.
func (h MFR) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h MFR) Payload() []byte { return h.b[mfrLen:] }

// AppendText appends a short description to dst.
func (h MFR) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "seq %d", h.Seq()), nil
}
