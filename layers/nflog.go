package layers

import (
	"encoding/binary"
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/layers/wire"
)

// Linux netfilter log header
// (https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html): address family,
// version, resource, then elements of length, type and value, padded to 4
// bytes. The length includes its own four bytes and the type. Length and type
// are in the byte order of the capturing host.
const (
	nflogLen        = 4
	nflogElementLen = 4
	nflogPayload    = 9 // the element that holds the packet
	nflogIPv4       = 2
	nflogIPv6       = 10
)

// NFLOG is a view of a netfilter log record (LINKTYPE_NFLOG of
// https://www.tcpdump.org/linktypes.html).
type NFLOG struct{ b []byte }

// ParseNFLOG checks that b begins with a netfilter log header and well-formed
// elements up to the packet's, and returns a view of it that aliases b. The
// error is Short or Malformed.
func ParseNFLOG(b []byte) (NFLOG, error) {
	need, size, _, r := stepNFLOG(b)
	if r != 0 {
		return NFLOG{}, fail(KindNFLOG, r, b, need)
	}
	return NFLOG{cut(b, size)}, nil
}

func stepNFLOG(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < nflogLen {
		return nflogLen, 0, 0, wire.Short
	}
	h := NFLOG{b}
	for hdr = nflogLen; hdr < len(b); {
		if len(b) < hdr+nflogElementLen {
			return hdr + nflogElementLen, 0, 0, wire.Short
		}
		n, typ := int(h.uint16(b[hdr:])), h.uint16(b[hdr+2:])
		if n < nflogElementLen || hdr+n > maxHeaderLen {
			return 0, 0, 0, wire.Malformed
		}
		if typ == nflogPayload {
			return hdr + nflogElementLen, hdr + n, h.kind(), 0
		}
		hdr += (n + 3) / 4 * 4
	}
	if hdr > len(b) {
		return 0, 0, 0, wire.Short
	}
	return hdr, hdr, KindPayload, 0
}

func (h NFLOG) kind() Kind {
	switch h.Family() {
	case nflogIPv4:
		return KindIPv4
	case nflogIPv6:
		return KindIPv6
	}
	return KindPayload
}

// uint16 reads a number in the byte order in which the first element's length
// does not exceed the record.
func (h NFLOG) uint16(b []byte) uint16 {
	first := h.b[nflogLen:]
	if int(binary.LittleEndian.Uint16(first)) <= len(first) {
		return binary.LittleEndian.Uint16(b)
	}
	return binary.BigEndian.Uint16(b)
}

// Family returns the address family: 2 for IPv4, 10 for IPv6.
func (h NFLOG) Family() uint8 { return h.b[0] }

// Resource returns the resource identifier, which is the netfilter log group.
func (h NFLOG) Resource() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// An NFLOGElement is an element of a record. Value aliases the packet.
type NFLOGElement struct {
	Type  uint16 // 9 is the packet
	Value []byte
}

// Elements returns the elements, up to the first malformed one.
func (h NFLOG) Elements() iter.Seq[NFLOGElement] {
	return func(yield func(NFLOGElement) bool) {
		for b := h.b[nflogLen:]; len(b) >= nflogElementLen; {
			n := int(h.uint16(b))
			if n < nflogElementLen || n > len(b) || !yield(NFLOGElement{h.uint16(b[2:]), b[nflogElementLen:n:n]}) {
				return
			}
			b = b[min((n+3)/4*4, len(b)):]
		}
	}
}

// Bytes returns the record, up to the end of the packet.
func (h NFLOG) Bytes() []byte { return h.b }

// AppendText appends a short description to dst.
func (h NFLOG) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "family %d group %d", h.Family(), h.Resource()), nil
}
