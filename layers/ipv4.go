package layers

import (
	"encoding/binary"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers/wire"
)

// IPv4 header (RFC 791 section 3.1).
const (
	ipv4MinLen     = 20
	ipv4OffsetMask = 0x1fff // fragment offset, in units of 8 bytes
	ipv4MoreFlag   = 0x2000
)

// IPv4 is a view of an IPv4 header and its payload, cut to the header's total
// length (RFC 791 section 3.1). A total length of 0 (segmentation offload)
// means all bytes there are. ParseIPv4 or a Packet makes it.
type IPv4 struct{ b []byte }

// ParseIPv4 checks that b begins with an IPv4 header and returns a view of it
// that aliases b. A total length beyond b is no error: see Truncated. The
// error is Short or Malformed.
func ParseIPv4(b []byte) (IPv4, error) {
	need, size, _, r := stepIPv4(b)
	if r != 0 {
		return IPv4{}, fail(KindIPv4, r, b, need)
	}
	return IPv4{cut(b, size)}, nil
}

func stepIPv4(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < 1 {
		return 1, 0, 0, wire.Short
	}
	hdr = int(b[0]&0x0f) * 4
	if b[0]>>4 != 4 || hdr < ipv4MinLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	size = int(binary.BigEndian.Uint16(b[2:]))
	if size == 0 {
		size = len(b)
	}
	if size < hdr {
		return 0, 0, 0, wire.Malformed
	}
	if binary.BigEndian.Uint16(b[6:])&ipv4OffsetMask == 0 && size > hdr {
		next = IPProto(b[9]).kind()
	}
	return hdr, size, next, 0
}

// HeaderLen returns the length of the header with its options, in bytes.
func (h IPv4) HeaderLen() int { return int(h.b[0]&0x0f) * 4 }

// TypeOfService returns the second byte: six bits of DSCP (RFC 2474) and two
// of ECN (RFC 3168).
func (h IPv4) TypeOfService() uint8 { return h.b[1] }

// TotalLen returns the length of header and payload that the header states, in
// bytes.
func (h IPv4) TotalLen() int { return int(binary.BigEndian.Uint16(h.b[2:])) }

// ID returns the identification that fragments of a datagram share.
func (h IPv4) ID() uint16 { return binary.BigEndian.Uint16(h.b[4:]) }

// Flags returns the three bits before the fragment offset: 4 reserved, 2 don't
// fragment, 1 more fragments.
func (h IPv4) Flags() uint8 { return h.b[6] >> 5 }

// DontFragment returns the DF flag.
func (h IPv4) DontFragment() bool { return h.b[6]&0x40 != 0 }

// MoreFragments returns the MF flag.
func (h IPv4) MoreFragments() bool { return h.b[6]&0x20 != 0 }

// FragmentOffset returns where the payload belongs in the datagram, in bytes.
func (h IPv4) FragmentOffset() int {
	return int(binary.BigEndian.Uint16(h.b[6:])&ipv4OffsetMask) * 8
}

// IsFragment reports whether the payload is a part of a datagram.
func (h IPv4) IsFragment() bool {
	return binary.BigEndian.Uint16(h.b[6:])&(ipv4OffsetMask|ipv4MoreFlag) != 0
}

// TTL returns the time to live.
func (h IPv4) TTL() uint8 { return h.b[8] }

// Protocol returns what the payload is.
func (h IPv4) Protocol() IPProto { return IPProto(h.b[9]) }

// Checksum returns the header checksum field.
func (h IPv4) Checksum() uint16 { return binary.BigEndian.Uint16(h.b[10:]) }

// Src returns the source address.
func (h IPv4) Src() netip.Addr { return netip.AddrFrom4([4]byte(h.b[12:])) }

// Dst returns the destination address of the header; a source route option may
// name others.
func (h IPv4) Dst() netip.Addr { return netip.AddrFrom4([4]byte(h.b[16:])) }

// Options returns the options (RFC 791 section 3.1) up to the first that is
// malformed.
func (h IPv4) Options() iter.Seq[Option] { return options(h.b[ipv4MinLen:h.HeaderLen()]) }

// Bytes returns header and payload.
func (h IPv4) Bytes() []byte { return h.b }

// Payload returns what the header carries, without padding of the link layer.
func (h IPv4) Payload() []byte { return h.b[h.HeaderLen():] }

// Truncated reports whether the header promises more bytes than are there.
func (h IPv4) Truncated() bool { return len(h.b) < h.TotalLen() }

// AppendText appends a short description to dst.
func (h IPv4) AppendText(dst []byte) ([]byte, error) {
	return appendAddrs(dst, h.Src(), h.Dst()), nil
}

func appendAddrs(dst []byte, from, to netip.Addr) []byte {
	dst = from.AppendTo(dst)
	dst = append(dst, " > "...)
	return to.AppendTo(dst)
}
