package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Cisco HDLC header (https://www.tcpdump.org/linktypes.html, LINKTYPE_C_HDLC;
// RFC 1547 section 4.3.1): address, control, EtherType. SLARP, which assigns
// addresses and keeps the line alive, has the EtherType of RARP.
const (
	chdlcLen       = 4
	chdlcUnicast   = 0x0f
	chdlcBroadcast = 0x8f
)

// CHDLC is a view of a Cisco HDLC frame (RFC 1547 section 4.3.1).
type CHDLC struct{ b []byte }

// ParseCHDLC checks that b begins with a Cisco HDLC header and returns a view
// of it that aliases b. The error is Short.
func ParseCHDLC(b []byte) (CHDLC, error) {
	if len(b) < chdlcLen {
		return CHDLC{}, fail(KindCHDLC, wire.Short, b, chdlcLen)
	}
	return CHDLC{cut(b, len(b))}, nil
}

func stepCHDLC(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < chdlcLen {
		return chdlcLen, 0, 0, wire.Short
	}
	if next = (CHDLC{b}).EtherType().kind(); next == KindARP {
		next = KindPayload // SLARP has the number of RARP, and another format
	}
	return chdlcLen, len(b), next, 0
}

// hdlcKind returns the kind of a frame on a PPP link: no PPP frame begins with
// an address of Cisco HDLC.
func hdlcKind(b []byte) Kind {
	if len(b) > 1 && (b[0] == chdlcUnicast || b[0] == chdlcBroadcast) && b[1] == 0 {
		return KindCHDLC
	}
	return KindPPP
}

// Address returns the address field, 0x0f for unicast and 0x8f for broadcast.
func (h CHDLC) Address() uint8 { return h.b[0] }

// EtherType returns the type of the payload.
func (h CHDLC) EtherType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[2:])) }

// Bytes returns the header and payload.
func (h CHDLC) Bytes() []byte { return h.b }

// Payload returns the frame's payload.
func (h CHDLC) Payload() []byte { return h.b[chdlcLen:] }

// AppendText appends a short description to dst.
func (h CHDLC) AppendText(dst []byte) ([]byte, error) {
	return fmt.Append(dst, h.EtherType()), nil
}
