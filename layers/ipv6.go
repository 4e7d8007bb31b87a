package layers

import (
	"encoding/binary"
	"net/netip"

	"github.com/sightline-go/sightline/layers/wire"
)

// IPv6 header (RFC 8200 section 3), and the hop-by-hop option with the length
// of a jumbogram (RFC 2675 section 2).
const (
	ipv6Len          = 40
	ipv6OptionJumbo  = 0xc2
	ipv6JumboMinimum = 1 << 16
)

// IPv6 is a view of an IPv6 header and its payload, extension headers included,
// up to the header's payload length or the jumbogram's (RFC 8200 section 3). A
// payload length of 0 means all available bytes before TCP (segmentation offload),
// an IP header or an extension header.
// [ParseIPv6] and [Packet.IPv6] return one.
type IPv6 struct{ b []byte }

// ParseIPv6 checks that b begins with an IPv6 header and returns a view of it
// that aliases b. A payload length beyond b is not an error: see Truncated. The
// error is Short or Malformed.
func ParseIPv6(b []byte) (IPv6, error) {
	need, size, _, r := stepIPv6(b)
	if r != 0 {
		return IPv6{}, fail(KindIPv6, r, b, need)
	}
	return IPv6{cut(b, size)}, nil
}

func stepIPv6(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < 1 {
		return 1, 0, 0, wire.Short
	}
	if b[0]>>4 != 6 {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < ipv6Len {
		return ipv6Len, 0, 0, wire.Short
	}
	h := IPv6{b}
	size, next = ipv6Len+h.PayloadLen(), h.NextHeader().kind()
	if size == ipv6Len && next.mayLackLen() {
		size = ipv6Len + h.jumboLen()
	}
	if size == ipv6Len {
		next = KindPayload
	}
	return ipv6Len, size, next, 0
}

// mayLackLen reports whether a payload of kind k may be longer than an IPv6 header
// can state: TCP, or a header that may precede it.
func (k Kind) mayLackLen() bool {
	return k == KindTCP || k == KindIPv4 || k == KindIPv6 || k.isIPv6Ext()
}

// jumboLen returns the length of a payload whose header states 0: that of a
// jumbogram, limited to one byte more than available, or all available bytes, as
// segmentation offload leaves it (BIG TCP).
func (h IPv6) jumboLen() int {
	have := len(h.b) - ipv6Len
	n, ok := h.JumboLen()
	if !ok {
		return have
	}
	return int(min(int64(n), int64(have)+1))
}

// TrafficClass returns six bits of DSCP (RFC 2474) and two of ECN (RFC 3168).
func (h IPv6) TrafficClass() uint8 { return uint8(binary.BigEndian.Uint16(h.b) >> 4) }

// FlowLabel returns the 20-bit flow label.
func (h IPv6) FlowLabel() uint32 { return binary.BigEndian.Uint32(h.b) & 0xfffff }

// PayloadLen returns the payload length stated by the header, in bytes.
func (h IPv6) PayloadLen() int { return int(binary.BigEndian.Uint16(h.b[4:])) }

// JumboLen returns the payload length of a jumbogram, in bytes. It reports
// false if the packet is not a jumbogram.
func (h IPv6) JumboLen() (n uint32, ok bool) {
	if h.PayloadLen() != 0 || h.NextHeader() != IPProtoHopByHop {
		return 0, false
	}
	ext, err := ParseIPv6Ext(h.b[ipv6Len:])
	if err != nil {
		return 0, false
	}
	for o := range ext.Options() {
		if o.Kind == ipv6OptionJumbo && len(o.Data) == 4 {
			n = binary.BigEndian.Uint32(o.Data)
			return n, n >= ipv6JumboMinimum
		}
	}
	return 0, false
}

// NextHeader returns the protocol after the header, which may be an extension
// header.
func (h IPv6) NextHeader() IPProto { return IPProto(h.b[6]) }

// HopLimit returns the hop limit.
func (h IPv6) HopLimit() uint8 { return h.b[7] }

// Src returns the source address.
func (h IPv6) Src() netip.Addr { return netip.AddrFrom16([16]byte(h.b[8:])) }

// Dst returns the header's destination address. A routing header may name
// others.
func (h IPv6) Dst() netip.Addr { return netip.AddrFrom16([16]byte(h.b[24:])) }

// Bytes returns the header and payload.
func (h IPv6) Bytes() []byte { return h.b }

// Payload returns the bytes after the header, without link-layer padding.
func (h IPv6) Payload() []byte { return h.b[ipv6Len:] }

// Truncated reports whether the header states more bytes than are available.
func (h IPv6) Truncated() bool {
	if n, ok := h.JumboLen(); ok {
		return int64(len(h.b)) < ipv6Len+int64(n)
	}
	return len(h.b) < ipv6Len+h.PayloadLen()
}

// AppendText appends a short description to dst.
func (h IPv6) AppendText(dst []byte) ([]byte, error) {
	return appendAddrs(dst, h.Src(), h.Dst()), nil
}
