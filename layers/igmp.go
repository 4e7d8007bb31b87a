package layers

import (
	"encoding/binary"
	"iter"
	"net/netip"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// IGMP message (RFC 2236 section 2): type, maximum response time, checksum,
// group. Version 3 (RFC 9776 section 4) adds flags, an interval and sources to
// a query, and has its own report: a number of records of type, group, sources
// and auxiliary data.
const (
	igmpLen = 8
)

// IGMP types (IANA registry "igmp-type-numbers").
const (
	IGMPQuery    = 0x11
	IGMPReportV1 = 0x12
	IGMPReportV2 = 0x16
	IGMPLeave    = 0x17
	IGMPReportV3 = 0x22
)

// IGMP is a view of an IGMP message (RFC 2236 section 2; version 3: RFC 9776
// section 4).
type IGMP struct{ b []byte }

// ParseIGMP checks that b begins with an IGMP message and returns a view of it
// that aliases b. The error is Short.
func ParseIGMP(b []byte) (IGMP, error) {
	if len(b) < igmpLen {
		return IGMP{}, fail(KindIGMP, wire.Short, b, igmpLen)
	}
	return IGMP{cut(b, len(b))}, nil
}

func stepIGMP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < igmpLen {
		return igmpLen, 0, 0, wire.Short
	}
	return igmpLen, len(b), KindPayload, 0
}

// Type returns the message type.
func (h IGMP) Type() uint8 { return h.b[0] }

// MaxResponse returns the maximum response time of a query, in its encoded
// form.
func (h IGMP) MaxResponse() uint8 { return h.b[1] }

// Checksum returns the checksum field.
func (h IGMP) Checksum() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Group returns the multicast group, or the zero Addr for a version 3 report.
func (h IGMP) Group() netip.Addr {
	if h.Type() == IGMPReportV3 {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte(h.b[4:]))
}

// A GroupRecord is a record about a multicast group in a report of IGMP version
// 3 or MLD version 2. It aliases the packet.
type GroupRecord struct {
	Type    uint8 // 1 include, 2 exclude, 3 and 4 change to them, 5 allow, 6 block
	Group   netip.Addr
	sources []byte
}

// Sources returns the source addresses.
func (r GroupRecord) Sources() iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		size := r.Group.BitLen() / 8
		for b := r.sources; size > 0 && len(b) >= size; b = b[size:] {
			a, _ := netip.AddrFromSlice(b[:size])
			if !yield(a) {
				return
			}
		}
	}
}

// Records returns the records of a version 3 report, up to the first malformed
// or truncated one. It yields nothing for other messages.
func (h IGMP) Records() iter.Seq[GroupRecord] {
	if h.Type() != IGMPReportV3 {
		return groupRecords(nil, 0, 4)
	}
	return groupRecords(h.b[igmpLen:], int(binary.BigEndian.Uint16(h.b[6:])), 4)
}

// groupRecords returns the n records in b, with addresses of size bytes.
func groupRecords(b []byte, n, size int) iter.Seq[GroupRecord] {
	return func(yield func(GroupRecord) bool) {
		for range n {
			if len(b) < 4+size {
				return
			}
			sources := 4 + size
			end := sources + int(binary.BigEndian.Uint16(b[2:]))*size
			next := end + int(b[1])*4 // auxiliary data
			if next > len(b) {
				return
			}
			group, _ := netip.AddrFromSlice(b[4:sources])
			if !yield(GroupRecord{b[0], group, b[sources:end]}) {
				return
			}
			b = b[next:]
		}
	}
}

// Bytes returns the message.
func (h IGMP) Bytes() []byte { return h.b }

// Payload returns the bytes after the eight-byte header.
func (h IGMP) Payload() []byte { return h.b[igmpLen:] }

// AppendText appends a short description to dst.
func (h IGMP) AppendText(dst []byte) ([]byte, error) {
	dst = strconv.AppendUint(append(dst, "type "...), uint64(h.Type()), 10)
	if g := h.Group(); g.IsValid() {
		dst = g.AppendTo(append(dst, " group "...))
	}
	return dst, nil
}
