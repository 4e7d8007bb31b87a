package tls

import (
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Certificate is a view of the handshake message with a certificate chain of
// TLS 1.2 and earlier (RFC 5246 section 7.4.2); TLS 1.3 encrypts it. It aliases
// the bytes given to [ParseCertificate].
type Certificate struct{ b []byte }

// certificateLen is the size of the length of a certificate and of their list.
const certificateLen = 3

// ParseCertificate checks that b begins with a Certificate message, handshake
// header included, and returns a view of it that aliases b. The error is Short
// if the message is incomplete, Malformed if it is of another type.
func ParseCertificate(b []byte) (Certificate, error) {
	m, err := parseHandshake(b, TypeCertificate, certificateLayer)
	return Certificate{m}, err
}

// Chain returns the certificates (RFC 5280 section 4.1) in DER, the sender's
// own first, up to the first that exceeds the list.
func (c Certificate) Chain() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		list, _, _ := text.CutVector(c.b[handshakeHeaderLen:], certificateLen)
		for len(list) > 0 {
			der, rest, whole := text.CutVector(list, certificateLen)
			if !whole || !yield(der) {
				return
			}
			list = rest
		}
	}
}

// Validate returns nil, or a *wire.Error about the first certificate that
// exceeds the list, or about a list that does not fill the message. Offset is
// the offset in the message, and Have the number of bytes from there.
func (c Certificate) Validate() error {
	off := handshakeHeaderLen
	if _, rest, whole := text.CutVector(c.b[off:], certificateLen); whole && len(rest) == 0 {
		off += certificateLen
		for der := range c.Chain() {
			off += certificateLen + len(der)
		}
		if off == len(c.b) {
			return nil
		}
	}
	return &wire.Error{Layer: certificateLayer, Reason: wire.Malformed, Offset: off, Have: len(c.b) - off}
}

// AppendCertificate appends the Certificate message m of TLS 1.3 (RFC 8446 section
// 4.4.2), with its handshake header, to dst in the form of TLS 1.2: without the
// context and the extensions. The chain ends at the first fault.
func AppendCertificate(dst, m []byte) []byte {
	const size = handshakeHeaderLen + certificateLen
	from := len(dst)
	dst = append(dst, make([]byte, size)...)
	_, rest, _ := text.CutVector(m[min(len(m), handshakeHeaderLen):], 1)
	list, _, _ := text.CutVector(rest, certificateLen)
	for len(list) > 0 {
		der, rest, whole := text.CutVector(list, certificateLen)
		if !whole {
			break
		}
		dst = append(dst, list[:certificateLen+len(der)]...)
		_, list, _ = text.CutVector(rest, 2)
	}
	n := len(dst) - from - size
	putUint24(dst[from+handshakeHeaderLen:], n)
	putUint24(dst[from+1:], n+certificateLen)
	dst[from] = byte(TypeCertificate)
	return dst
}

func putUint24(b []byte, n int) { b[0], b[1], b[2] = byte(n>>16), byte(n>>8), byte(n) }

// Bytes returns the message, including its handshake header.
func (c Certificate) Bytes() []byte { return c.b }

// AppendText appends a short description to dst.
func (c Certificate) AppendText(dst []byte) ([]byte, error) {
	n := 0
	for range c.Chain() {
		n++
	}
	return fmt.Appendf(dst, "%v chain of %d", TypeCertificate, n), nil
}

// String returns the text that AppendText appends.
func (c Certificate) String() string { b, _ := c.AppendText(nil); return string(b) }
