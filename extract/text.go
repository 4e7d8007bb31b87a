package extract

import (
	"net/netip"
	"strings"
	"unicode/utf8"
)

// text returns what a packet holds as valid UTF-8.
func text(b []byte) string {
	if utf8.Valid(b) { // which is much cheaper to find out than to make
		return string(b)
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

// lower turns the ASCII letters of b into lower case.
func lower(b []byte) []byte {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}

// hostOf returns the host of an authority (RFC 3986 section 3.2): without user
// and port, in lower case, without final dot, and without the brackets of an
// IPv6 address.
func hostOf(authority string) string {
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		authority = authority[i+1:]
	}
	if inner, ok := strings.CutPrefix(authority, "["); ok {
		host, _, _ := strings.Cut(inner, "]")
		return strings.ToLower(host)
	}
	host, _, _ := strings.Cut(authority, ":")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// authority returns the authority of a URL for a server that nobody named.
func authority(a netip.AddrPort) string {
	switch {
	case a.Port() != 80:
		return a.String()
	case a.Addr().Is6():
		return "[" + a.Addr().String() + "]"
	}
	return a.Addr().String()
}
