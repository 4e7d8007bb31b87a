package tls

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
)

// JA3 (github.com/salesforce/ja3): version, cipher suites, extensions, groups and
// point formats in decimal, GREASE left out, the numbers of a list joined by '-',
// the lists by ','; and the MD5 of that.

// AppendJA3 appends the JA3 fingerprint of a client, 32 hexadecimal digits.
func (h ClientHello) AppendJA3(dst []byte) []byte {
	var buf [512]byte
	return appendMD5(dst, h.AppendJA3Text(buf[:0]))
}

// AppendJA3Text appends the text that JA3 is the MD5 of.
func (h ClientHello) AppendJA3Text(dst []byte) []byte {
	dst = strconv.AppendUint(dst, uint64(h.Version()), 10)
	dst = append(dst, ',')
	start := len(dst)
	for suite := range h.CipherSuites() {
		dst = appendDecimal(dst, start, suite)
	}
	dst = append(dst, ',')
	start = len(dst)
	for typ := range h.Extensions() {
		dst = appendDecimal(dst, start, typ)
	}
	dst = append(dst, ',')
	start = len(dst)
	for group := range h.SupportedGroups() {
		dst = appendDecimal(dst, start, group)
	}
	dst = append(dst, ',')
	start = len(dst)
	for _, format := range h.PointFormats() {
		dst = appendDecimal(dst, start, uint16(format))
	}
	return dst
}

// AppendJA3S appends the JA3S fingerprint of a server, 32 hexadecimal digits: how
// it answers a client, which depends on that client.
func (h ServerHello) AppendJA3S(dst []byte) []byte {
	var buf [128]byte
	return appendMD5(dst, h.AppendJA3SText(buf[:0]))
}

// AppendJA3SText appends the text that JA3S is the MD5 of: version, cipher suite
// and extensions.
func (h ServerHello) AppendJA3SText(dst []byte) []byte {
	dst = strconv.AppendUint(dst, uint64(h.Version()), 10)
	dst = strconv.AppendUint(append(dst, ','), uint64(h.CipherSuite()), 10)
	dst = append(dst, ',')
	start := len(dst)
	for typ := range h.Extensions() {
		dst = appendDecimal(dst, start, typ)
	}
	return dst
}

// appendDecimal appends a number to the list that begins at start, GREASE
// excepted.
func appendDecimal(dst []byte, start int, n uint16) []byte {
	if IsGREASE(n) {
		return dst
	}
	if len(dst) > start {
		dst = append(dst, '-')
	}
	return strconv.AppendUint(dst, uint64(n), 10)
}

func appendMD5(dst, text []byte) []byte {
	sum := md5.Sum(text)
	return hex.AppendEncode(dst, sum[:])
}
