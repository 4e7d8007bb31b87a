package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Solaris IPNET header (https://www.tcpdump.org/linktypes/LINKTYPE_IPNET.html):
// version, address family, hook type, packet length, group and interface
// index, source and destination zone. All fields are big-endian.
const (
	ipnetLen        = 24
	ipnetFamilyIPv4 = 2
	ipnetFamilyIPv6 = 26
)

// IPNET is a view of a Solaris IPNET header and its payload (LINKTYPE_IPNET of
// https://www.tcpdump.org/linktypes.html).
type IPNET struct{ b []byte }

// ParseIPNET checks that b begins with an IPNET header and returns a view of
// it that aliases b. The error is Short.
func ParseIPNET(b []byte) (IPNET, error) {
	if len(b) < ipnetLen {
		return IPNET{}, fail(KindIPNET, wire.Short, b, ipnetLen)
	}
	return IPNET{cut(b, len(b))}, nil
}

func stepIPNET(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ipnetLen {
		return ipnetLen, 0, 0, wire.Short
	}
	switch (IPNET{b}).Family() {
	case ipnetFamilyIPv4:
		next = KindIPv4
	case ipnetFamilyIPv6:
		next = KindIPv6
	}
	return ipnetLen, len(b), next, 0
}

// Family returns the address family: 2 for IPv4, 26 for IPv6.
func (h IPNET) Family() uint8 { return h.b[1] }

// Interface returns the index of the interface.
func (h IPNET) Interface() uint32 { return binary.BigEndian.Uint32(h.b[12:]) }

// SrcZone returns the zone that sent the packet.
func (h IPNET) SrcZone() uint32 { return binary.BigEndian.Uint32(h.b[16:]) }

// DstZone returns the zone that received the packet.
func (h IPNET) DstZone() uint32 { return binary.BigEndian.Uint32(h.b[20:]) }

// Bytes returns the header and payload.
func (h IPNET) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h IPNET) Payload() []byte { return h.b[ipnetLen:] }

// AppendText appends a short description to dst.
func (h IPNET) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "family %d interface %d", h.Family(), h.Interface()), nil
}
