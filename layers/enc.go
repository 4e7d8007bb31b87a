package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// OpenBSD and FreeBSD encapsulating header (https://www.tcpdump.org/linktypes.html,
// LINKTYPE_ENC): protocol family, security parameters index, flags. Family and
// flags are in the byte order of the capturing host.
const encLen = 12

// ENC is a view of an encapsulating header, as captured on an enc interface,
// and of the decrypted packet (LINKTYPE_ENC of
// https://www.tcpdump.org/linktypes.html).
type ENC struct{ b []byte }

// ParseENC checks that b begins with an encapsulating header and returns a
// view of it that aliases b. The error is Short.
func ParseENC(b []byte) (ENC, error) {
	if len(b) < encLen {
		return ENC{}, fail(KindENC, wire.Short, b, encLen)
	}
	return ENC{cut(b, len(b))}, nil
}

func stepENC(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < encLen {
		return encLen, 0, 0, wire.Short
	}
	return encLen, len(b), familyKind(ENC{b}.Family()), 0
}

// Family returns the protocol family, as Null.Family does.
func (h ENC) Family() uint32 { return Null(h).Family() }

// SPI returns the security parameters index.
func (h ENC) SPI() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// Bytes returns the header and payload.
func (h ENC) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h ENC) Payload() []byte { return h.b[encLen:] }

// AppendText appends a short description to dst.
func (h ENC) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "family %d spi 0x%08x", h.Family(), h.SPI()), nil
}
