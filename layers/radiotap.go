package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Radiotap header (https://www.radiotap.org): version, padding, length, bitmaps
// of the fields present, fields. All are little-endian, and each field is
// aligned to its size.
const (
	radiotapMinLen = 8
	radiotapTSFT   = 1 << 0
	radiotapFlags  = 1 << 1
	radiotapMore   = 1 << 31 // another bitmap follows
	radiotapHasFCS = 0x10    // in flags: the frame ends with its check sequence
	radiotapHasPad = 0x20    // in flags: the 802.11 header is padded to 4 bytes
)

// Radiotap is a view of a radiotap header and its 802.11 frame, without the
// frame's check sequence (https://www.radiotap.org).
type Radiotap struct{ b []byte }

// ParseRadiotap checks that b begins with a radiotap header and returns a view
// of it that aliases b. The error is Short or Malformed.
func ParseRadiotap(b []byte) (Radiotap, error) {
	need, size, _, r := stepRadiotap(b)
	if r != 0 {
		return Radiotap{}, fail(KindRadiotap, r, b, need)
	}
	return Radiotap{cut(b, size)}, nil
}

func stepRadiotap(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < radiotapMinLen {
		return radiotapMinLen, 0, 0, wire.Short
	}
	h := Radiotap{b}
	if hdr = h.HeaderLen(); hdr < radiotapMinLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	size = len(b)
	flags, _ := h.Flags()
	if flags&radiotapHasFCS != 0 {
		size = max(hdr, size-ethernetFCSLen)
	}
	next = KindWLAN
	if flags&radiotapHasPad != 0 {
		next = KindWLANPadded
	}
	return hdr, size, next, 0
}

// HeaderLen returns the length of the radiotap header in bytes.
func (h Radiotap) HeaderLen() int { return int(binary.LittleEndian.Uint16(h.b[2:])) }

// Present returns the first bitmap of the fields present.
func (h Radiotap) Present() uint32 { return binary.LittleEndian.Uint32(h.b[4:]) }

// Flags returns the flags field. It reports false if absent.
func (h Radiotap) Flags() (flags uint8, ok bool) {
	if h.Present()&radiotapFlags == 0 {
		return 0, false
	}
	hdr, off := h.b[:h.HeaderLen()], 4
	for more := true; more; off += 4 {
		if off+4 > len(hdr) {
			return 0, false
		}
		more = binary.LittleEndian.Uint32(hdr[off:])&radiotapMore != 0
	}
	if h.Present()&radiotapTSFT != 0 {
		off = (off+7)/8*8 + 8
	}
	if off >= len(hdr) {
		return 0, false
	}
	return hdr[off], true
}

// Bytes returns the header and frame.
func (h Radiotap) Bytes() []byte { return h.b }

// Payload returns the frame.
func (h Radiotap) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h Radiotap) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "present 0x%08x", h.Present()), nil
}
