package layers

import (
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// ARCNET header (https://www.tcpdump.org/linktypes.html, LINKTYPE_ARCNET_BSD
// and LINKTYPE_ARCNET_LINUX; RFC 1051, RFC 1201): source, destination, on Linux
// a two-byte offset, protocol. The protocols of RFC 1201 add a split flag and a
// sequence number, preceded by four more bytes if the first split flag marks an
// exception packet.
const (
	arcnetLen       = 3
	arcnetLinuxLen  = 5
	arcnetSplitLen  = 3
	arcnetException = 0xff

	arcnetIPv4Old = 0xf0 // RFC 1051
	arcnetARPOld  = 0xf1 // RFC 1051
	arcnetIPv4    = 0xd4 // RFC 1201
	arcnetARP     = 0xd5 // RFC 1201
	arcnetRARP    = 0xd6 // RFC 1201
	arcnetIPv6    = 0xc4 // RFC 2497
)

// ARCNET is a view of an ARCNET packet (RFC 1051, RFC 1201).
type ARCNET struct {
	b     []byte
	fixed int // end of the protocol field
}

// ParseARCNET checks that b begins with an ARCNET header in the form of BSD
// captures and returns a view of it that aliases b. The error is Short.
func ParseARCNET(b []byte) (ARCNET, error) { return parseARCNET(b, arcnetLen) }

// ParseARCNETLinux is ParseARCNET for the form of Linux captures.
func ParseARCNETLinux(b []byte) (ARCNET, error) { return parseARCNET(b, arcnetLinuxLen) }

func parseARCNET(b []byte, fixed int) (ARCNET, error) {
	if need, _, _, r := stepARCNET(b, fixed); r != 0 {
		return ARCNET{}, fail(KindARCNET, r, b, need)
	}
	return ARCNET{cut(b, len(b)), fixed}, nil
}

// stepARCNET decodes a header whose protocol field ends at fixed.
func stepARCNET(b []byte, fixed int) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < fixed {
		return fixed, 0, 0, wire.Short
	}
	if hdr = arcnetHeaderLen(b, fixed); len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	if whole := hdr == fixed || b[hdr-arcnetSplitLen] == 0; whole {
		next = arcnetKind(b[fixed-1])
	}
	return hdr, len(b), next, 0
}

func arcnetHeaderLen(b []byte, fixed int) int {
	if p := b[fixed-1]; p == arcnetIPv4Old || p == arcnetARPOld {
		return fixed
	}
	if len(b) > fixed && b[fixed] == arcnetException {
		return fixed + 4 + arcnetSplitLen
	}
	return fixed + arcnetSplitLen
}

func arcnetKind(protocol byte) Kind {
	switch protocol {
	case arcnetIPv4, arcnetIPv4Old:
		return KindIPv4
	case arcnetIPv6:
		return KindIPv6
	case arcnetARP, arcnetARPOld, arcnetRARP:
		return KindARP
	}
	return KindPayload
}

// Src returns the source address.
func (h ARCNET) Src() uint8 { return h.b[0] }

// Dst returns the destination address, 0 for broadcast.
func (h ARCNET) Dst() uint8 { return h.b[1] }

// Protocol returns the protocol, a system code from RFC 1700.
func (h ARCNET) Protocol() uint8 { return h.b[h.fixed-1] }

// HeaderLen returns the length of the header in bytes.
func (h ARCNET) HeaderLen() int { return arcnetHeaderLen(h.b, h.fixed) }

// Bytes returns the header and payload.
func (h ARCNET) Bytes() []byte { return h.b }

// Payload returns the packet's payload.
func (h ARCNET) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h ARCNET) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "0x%02x > 0x%02x protocol 0x%02x", h.Src(), h.Dst(), h.Protocol()), nil
}
