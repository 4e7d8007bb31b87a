package layers

import (
	"encoding/binary"
	"iter"

	"github.com/sightline-go/sightline/layers/wire"
)

// IPv6 extension headers (RFC 8200 section 4, RFC 6275 section 6.1): the next
// protocol, and the length in 8-byte units after the first 8 bytes. The
// fragment header is always 8 bytes long.
const (
	ipv6ExtUnit     = 8
	ipv6FragmentLen = 8
)

// isIPv6Ext reports whether k is a header that may follow an IPv6 header and
// precede its payload.
func (k Kind) isIPv6Ext() bool {
	switch k {
	case KindIPv6HopByHop, KindIPv6Routing, KindIPv6Destination, KindIPv6Fragment, KindIPv6Mobility, KindAH:
		return true
	}
	return false
}

// IPv6Ext is a view of a hop-by-hop options, routing, destination options or
// mobility header and its payload (RFC 8200 section 4).
type IPv6Ext struct{ b []byte }

// ParseIPv6Ext checks that b begins with an extension header in the common
// format and returns a view of it that aliases b. The error is Short.
func ParseIPv6Ext(b []byte) (IPv6Ext, error) {
	need, size, _, r := stepIPv6Ext(b)
	if r != 0 {
		return IPv6Ext{}, fail(KindIPv6HopByHop, r, b, need)
	}
	return IPv6Ext{cut(b, size)}, nil
}

func stepIPv6Ext(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ipv6ExtUnit {
		return ipv6ExtUnit, 0, 0, wire.Short
	}
	hdr = IPv6Ext{b}.HeaderLen()
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	return hdr, len(b), IPProto(b[0]).kind(), 0
}

// NextHeader returns the protocol of the payload.
func (h IPv6Ext) NextHeader() IPProto { return IPProto(h.b[0]) }

// HeaderLen returns the length of the header in bytes.
func (h IPv6Ext) HeaderLen() int { return (int(h.b[1]) + 1) * ipv6ExtUnit }

// Options returns the options of a hop-by-hop or destination options header
// (RFC 8200 section 4.2), up to the first malformed one. It skips padding.
func (h IPv6Ext) Options() iter.Seq[Option] {
	return func(yield func(Option) bool) {
		for b := h.b[2:h.HeaderLen()]; len(b) > 0; {
			if b[0] == 0 { // Pad1 has no length
				b = b[1:]
				continue
			}
			if len(b) < 2 || int(b[1])+2 > len(b) {
				return
			}
			end := int(b[1]) + 2
			if b[0] != 1 && !yield(Option{b[0], b[2:end:end]}) {
				return
			}
			b = b[end:]
		}
	}
}

// finalDst returns the final destination in a routing header: the last address
// of types 0 (RFC 5095) and 2 (RFC 6275), the first of a segment routing header
// (RFC 8754). It returns nil for other types and if no segments are left.
func (h IPv6Ext) finalDst() []byte {
	b := h.b[:h.HeaderLen()]
	if b[3] == 0 || len(b) < ipv6ExtUnit+16 {
		return nil
	}
	switch b[2] {
	case 0, 2:
		return b[ipv6ExtUnit+(len(b)-ipv6ExtUnit)/16*16-16:][:16]
	case 4:
		return b[ipv6ExtUnit:][:16]
	}
	return nil
}

// Bytes returns the header and payload.
func (h IPv6Ext) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h IPv6Ext) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h IPv6Ext) AppendText(dst []byte) ([]byte, error) {
	return append(append(dst, "next "...), h.NextHeader().String()...), nil
}

// IPv6Fragment is a view of a fragment header and its fragment (RFC 8200
// section 4.5).
type IPv6Fragment struct{ b []byte }

// ParseIPv6Fragment checks that b begins with a fragment header and returns a
// view of it that aliases b. The error is Short.
func ParseIPv6Fragment(b []byte) (IPv6Fragment, error) {
	if len(b) < ipv6FragmentLen {
		return IPv6Fragment{}, fail(KindIPv6Fragment, wire.Short, b, ipv6FragmentLen)
	}
	return IPv6Fragment{cut(b, len(b))}, nil
}

func stepIPv6Fragment(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ipv6FragmentLen {
		return ipv6FragmentLen, 0, 0, wire.Short
	}
	if h := (IPv6Fragment{b}); h.FragmentOffset() == 0 {
		next = h.NextHeader().kind()
	}
	return ipv6FragmentLen, len(b), next, 0
}

// NextHeader returns the protocol at the start of the datagram's fragmentable
// part.
func (h IPv6Fragment) NextHeader() IPProto { return IPProto(h.b[0]) }

// FragmentOffset returns the offset of the payload in the fragmentable part, in
// bytes.
func (h IPv6Fragment) FragmentOffset() int { return int(binary.BigEndian.Uint16(h.b[2:]) &^ 7) }

// MoreFragments reports whether the M flag is set.
func (h IPv6Fragment) MoreFragments() bool { return h.b[3]&1 != 0 }

// IsFragment reports whether the payload is a fragment of a datagram. It is
// false for an atomic fragment, which holds the whole datagram (RFC 6946).
func (h IPv6Fragment) IsFragment() bool { return binary.BigEndian.Uint16(h.b[2:])&^6 != 0 }

// ID returns the identification, which all fragments of a datagram share.
func (h IPv6Fragment) ID() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// Bytes returns the header and payload.
func (h IPv6Fragment) Bytes() []byte { return h.b }

// Payload returns the fragment.
func (h IPv6Fragment) Payload() []byte { return h.b[ipv6FragmentLen:] }

// AppendText appends a short description to dst.
func (h IPv6Fragment) AppendText(dst []byte) ([]byte, error) {
	return append(append(dst, "next "...), h.NextHeader().String()...), nil
}
