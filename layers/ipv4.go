package layers

import (
	"encoding/binary"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers/wire"
)

// IPv4 header (RFC 791 section 3.1):
//
//	 0                   1                   2                   3
//	 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|Version|  IHL  |Type of Service|          Total Length         |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|         Identification        |Flags|      Fragment Offset    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|  Time to Live |    Protocol   |         Header Checksum       |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                       Source Address                          |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                    Destination Address                        |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//	|                    Options                    |    Padding    |
//	+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
const (
	ipv4TOSOff      = 1
	ipv4TotalLenOff = 2
	ipv4IDOff       = 4
	ipv4FragmentOff = 6 // flags and fragment offset
	ipv4TTLOff      = 8
	ipv4ProtocolOff = 9
	ipv4ChecksumOff = 10
	ipv4SrcOff      = 12
	ipv4DstOff      = 16
	ipv4MinLen      = 20

	ipv4OffsetMask = 0x1fff // fragment offset, in units of 8 bytes
	ipv4MoreFlag   = 0x2000
)

// IPv4Flags are the control flags of an IPv4 header (RFC 791 section 3.1).
type IPv4Flags uint8

// The control flags. The highest bit is reserved.
const (
	IPv4MoreFragments IPv4Flags = 1 << iota
	IPv4DontFragment
)

// Has reports whether all of flags are set.
func (f IPv4Flags) Has(flags IPv4Flags) bool { return f&flags == flags }

// String returns the abbreviations of the set flags, such as "DF".
func (f IPv4Flags) String() string {
	return [...]string{"none", "MF", "DF", "DF MF", "reserved", "reserved MF", "reserved DF", "reserved DF MF"}[f&7]
}

// IPv4 is a view of an IPv4 header and its payload, up to the header's total
// length (RFC 791 section 3.1). A total length of 0 (segmentation offload)
// means all available bytes. [ParseIPv4] and [Packet.IPv4] return one.
type IPv4 struct{ b []byte }

// ParseIPv4 checks that b begins with an IPv4 header and returns a view of it
// that aliases b. A total length beyond b is not an error: see Truncated. The
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
	size = int(binary.BigEndian.Uint16(b[ipv4TotalLenOff:]))
	if size == 0 {
		size = len(b)
	}
	if size < hdr {
		return 0, 0, 0, wire.Malformed
	}
	if binary.BigEndian.Uint16(b[ipv4FragmentOff:])&ipv4OffsetMask == 0 && size > hdr {
		next = IPProto(b[ipv4ProtocolOff]).kind()
	}
	return hdr, size, next, 0
}

// HeaderLen returns the length of the header with its options, in bytes.
func (h IPv4) HeaderLen() int { return int(h.b[0]&0x0f) * 4 }

// TypeOfService returns the second byte: six bits of DSCP (RFC 2474) and two of
// ECN (RFC 3168).
func (h IPv4) TypeOfService() uint8 { return h.b[ipv4TOSOff] }

// TotalLen returns the length of header and payload stated by the header, in
// bytes.
func (h IPv4) TotalLen() int { return int(binary.BigEndian.Uint16(h.b[ipv4TotalLenOff:])) }

// ID returns the identification, which all fragments of a datagram share.
func (h IPv4) ID() uint16 { return binary.BigEndian.Uint16(h.b[ipv4IDOff:]) }

// Flags returns the control flags.
func (h IPv4) Flags() IPv4Flags { return IPv4Flags(h.b[ipv4FragmentOff] >> 5) }

// DontFragment reports whether the DF flag is set.
func (h IPv4) DontFragment() bool { return h.Flags().Has(IPv4DontFragment) }

// MoreFragments reports whether the MF flag is set.
func (h IPv4) MoreFragments() bool { return h.Flags().Has(IPv4MoreFragments) }

// FragmentOffset returns the offset of the payload in the datagram, in bytes.
func (h IPv4) FragmentOffset() int {
	return int(binary.BigEndian.Uint16(h.b[ipv4FragmentOff:])&ipv4OffsetMask) * 8
}

// IsFragment reports whether the payload is a fragment of a datagram.
func (h IPv4) IsFragment() bool {
	return binary.BigEndian.Uint16(h.b[ipv4FragmentOff:])&(ipv4OffsetMask|ipv4MoreFlag) != 0
}

// TTL returns the time to live.
func (h IPv4) TTL() uint8 { return h.b[ipv4TTLOff] }

// Protocol returns the protocol of the payload.
func (h IPv4) Protocol() IPProto { return IPProto(h.b[ipv4ProtocolOff]) }

// Checksum returns the header checksum field.
func (h IPv4) Checksum() uint16 { return binary.BigEndian.Uint16(h.b[ipv4ChecksumOff:]) }

// Src returns the source address.
func (h IPv4) Src() netip.Addr { return netip.AddrFrom4([4]byte(h.b[ipv4SrcOff:])) }

// Dst returns the header's destination address. A source route option may name
// others.
func (h IPv4) Dst() netip.Addr { return netip.AddrFrom4([4]byte(h.b[ipv4DstOff:])) }

// Options returns the options (RFC 791 section 3.1), up to the first malformed
// one.
func (h IPv4) Options() iter.Seq[Option] { return options(h.b[ipv4MinLen:h.HeaderLen()]) }

// Bytes returns the header and payload.
func (h IPv4) Bytes() []byte { return h.b }

// Payload returns the payload, without link-layer padding.
func (h IPv4) Payload() []byte { return h.b[h.HeaderLen():] }

// Truncated reports whether the header states more bytes than are available.
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
