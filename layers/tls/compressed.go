package tls

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// CompressedCertificate (RFC 8879 section 4): algorithm, length of the message that was
// compressed, in 24 bits, and the compressed bytes, after their length.
const (
	compressedSizeOff = handshakeHeaderLen + 2
	compressedOff     = compressedSizeOff + 3
	compressedLayer   = "TLS CompressedCertificate"
)

// A CertificateCompression is a compression algorithm (IANA registry
// "tls-extensiontype-values", certificate compression algorithm IDs).
type CertificateCompression uint16

// The compression algorithms (RFC 8879 section 7.3).
const (
	CompressionZlib   CertificateCompression = 1
	CompressionBrotli CertificateCompression = 2
	CompressionZstd   CertificateCompression = 3
)

// String returns the algorithm's registered name, or its number.
func (c CertificateCompression) String() string {
	switch c {
	case CompressionZlib:
		return "zlib"
	case CompressionBrotli:
		return "brotli"
	case CompressionZstd:
		return "zstd"
	}
	return strconv.Itoa(int(c))
}

// CompressedCertificate is a view of the message that TLS 1.3 may send in place of a
// Certificate (RFC 8879 section 4). It aliases the bytes given to
// [ParseCompressedCertificate].
type CompressedCertificate struct{ b []byte }

// ParseCompressedCertificate checks that b begins with a CompressedCertificate message,
// handshake header included, whose compressed bytes do not exceed it, and returns a view
// of it that aliases b. The error is Short if the message is incomplete, Malformed if it
// is of another type or its fields exceed it.
func ParseCompressedCertificate(b []byte) (CompressedCertificate, error) {
	m, err := parseHandshake(b, TypeCompressedCertificate, compressedLayer)
	if err != nil {
		return CompressedCertificate{}, err
	}
	if len(m) < compressedOff {
		return CompressedCertificate{}, wire.Fail(compressedLayer, wire.Malformed, len(b), 0)
	}
	if _, _, whole := text.CutVector(m[compressedOff:], 3); !whole {
		return CompressedCertificate{}, wire.Fail(compressedLayer, wire.Malformed, len(b), 0)
	}
	return CompressedCertificate{m}, nil
}

// Algorithm returns the compression algorithm.
func (c CompressedCertificate) Algorithm() CertificateCompression {
	return CertificateCompression(binary.BigEndian.Uint16(c.b[handshakeHeaderLen:]))
}

// Len returns the length of what was compressed, in bytes: the body of a Certificate
// message. A receiver rejects another length.
func (c CompressedCertificate) Len() int { return uint24(c.b[compressedSizeOff:]) }

// Compressed returns the compressed bytes.
func (c CompressedCertificate) Compressed() []byte {
	b, _, _ := text.CutVector(c.b[compressedOff:], 3)
	return b
}

// Validate returns nil, or a *wire.Error about bytes after the compressed ones. Offset
// is their offset in the message, and Have their number.
func (c CompressedCertificate) Validate() error {
	if off := compressedOff + 3 + len(c.Compressed()); off < len(c.b) {
		return &wire.Error{Layer: compressedLayer, Reason: wire.Malformed, Offset: off, Have: len(c.b) - off}
	}
	return nil
}

// Bytes returns the message, including its handshake header.
func (c CompressedCertificate) Bytes() []byte { return c.b }

// AppendText appends a short description to dst.
func (c CompressedCertificate) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%v %v len %d of %d", TypeCompressedCertificate, c.Algorithm(), len(c.Compressed()), c.Len()), nil
}

// String returns the text that AppendText appends.
func (c CompressedCertificate) String() string { b, _ := c.AppendText(nil); return string(b) }
