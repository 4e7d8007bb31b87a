package extract

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// A uriReference is a URI reference (RFC 3986 section 4.1), split as in appendix B.
// Any text can be split: servers send, and clients follow, URLs that violate the
// standard.
type uriReference struct {
	scheme    string // includes ":"
	authority string // includes "//"
	path      string
	query     string // includes "?"
	fragment  string // includes "#"
}

func splitURI(s string) (r uriReference) {
	n := schemeLen(s)
	r.scheme, s = s[:n], s[n:]
	if strings.HasPrefix(s, "//") {
		r.authority, s = cutBefore(s, 2, "/?#")
	}
	r.path, s = cutBefore(s, 0, "?#")
	r.query, r.fragment = cutBefore(s, 0, "#")
	return r
}

// cutBefore cuts s before the first character of chars at or after index from.
func cutBefore(s string, from int, chars string) (before, rest string) {
	if i := strings.IndexAny(s[from:], chars); i >= 0 {
		return s[:from+i], s[from+i:]
	}
	return s, ""
}

// schemeLen returns the length of the scheme (RFC 3986 section 3.1) at the start of
// s, colon included, or 0.
func schemeLen(s string) int {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

// resolve resolves a reference against base (RFC 3986 section 5.2.2) and escapes it
// like a client that requests it.
func resolve(base, reference string) string {
	b, r := splitURI(base), splitURI(reference)
	if b.authority == "" {
		b = uriReference{} // not a URL: the host and port of CONNECT
	}
	r.path, r.query, r.fragment = escape(r.path), escape(r.query), escape(r.fragment)
	switch {
	case r.scheme != "" || r.authority != "":
		r.path = withoutDots(r.path)
	case r.path == "":
		r.path = b.path
		if r.query == "" {
			r.query = b.query
		}
	case r.path[0] == '/':
		r.path = withoutDots(r.path)
	default:
		r.path = withoutDots("/" + strings.TrimPrefix(b.path[:strings.LastIndexByte(b.path, '/')+1], "/") + r.path)
	}
	if r.scheme == "" {
		r.scheme = b.scheme
		if r.authority == "" {
			r.authority = b.authority
		}
	}
	return r.scheme + urlText([]byte(r.authority)) + r.path + r.query + r.fragment
}

// withoutDots resolves the segments . and .. of a path (RFC 3986 section 5.2.4).
func withoutDots(path string) string {
	if !strings.HasPrefix(path, "/") || !strings.Contains(path, "/.") {
		return path
	}
	var out []string
	segments := strings.Split(path[1:], "/")
	for i, s := range segments {
		switch s {
		case ".":
		case "..":
			out = out[:max(len(out)-1, 0)]
		default:
			out = append(out, s)
			continue
		}
		if i == len(segments)-1 {
			out = append(out, "") // the path ends with a slash
		}
	}
	return "/" + strings.Join(out, "/")
}

// escape percent-encodes (RFC 3986 section 2.1) the bytes that no client sends
// literally: spaces, controls, quotes, angle brackets and non-ASCII bytes.
func escape(s string) string {
	odd := func(c byte) bool { return c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' }
	var out []byte
	for i := range len(s) {
		if odd(s[i]) {
			out = appendPercent(out, s[i])
		} else {
			out = append(out, s[i])
		}
	}
	return string(out)
}

// urlText returns a URL or a part of one as UTF-8. It percent-encodes invalid bytes,
// rather than replacing them, so that different bytes give different URLs.
func urlText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var out []byte
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			out = appendPercent(out, b[0])
		} else {
			out = append(out, b[:n]...)
		}
		b = b[n:]
	}
	return string(out)
}

func appendPercent(dst []byte, c byte) []byte { return fmt.Appendf(dst, "%%%02X", c) }

// hostOf returns the host of an authority (RFC 3986 section 3.2) in lower case,
// without user, port, final dot, or the brackets of an IPv6 address.
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

// authority returns the authority of a URL whose host is only known by address. It
// omits port, the default of its scheme.
func authority(a netip.AddrPort, port uint16) string {
	switch {
	case a.Port() != port:
		return a.String()
	case a.Addr().Is6():
		return "[" + a.Addr().String() + "]"
	}
	return a.Addr().String()
}
