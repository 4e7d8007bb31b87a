package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Authentication header (RFC 4302 section 2): next header, length in 4-byte
// units minus 2, reserved, security parameters index, sequence number,
// integrity check value.
const ahMinLen = 12

// AH is a view of an authentication header and its payload (RFC 4302 section
// 2).
type AH struct{ b []byte }

// ParseAH checks that b begins with an authentication header and returns a
// view of it that aliases b. The error is Short or Malformed.
func ParseAH(b []byte) (AH, error) {
	need, size, _, r := stepAH(b)
	if r != 0 {
		return AH{}, fail(KindAH, r, b, need)
	}
	return AH{cut(b, size)}, nil
}

func stepAH(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ahMinLen {
		return ahMinLen, 0, 0, wire.Short
	}
	hdr = AH{b}.HeaderLen()
	if hdr < ahMinLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	return hdr, len(b), IPProto(b[0]).kind(), 0
}

// NextHeader returns the protocol of the payload.
func (h AH) NextHeader() IPProto { return IPProto(h.b[0]) }

// HeaderLen returns the length of the header in bytes.
func (h AH) HeaderLen() int { return (int(h.b[1]) + 2) * 4 }

// SPI returns the security parameters index.
func (h AH) SPI() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// Seq returns the sequence number.
func (h AH) Seq() uint32 { return binary.BigEndian.Uint32(h.b[8:]) }

// Bytes returns the header and payload.
func (h AH) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h AH) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h AH) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "spi 0x%08x", h.SPI()), nil
}
