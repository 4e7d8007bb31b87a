package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Headers of 802.11 drivers (https://www.tcpdump.org/linktypes.html,
// LINKTYPE_IEEE802_11_PRISM and LINKTYPE_IEEE802_11_AVS). Prism: message code
// and length in the byte order of the capturing host, and values. AVS: version
// and length, big-endian. Files of one link type may contain the other header.
const (
	prismMinLen = 8
	prismLen    = 144
	avsVersion  = 0x80211000
	avsMask     = 0xfffff000
)

// Prism is a view of a Prism or AVS header and its 802.11 frame
// (LINKTYPE_IEEE802_11_PRISM and _AVS of
// https://www.tcpdump.org/linktypes.html).
type Prism struct{ b []byte }

// ParsePrism checks that b begins with a Prism or AVS header and returns a
// view of it that aliases b. The error is Short or Malformed.
func ParsePrism(b []byte) (Prism, error) {
	if need, _, _, r := stepPrism(b); r != 0 {
		return Prism{}, fail(KindPrism, r, b, need)
	}
	return Prism{cut(b, len(b))}, nil
}

func stepPrism(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < prismMinLen {
		return prismMinLen, 0, 0, wire.Short
	}
	if hdr = (Prism{b}).HeaderLen(); hdr < prismMinLen || hdr > maxHeaderLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	return hdr, len(b), KindWLAN, 0
}

// IsAVS reports whether the header is an AVS header.
func (h Prism) IsAVS() bool { return binary.BigEndian.Uint32(h.b)&avsMask == avsVersion }

// HeaderLen returns the length of the header in bytes: 144 for Prism, the
// stated length for AVS.
func (h Prism) HeaderLen() int {
	if h.IsAVS() {
		return int(min(binary.BigEndian.Uint32(h.b[4:]), maxHeaderLen+1))
	}
	return prismLen
}

// Bytes returns the header and frame.
func (h Prism) Bytes() []byte { return h.b }

// Payload returns the frame.
func (h Prism) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h Prism) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "header %d", h.HeaderLen()), nil
}
