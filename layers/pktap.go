package layers

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// Apple's packet tap header (https://www.tcpdump.org/linktypes.html,
// LINKTYPE_PKTAP): length, record type, link type of the packet, interface,
// flags, and details of the process. All fields are little-endian.
const (
	pktapMinLen     = 28
	pktapName       = 24
	pktapTypePacket = 1
)

// PKTAP is a view of a packet tap header and its packet (LINKTYPE_PKTAP of
// https://www.tcpdump.org/linktypes.html).
type PKTAP struct{ b []byte }

// ParsePKTAP checks that b begins with a packet tap header and returns a view
// of it that aliases b. The error is Short or Malformed.
func ParsePKTAP(b []byte) (PKTAP, error) {
	if need, _, _, r := stepPKTAP(b); r != 0 {
		return PKTAP{}, fail(KindPKTAP, r, b, need)
	}
	return PKTAP{cut(b, len(b))}, nil
}

func stepPKTAP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < pktapMinLen+pktapName {
		return pktapMinLen + pktapName, 0, 0, wire.Short
	}
	h := PKTAP{b}
	if hdr = h.HeaderLen(); hdr < pktapMinLen+pktapName || hdr > maxHeaderLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	if binary.LittleEndian.Uint32(b[4:]) == pktapTypePacket {
		next = linkKind(h.LinkType())
	}
	return hdr, len(b), next, 0
}

// HeaderLen returns the header length stated by the header, in bytes, at most
// 65536.
func (h PKTAP) HeaderLen() int { return int(min(binary.LittleEndian.Uint32(h.b), maxHeaderLen+1)) }

// LinkType returns the link type of the packet.
func (h PKTAP) LinkType() pcap.LinkType { return pcap.LinkType(binary.LittleEndian.Uint32(h.b[8:])) }

// Interface returns the name of the interface on the capturing host.
func (h PKTAP) Interface() []byte {
	name, _, _ := bytes.Cut(h.b[12:12+pktapName:12+pktapName], []byte{0})
	return name
}

// Bytes returns the header and packet.
func (h PKTAP) Bytes() []byte { return h.b }

// Payload returns the packet.
func (h PKTAP) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h PKTAP) AppendText(dst []byte) ([]byte, error) {
	return fmt.Append(dst, h.LinkType()), nil
}
