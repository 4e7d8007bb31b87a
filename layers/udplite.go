package layers

import (
	"encoding/binary"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// UDP-Lite header (RFC 3828 section 3.1): ports, checksum coverage, checksum.
const udpLiteLen = 8

// UDPLite is a view of a UDP-Lite datagram, whose length is stated by IP (RFC
// 3828 section 3.1).
type UDPLite struct{ b []byte }

// ParseUDPLite checks that b begins with a UDP-Lite header and returns a view
// of the datagram that aliases b. The error is Short, or Malformed if the
// coverage ends inside the header.
func ParseUDPLite(b []byte) (UDPLite, error) {
	if need, _, _, r := stepUDPLite(b); r != 0 {
		return UDPLite{}, fail(KindUDPLite, r, b, need)
	}
	return UDPLite{cut(b, len(b))}, nil
}

func stepUDPLite(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < udpLiteLen {
		return udpLiteLen, 0, 0, wire.Short
	}
	h := UDPLite{b}
	if c := h.Coverage(); c != 0 && c < udpLiteLen {
		return 0, 0, 0, wire.Malformed
	}
	return udpLiteLen, len(b), udpNext(h.SrcPort(), h.DstPort(), len(b)-udpLiteLen), 0
}

// SrcPort returns the source port.
func (h UDPLite) SrcPort() uint16 { return binary.BigEndian.Uint16(h.b) }

// DstPort returns the destination port.
func (h UDPLite) DstPort() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Coverage returns the number of bytes that the checksum covers, from the start
// of the header. 0 means all.
func (h UDPLite) Coverage() int { return int(binary.BigEndian.Uint16(h.b[4:])) }

// Checksum returns the checksum field.
func (h UDPLite) Checksum() uint16 { return binary.BigEndian.Uint16(h.b[6:]) }

// Bytes returns the header and payload.
func (h UDPLite) Bytes() []byte { return h.b }

// Payload returns the datagram's data.
func (h UDPLite) Payload() []byte { return h.b[udpLiteLen:] }

// AppendText appends a short description to dst.
func (h UDPLite) AppendText(dst []byte) ([]byte, error) {
	dst = appendPorts(dst, h.SrcPort(), h.DstPort())
	return strconv.AppendInt(append(dst, " len "...), int64(len(h.Payload())), 10), nil
}
