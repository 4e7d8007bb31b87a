package stream

import (
	"io"
	"slices"

	"github.com/sightline-go/sightline/layers/tls"
)

// plainCertificate returns a Certificate of TLS 1.3 in the form of TLS 1.2, also if it
// is compressed (RFC 8879), and other messages as they are. The result is valid until
// the Assembler's next call.
func (s sink) plainCertificate(m []byte) []byte {
	plain := m
	switch tls.HandshakeType(m[0]) {
	case tls.TypeCertificate:
	case tls.TypeCompressedCertificate:
		if plain = s.decompressCertificate(m); plain == nil {
			return m
		}
	default:
		return m
	}
	b := tls.AppendCertificate(s.a.getSpare(), plain)
	s.a.lend(b)
	return b
}

// certificateCoding returns the content coding with the format of an algorithm, "" if there is
// none.
func certificateCoding(c tls.CertificateCompression) string {
	switch c {
	case tls.CompressionZlib:
		return "deflate"
	case tls.CompressionBrotli:
		return "br"
	case tls.CompressionZstd:
		return "zstd"
	}
	return ""
}

// decompressCertificate returns the Certificate message in a CompressedCertificate. It
// returns nil, and counts why, if a receiver rejects it, or at a limit.
func (s sink) decompressCertificate(m []byte) []byte {
	c, err := tls.ParseCompressedCertificate(m)
	if err != nil || certificateCoding(c.Algorithm()) == "" {
		s.a.stats.Malformed++
		return nil
	}
	room := withDefault(s.a.MaxDecode, defaultMaxDecode) - s.a.decoded
	if c.Len() > min(withDefault(s.a.MaxMessage, defaultMaxMessage), room-1) {
		s.a.stats.TooLong++
		return nil
	}
	u := s.a.unpack()
	defer u.done()
	body, ok := u.certificate(s, c)
	switch {
	case u.stopped, u.exhausted: // by Config.Stop, or counted in Stats.TooCostly
		return nil
	case !ok:
		s.a.stats.Malformed++
		return nil
	}
	n := len(body)
	return append([]byte{byte(tls.TypeCertificate), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
}

// certificate decompresses c. It reports false if the result does not have the stated
// length, or a checksum is wrong. Memory grows with what was decompressed.
func (u *unpacker) certificate(s sink, c tls.CompressedCertificate) (b []byte, ok bool) {
	const step = 4 << 10
	coding := certificateCoding(c.Algorithm())
	z := u.inflater()
	z.src.resetBody(c.Compressed(), s.a)
	z.reset(coding)
	r := stopper{s.metered(z, coding, true), s.a}
	var err error
	for most := c.Len() + 1; err == nil && len(b) < most; {
		b = slices.Grow(b, min(most-len(b), max(len(b), step)))
		var n int
		n, err = fill(b[len(b):min(cap(b), most)], r)
		b = b[:len(b)+n]
	}
	strict := z.format == formatZlib || z.format == formatBrotli || z.format == formatZstd
	return b, err == io.EOF && len(b) == c.Len() && strict && !z.unverified
}
