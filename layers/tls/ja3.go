package tls

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
)

// JA3 (github.com/salesforce/ja3) is the MD5 of version, cipher suites,
// extensions, groups and point formats in decimal, without GREASE values.
// Numbers are joined by '-', lists by ','.

// AppendJA3 appends the client's JA3 fingerprint, 32 hexadecimal digits.
func (h ClientHello) AppendJA3(dst []byte) []byte {
	var buf [512]byte
	return appendMD5(dst, h.AppendJA3Text(buf[:0]))
}

// AppendJA3Text appends the JA3 string, whose MD5 is the fingerprint.
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

// AppendJA3S appends the server's JA3S fingerprint, 32 hexadecimal digits. It
// depends on the client, too: a server answers different clients differently.
// The drafts of TLS 1.3 before 22, whose ServerHello has another form, have none.
func (h ServerHello) AppendJA3S(dst []byte) []byte {
	if isOldDraft(h.b) {
		return dst
	}
	var buf [128]byte
	return appendMD5(dst, h.AppendJA3SText(buf[:0]))
}

// AppendJA3SText appends the JA3S string, whose MD5 is the fingerprint:
// version, cipher suite and extensions.
func (h ServerHello) AppendJA3SText(dst []byte) []byte {
	if isOldDraft(h.b) {
		return dst
	}
	dst = strconv.AppendUint(dst, uint64(h.Version()), 10)
	dst = strconv.AppendUint(append(dst, ','), uint64(h.CipherSuite()), 10)
	dst = append(dst, ',')
	start := len(dst)
	for typ := range h.Extensions() {
		dst = appendDecimal(dst, start, typ)
	}
	return dst
}

// appendDecimal appends a number, unless a GREASE value, to the list that
// begins at start.
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
