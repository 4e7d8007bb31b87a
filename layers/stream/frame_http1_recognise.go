package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers"
)

// httpMethods are the methods of the IANA registry "http-methods" without PRI,
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

// recogniseHTTP wants a method and a space, or the version of a response,
// behind empty lines (RFC 9112 section 2.2).
func recogniseHTTP(b []byte, _ layers.Flow) (role, verdict) {
	b = bytes.TrimLeft(b[:min(len(b), probeLen)], "\r\n")
	if len(b) == 0 {
		return either, undecided
	}
	if v := prefix(b, "HTTP/1."); v != refused {
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
