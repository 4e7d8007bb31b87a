package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// Inter-Switch Link of Cisco. Its first 14 bytes have the place of an Ethernet
// header: a destination whose last byte has a type and user bits, the source, a
// length. SNAP, the source's organization, VLAN, index and a reserved field
// follow, then the frame with its check sequence.
const (
	islLen      = 12 // without the first 14 bytes
	islDstLen   = 5
	islTypeOff  = 5
	islEthernet = 0 // type, in the upper four bits
)

// isISL reports whether b, which begins with an Ethernet header, is a frame of
// Inter-Switch Link that carries Ethernet.
func isISL(b []byte) bool {
	switch string(b[:islDstLen]) {
	case "\x01\x00\x0c\x00\x00", "\x03\x00\x0c\x00\x00":
		return len(b) >= ethernetLen+islLen && b[islTypeOff]>>4 == islEthernet && (LLC{b[ethernetLen:]}).IsSNAP()
	}
	return false
}

// islSize returns the length of the frame b without its check sequence.
func islSize(b []byte) int { return ethernetLen + int(binary.BigEndian.Uint16(b[ethernetLen-2:])) }

func stepISL(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < islLen {
		return islLen, 0, 0, wire.Short
	}
	return islLen, len(b), KindEthernet, 0
}
