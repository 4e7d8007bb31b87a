package tls

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/sightline-go/sightline/internal/text"
)

// JA4 (github.com/FoxIO-LLC/ja4, technical_details/JA4.md, BSD 3-Clause): a
// summary of ten characters, a hash of the sorted cipher suites, and a hash of
// the sorted extensions and the signature algorithms. GREASE values are ignored
// everywhere. The other fingerprints of the JA4+ family have a different
// license.
const (
	ja4HashLen = 12 // hexadecimal digits of a SHA-256
	ja4NoHash  = "000000000000"
	ja4Max     = 99 // limit of a count
)

// The transports of a ClientHello, for AppendJA4.
const (
	JA4TCP  = 't'
	JA4QUIC = 'q'
	JA4DTLS = 'd'
)

// AppendJA4 appends the client's JA4 fingerprint, 36 characters. The transport
// is JA4TCP, JA4QUIC or JA4DTLS.
func (h ClientHello) AppendJA4(dst []byte, transport byte) []byte {
	var buf [1024]byte
	dst = h.appendJA4Head(dst, transport)
	dst = appendJA4Hash(append(dst, '_'), h.appendJA4Suites(buf[:0]))
	return appendJA4Hash(append(dst, '_'), h.appendJA4Extensions(buf[:0]))
}

// AppendJA4Text appends the fingerprint with the lists in place of their hashes
// (JA4_r).
func (h ClientHello) AppendJA4Text(dst []byte, transport byte) []byte {
	dst = h.appendJA4Head(dst, transport)
	dst = h.appendJA4Suites(append(dst, '_'))
	return h.appendJA4Extensions(append(dst, '_'))
}

// appendJA4Head appends the transport, the version, whether a server is named,
// the numbers of cipher suites and extensions, and the first protocol.
func (h ClientHello) appendJA4Head(dst []byte, transport byte) []byte {
	suites, extensions, named := 0, 0, byte('i')
	for suite := range h.CipherSuites() {
		if !IsGREASE(suite) {
			suites++
		}
	}
	for typ := range h.Extensions() {
		if !IsGREASE(typ) {
			extensions++
		}
		if typ == ExtensionServerName {
			named = 'd'
		}
	}
	dst = append(append(dst, transport), ja4Version(h.highestVersion())...)
	dst = appendJA4Count(appendJA4Count(append(dst, named), suites), extensions)
	for name := range h.ALPN() {
		return appendFirstLast(dst, name)
	}
	return append(dst, "00"...)
}

// highestVersion returns the highest of the supported versions, or the version
// field if the extension is absent.
func (h ClientHello) highestVersion() (highest uint16) {
	if _, listed := h.Extension(ExtensionSupportedVersions); !listed {
		return h.Version()
	}
	for v := range h.SupportedVersions() {
		if !IsGREASE(v) && newer(v, highest) {
			highest = v
		}
	}
	return highest
}

// newer compares version numbers. Those of DTLS count down (RFC 9147 section 5.3).
func newer(v, than uint16) bool {
	const dtls = 0xfe
	if v>>8 == dtls && than>>8 == dtls {
		return v < than
	}
	return v > than
}

func ja4Version(v uint16) string {
	switch v {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	case 0x0002:
		return "s2"
	case 0xfefc:
		return "d3"
	case 0xfefd:
		return "d2"
	case 0xfeff:
		return "d1"
	}
	return "00"
}

func appendJA4Count(dst []byte, n int) []byte {
	n = min(n, ja4Max)
	return append(dst, '0'+byte(n/10), '0'+byte(n%10))
}

// appendFirstLast appends the first and last character of a protocol name, or
// of its hexadecimal form if one of them is not alphanumeric.
func appendFirstLast(dst, name []byte) []byte {
	const digits = "0123456789abcdef"
	if len(name) == 0 {
		return append(dst, "00"...)
	}
	first, last := name[0], name[len(name)-1]
	if isAlnum(first) && isAlnum(last) {
		return append(dst, first, last)
	}
	return append(dst, digits[first>>4], digits[last&0x0f])
}

func isAlnum(c byte) bool {
	return text.IsDigit(c) || 'a' <= text.Lower(c) && text.Lower(c) <= 'z'
}

func (h ClientHello) appendJA4Suites(dst []byte) []byte {
	var buf [128]uint16 // more than clients send, else append allocates
	suites := buf[:0]
	for suite := range h.CipherSuites() {
		suites = append(suites, suite)
	}
	slices.Sort(suites)
	return appendHexList(dst, suites)
}

// appendJA4Extensions appends the sorted extensions other than server name and
// ALPN, and the signature algorithms in the client's order.
func (h ClientHello) appendJA4Extensions(dst []byte) []byte {
	var buf [128]uint16
	list := buf[:0]
	for typ := range h.Extensions() {
		if typ != ExtensionServerName && typ != ExtensionALPN {
			list = append(list, typ)
		}
	}
	slices.Sort(list)
	dst = appendHexList(dst, list)
	list = list[:0]
	for algorithm := range h.SignatureAlgorithms() {
		list = append(list, algorithm)
	}
	end := len(dst)
	if dst = appendHexList(append(dst, '_'), list); len(dst) == end+1 {
		dst = dst[:end]
	}
	return dst
}

// appendHexList appends numbers other than GREASE in hexadecimal, joined by
// commas.
func appendHexList(dst []byte, numbers []uint16) []byte {
	start := len(dst)
	for _, n := range numbers {
		if IsGREASE(n) {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = hex.AppendEncode(dst, []byte{byte(n >> 8), byte(n)})
	}
	return dst
}

// appendJA4Hash appends the first digits of the SHA-256 of a list, zeros if
// empty.
func appendJA4Hash(dst, list []byte) []byte {
	if len(list) == 0 {
		return append(dst, ja4NoHash...)
	}
	sum := sha256.Sum256(list)
	return hex.AppendEncode(dst, sum[:ja4HashLen/2])
}
