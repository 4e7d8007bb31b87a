package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// Per-packet information header (https://www.tcpdump.org/linktypes.html,
// LINKTYPE_PPI): version, flags, length of header and fields, link type of the
// packet; then fields of type, length and data. All fields are little-endian.
const (
	ppiLen         = 8
	ppiFieldLen    = 4
	ppiCommon      = 2 // the 802.11-Common field
	ppiCommonFlags = 8 // offset of the flags in its data
	ppiHasFCS      = 1 // in these flags
)

// PPI is a view of a per-packet information header and its packet (LINKTYPE_PPI
// of https://www.tcpdump.org/linktypes.html).
type PPI struct{ b []byte }

// ParsePPI checks that b begins with a per-packet information header and
// returns a view of it that aliases b. The error is Short or Malformed.
func ParsePPI(b []byte) (PPI, error) {
	need, size, _, r := stepPPI(b)
	if r != 0 {
		return PPI{}, fail(KindPPI, r, b, need)
	}
	return PPI{cut(b, size)}, nil
}

func stepPPI(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ppiLen {
		return ppiLen, 0, 0, wire.Short
	}
	h := PPI{b}
	if hdr = h.HeaderLen(); hdr < ppiLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	size = len(b)
	if h.hasFCS() {
		size = max(hdr, size-ethernetFCSLen)
	}
	return hdr, size, linkKind(h.LinkType()), 0
}

// hasFCS reports whether the packet ends with a frame check sequence.
func (h PPI) hasFCS() bool {
	for b := h.b[ppiLen:h.HeaderLen()]; len(b) >= ppiFieldLen; {
		end := ppiFieldLen + int(binary.LittleEndian.Uint16(b[2:]))
		if end > len(b) {
			break
		}
		if binary.LittleEndian.Uint16(b) == ppiCommon && end >= ppiFieldLen+ppiCommonFlags+2 {
			return b[ppiFieldLen+ppiCommonFlags]&ppiHasFCS != 0
		}
		b = b[end:]
	}
	return false
}

// HeaderLen returns the length of header and fields in bytes.
func (h PPI) HeaderLen() int { return int(binary.LittleEndian.Uint16(h.b[2:])) }

// LinkType returns the link type of the packet.
func (h PPI) LinkType() pcap.LinkType { return pcap.LinkType(binary.LittleEndian.Uint32(h.b[4:])) }

// Bytes returns the header and packet.
func (h PPI) Bytes() []byte { return h.b }

// Payload returns the packet.
func (h PPI) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h PPI) AppendText(dst []byte) ([]byte, error) {
	return fmt.Append(dst, h.LinkType()), nil
}
