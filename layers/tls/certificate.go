package tls

import (
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Certificate is a view of the message that carries a certificate chain, as it is
// up to TLS 1.2 (RFC 5246 section 7.4.2); TLS 1.3 encrypts it. ParseCertificate
// makes it. It aliases the bytes given to ParseCertificate.
type Certificate struct{ b []byte }

// certificateLen is the size of the length of a certificate, and of their list.
const certificateLen = 3

// ParseCertificate checks that b begins with a handshake message, header
// included, that is a Certificate, and returns a view of it that aliases b. The
// error is Short when b ends before the message does, Malformed when it is another
// message.
func ParseCertificate(b []byte) (Certificate, error) {
	m, err := parseHandshake(b, TypeCertificate, certificateLayer)
	return Certificate{m}, err
}

// Chain returns the certificates (RFC 5280 section 4.1), each in DER, the
// sender's own first, up to the first that runs out of the list.
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

// Validate returns nil, or an *Error about the first certificate that runs out of
// the list, or about a list that does not fill the message. Offset is that in the
// message, Have the number of bytes from there.
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

// Bytes returns the message, its handshake header included.
func (c Certificate) Bytes() []byte { return c.b }

// AppendText appends a short description to dst.
func (c Certificate) AppendText(dst []byte) ([]byte, error) {
	n := 0
	for range c.Chain() {
		n++
	}
	return fmt.Appendf(dst, "%v chain of %d", TypeCertificate, n), nil
}

// String returns what AppendText appends.
func (c Certificate) String() string { b, _ := c.AppendText(nil); return string(b) }
