package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// Endace's extensible record format
// (https://www.tcpdump.org/linktypes/LINKTYPE_ERF.html): time stamp, type,
// flags, length of the record, counter or color, length on the wire. The top bit
// of the type, and then of each extension header, announces another extension
// header.
const (
	erfLen     = 16
	erfTypeOff = 8
	erfRlenOff = 10
	erfWlenOff = 14
	erfMore    = 0x80
	erfExtLen  = 8
	erfPadLen  = 2 // before Ethernet
	erfChanLen = 4 // before multi-channel HDLC
)

func stepERF(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < erfLen {
		return erfLen, 0, 0, wire.Short
	}
	hdr = erfLen
	for more := b[erfTypeOff]; more&erfMore != 0; hdr += erfExtLen {
		if len(b) < hdr+erfExtLen {
			return hdr + erfExtLen, 0, 0, wire.Short
		}
		more = b[hdr]
	}
	next, pad := erfKind(b[erfTypeOff] &^ erfMore)
	hdr += pad
	if hdr > maxHeaderLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	size = min(int(binary.BigEndian.Uint16(b[erfRlenOff:])), hdr+int(binary.BigEndian.Uint16(b[erfWlenOff:])))
	if size < hdr {
		return 0, 0, 0, wire.Malformed
	}
	return hdr, size, next, 0
}

// erfKind returns the kind of the frame in a record of a type, and the length of
// what precedes it.
func erfKind(typ byte) (next Kind, pad int) {
	switch typ {
	case 2, 11, 16, 20: // Ethernet; with color; with hash
		return KindEthernet, erfPadLen
	case 1, 10, 15, 19: // HDLC on SONET, likewise
		return kindHDLC, 0
	case 5, 17: // HDLC on channels
		return kindHDLC, erfChanLen
	case 22:
		return KindIPv4, 0
	case 23:
		return KindIPv6, 0
	}
	return KindPayload, 0
}
