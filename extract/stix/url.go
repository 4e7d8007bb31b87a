package stix

import (
	"net/url"
	"strings"
)

// escapeURL percent-encodes the octets that RFC 3986 does not allow in a URI, as
// section 3.1 of RFC 3987 does. ok is false if s has no scheme, or a host that package
// net/url refuses, as importers may.
func escapeURL(s string) (escaped string, ok bool) {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !isScheme(scheme) {
		return "", false
	}
	host := ""
	if authority, found := strings.CutPrefix(rest, "//"); found {
		end := strings.IndexAny(authority, "/?#")
		if end < 0 {
			end = len(authority)
		}
		host, rest = "//"+escapeOctets(authority[:end], "[]"), authority[end:]
	}
	path, fragment, found := strings.Cut(rest, "#")
	escaped = scheme + ":" + host + escapeOctets(path, "/?")
	if found {
		escaped += "#" + escapeOctets(fragment, "/?")
	}
	_, err := url.Parse(escaped)
	return escaped, err == nil
}

// isScheme reports whether s is a scheme (RFC 3986 section 3.1).
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		if letter := 'a' <= c|0x20 && c|0x20 <= 'z'; !letter && (i == 0 || strings.IndexByte("0123456789+-.", c) < 0) {
			return false
		}
	}
	return s != ""
}

// escapeOctets percent-encodes all octets but unreserved characters, sub-delims, ":",
// "@", percent-encoded octets, and those in also.
func escapeOctets(s, also string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9',
			strings.IndexByte("-._~!$&'()*+,;=:@", c) >= 0, strings.IndexByte(also, c) >= 0,
			c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte("0123456789ABCDEF"[c>>4])
			b.WriteByte("0123456789ABCDEF"[c&15])
		}
	}
	return b.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }
