package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Encapsulating security payload (RFC 4303 section 2): security parameters
// index, sequence number, then data that only the receiver can decrypt.
const espLen = 8

// ESP is a view of an encapsulating security payload (RFC 4303 section 2). Its
// payload is never decoded, even if the encryption is null.
type ESP struct{ b []byte }

// ParseESP checks that b begins with the header of an encapsulating security
// payload and returns a view of it that aliases b. The error is Short.
func ParseESP(b []byte) (ESP, error) {
	if len(b) < espLen {
		return ESP{}, fail(KindESP, wire.Short, b, espLen)
	}
	return ESP{cut(b, len(b))}, nil
}

func stepESP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < espLen {
		return espLen, 0, 0, wire.Short
	}
	return espLen, len(b), KindPayload, 0
}

// SPI returns the security parameters index.
func (h ESP) SPI() uint32 { return binary.BigEndian.Uint32(h.b) }

// Seq returns the sequence number.
func (h ESP) Seq() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// Bytes returns the header and payload.
func (h ESP) Bytes() []byte { return h.b }

// Payload returns the bytes after the sequence number.
func (h ESP) Payload() []byte { return h.b[espLen:] }

// AppendText appends a short description to dst.
func (h ESP) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "spi 0x%08x", h.SPI()), nil
}
