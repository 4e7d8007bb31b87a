package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/http1"
)

// httpMethods are the methods of the IANA registry "http-methods" except PRI,
// which begins HTTP/2, and those of UPnP (SSDP, GENA) and of Microsoft's BITS
// and RPC over HTTP.
var httpMethods = [...]string{
	"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH",
	"ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK",
	"LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF",
	"MKWORKSPACE", "MOVE", "ORDERPATCH", "PROPFIND", "PROPPATCH", "QUERY", "REBIND",
	"REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE",
	"UPDATEREDIRECTREF", "VERSION-CONTROL",
	"M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "BITS_POST", "CCM_POST",
	"RPC_IN_DATA", "RPC_OUT_DATA", "RPC_CONNECT",
}

// recogniseHTTP accepts a method and a space, or what begins a response, after
// empty lines (RFC 9112 section 2.2).
func recogniseHTTP(b []byte, _ layers.Flow) (role, verdict) {
	b = bytes.TrimLeft(b[:min(len(b), probeLen)], "\r\n")
	if len(b) == 0 {
		return either, undecided
	}
	if v := statusPrefix(b); v != refused {
		if v == decided && !http1.LooksLikeResponse(b) {
			v = undecided
			if len(b) > len("HTTP/") {
				v = refused
			}
		}
		return fromServer, v
	}
	best := refused
	for _, m := range httpMethods {
		if m[0] != b[0] {
			continue
		}
		if n := len(m); len(b) > n && b[n] == ' ' && string(b[:n]) == m {
			return fromClient, decided
		}
		if len(b) <= len(m) && string(b) == m[:len(b)] {
			best = undecided
		}
	}
	return fromClient, best
}

// statusPrefix reports whether b begins with HTTP, in any case, and a slash or
// a space, or with ICY and a space.
func statusPrefix(b []byte) verdict {
	if b[0] == 'I' {
		return prefix(b, "ICY ")
	}
	const name = "HTTP"
	n := min(len(b), len(name))
	switch {
	case !equalFold(b[:n], name[:n]):
		return refused
	case len(b) <= len(name):
		return undecided
	case b[n] == '/', b[n] == ' ', b[n] == '\t':
		return decided
	}
	return refused
}
