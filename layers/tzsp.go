package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// TaZmen Sniffer Protocol (https://en.wikipedia.org/wiki/TZSP, as MikroTik
// routers send it): version, type, protocol of the frame, and then tags of a
// type, a length and a value, up to the end tag. The padding and end tags have
// no length.
const (
	tzspMinLen  = 4
	tzspVersion = 1
	tzspPad     = 0
	tzspEnd     = 1

	// The types with a frame: received, and to be transmitted.
	tzspReceived = 0
	tzspTransmit = 1

	tzspEthernet = 1
	tzspWLAN     = 18
	tzspPrism    = 119
	tzspAVS      = 127
)

// looksLikeTZSP reports whether b, the data of a datagram to a port that clients
// may use, begins with the header of a captured frame.
func looksLikeTZSP(b []byte) bool {
	return len(b) > tzspMinLen && b[0] == tzspVersion && b[1] <= tzspTransmit && tzspKind(b) != KindPayload
}

func tzspKind(b []byte) Kind {
	switch binary.BigEndian.Uint16(b[2:]) {
	case tzspEthernet:
		return KindEthernet
	case tzspWLAN:
		return KindWLAN
	case tzspPrism, tzspAVS:
		return KindPrism
	}
	return KindPayload
}

func stepTZSP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < tzspMinLen {
		return tzspMinLen, 0, 0, wire.Short
	}
	if b[0] != tzspVersion {
		return 0, 0, 0, wire.Malformed
	}
	if b[1] > tzspTransmit {
		return tzspMinLen, len(b), KindPayload, 0
	}
	for hdr = tzspMinLen; hdr < len(b) && b[hdr] != tzspEnd; {
		switch {
		case b[hdr] == tzspPad:
			hdr++
		case len(b) < hdr+2:
			return hdr + 2, 0, 0, wire.Short
		default:
			hdr += 2 + int(b[hdr+1])
		}
	}
	if hdr++; hdr > maxHeaderLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	if len(b) > hdr {
		next = tzspKind(b)
	}
	return hdr, len(b), next, 0
}
