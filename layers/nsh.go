package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Network service header (RFC 8300 section 2.2): version, flags and time to
// live, length in 4-byte units, metadata type, next protocol, 24-bit service
// path and index, metadata.
const (
	nshMinLen     = 8
	nshLengthMask = 0x3f
)

// nshKind returns the layer of a next protocol number (RFC 8300 section
// 11.2.5). VXLAN-GPE uses the same numbers (RFC 9803 section 3.2).
func nshKind(protocol uint8) Kind {
	switch protocol {
	case 1:
		return KindIPv4
	case 2:
		return KindIPv6
	case 3:
		return KindEthernet
	case 4:
		return KindNSH
	case 5:
		return KindMPLS
	}
	return KindPayload
}

// NSH is a view of a network service header and its payload (RFC 8300 section
// 2.2).
type NSH struct{ b []byte }

// ParseNSH checks that b begins with a network service header and returns a
// view of it that aliases b. The error is Short or Malformed.
func ParseNSH(b []byte) (NSH, error) {
	if need, _, _, r := stepNSH(b); r != 0 {
		return NSH{}, fail(KindNSH, r, b, need)
	}
	return NSH{cut(b, len(b))}, nil
}

func stepNSH(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < nshMinLen {
		return nshMinLen, 0, 0, wire.Short
	}
	hdr = NSH{b}.HeaderLen()
	if hdr < nshMinLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	return hdr, len(b), nshKind(b[3]), 0
}

// HeaderLen returns the length of the header with its metadata, in bytes.
func (h NSH) HeaderLen() int { return int(h.b[1]&nshLengthMask) * 4 }

// Protocol returns the next protocol: 1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5
// MPLS.
func (h NSH) Protocol() uint8 { return h.b[3] }

// PathID returns the service path identifier.
func (h NSH) PathID() uint32 { return binary.BigEndian.Uint32(h.b[4:]) >> 8 }

// Index returns the service index.
func (h NSH) Index() uint8 { return h.b[7] }

// Metadata returns the metadata: 16 bytes for type 1, variable-length elements
// for type 2.
func (h NSH) Metadata() []byte { return h.b[nshMinLen:h.HeaderLen():h.HeaderLen()] }

// Bytes returns the header and payload.
func (h NSH) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h NSH) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h NSH) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "path %d index %d", h.PathID(), h.Index()), nil
}
