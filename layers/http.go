package layers

import (
	"bytes"
)

// HTTPRequest is a view of the head of an HTTP/1 request (RFC 9112): the
// request-line, the header fields and the empty line that ends them.
// ParseHTTPRequest makes it. It aliases the bytes given to ParseHTTPRequest, as
// does everything that its methods return.
type HTTPRequest struct {
	httpHead
	method, target []byte
}

// ParseHTTPRequest checks that b begins with the head of an HTTP/1 request and
// returns a view of it that aliases b; what follows in b is no part of it.
// Empty lines before the request-line are skipped. Like most servers it takes
// lines that end in LF alone, more white space than one, and any method that is
// a token; a request without version (HTTP/0.9) is refused. The error is Short
// when b ends before the head does, Malformed when it is no request: then more
// bytes do not help.
func ParseHTTPRequest(b []byte) (HTTPRequest, error) {
	h, line, complete := startLine(b)
	r := HTTPRequest{httpHead: h}
	if !complete {
		if n := tokenLen(line); n < len(line) && (n == 0 || !isSpace(line[n])) {
			return HTTPRequest{}, Malformed
		}
		return HTTPRequest{}, Short
	}
	if !r.parseLine(line) {
		return HTTPRequest{}, Malformed
	}
	if !r.take(b) {
		return HTTPRequest{}, Short
	}
	return r, nil
}

// parseLine parses the request-line (RFC 9112 section 3): method, target,
// version. White space in the target is no syntax, but programs send it. PRI
// begins the preface of HTTP/2 (RFC 9113 section 3.4), which is no request.
func (r *HTTPRequest) parseLine(line []byte) bool {
	n := tokenLen(line)
	if n == 0 || n == len(line) || !isSpace(line[n]) {
		return false
	}
	r.method = line[:n:n]
	line = trimSpace(line[n:])
	i := bytes.LastIndexAny(line, " \t")
	if i < 0 || !r.parseVersion(line[i+1:]) {
		return false
	}
	r.target = trimSpace(line[:i])
	return r.major != 2 || string(r.method) != "PRI"
}

// LooksLikeHTTPRequest reports whether b, the first bytes of a stream, begins
// an HTTP/1 request: with a whole request-line, or with a common method and the
// first character of a target that goes with it. Bytes that fall short of that
// are not taken for HTTP: ask again when there are more.
func LooksLikeHTTPRequest(b []byte) bool {
	line, _, complete := cutLine(b[skipEmptyLines(b):])
	if complete {
		return new(HTTPRequest).parseLine(line)
	}
	n := tokenLen(line)
	if n == len(line) || !isSpace(line[n]) {
		return false
	}
	target := trimSpace(line[n:])
	if len(target) == 0 {
		return false
	}
	switch string(line[:n]) {
	case "CONNECT":
		return true
	case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH",
		"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "REPORT":
		return target[0] == '/' || target[0] == '*' ||
			len(target) >= 4 && equalFoldASCII(target[:4], "http")
	}
	return false
}

// Method returns the method (RFC 9110 section 9), a token. Its case counts.
func (r HTTPRequest) Method() []byte { return r.method }

// Target returns the request target as it was sent (RFC 9112 section 3.2).
func (r HTTPRequest) Target() []byte { return r.target }

// Host returns host and port that the request is for, as RFC 9112 section 3.3
// finds them: in the target when that is absolute or CONNECT's, without user
// information; else in the Host field, nil when there is none. The bytes are the
// sender's: they may be no host name.
func (r HTTPRequest) Host() []byte {
	if n := schemeLen(r.target); n > 0 || r.isConnect() {
		if a := cutAuthority(r.target[n:]); len(a) > 0 {
			return a
		}
	}
	return r.Get("Host")
}

// AppendURL appends the URL that the request is for (RFC 9110 section 7.1),
// taking the connection for one without TLS. An absolute target, and that of
// CONNECT (host and port), are appended as they are, and so is a target when
// the request names no host. Nothing is escaped or normalised.
func (r HTTPRequest) AppendURL(dst []byte) []byte { return r.AppendURLAt(dst, "") }

// AppendURLAt is AppendURL for a request to a server: its authority, host and
// port, stands for the host that the request does not name (RFC 9112 section 3.3).
func (r HTTPRequest) AppendURLAt(dst []byte, server string) []byte {
	host := r.Get("Host")
	if schemeLen(r.target) > 0 || r.isConnect() || len(host) == 0 && server == "" {
		return append(dst, r.target...)
	}
	dst = append(dst, "http://"...)
	if len(host) > 0 {
		dst = AppendHTTPValue(dst, host)
	} else {
		dst = append(dst, server...)
	}
	if string(r.target) == "*" {
		return dst
	}
	if r.target[0] != '/' {
		dst = append(dst, '/') // or the target would go on with the host's name
	}
	return append(dst, r.target...)
}

func (r HTTPRequest) isConnect() bool { return string(r.method) == "CONNECT" }

// schemeLen returns the length of "scheme://" (RFC 3986 section 3) that a
// target begins with, 0 when it is not absolute.
func schemeLen(target []byte) int {
	i := bytes.IndexByte(target, ':')
	if i < 0 || !bytes.HasPrefix(target[i:], []byte("://")) {
		return 0
	}
	for j, c := range target[:i] {
		letter := 'a' <= lowerASCII(c) && lowerASCII(c) <= 'z'
		if !letter && (j == 0 || !isDigit(c) && c != '+' && c != '-' && c != '.') {
			return 0
		}
	}
	if i == 0 {
		return 0
	}
	return i + len("://")
}

// cutAuthority returns the host and port that b begins with (RFC 3986 section
// 3.2).
func cutAuthority(b []byte) []byte {
	if i := bytes.IndexAny(b, "/?#"); i >= 0 {
		b = b[:i:i]
	}
	return b[bytes.LastIndexByte(b, '@')+1:]
}

// HTTPResponse is a view of the head of an HTTP/1 response (RFC 9112): the
// status-line, the header fields and the empty line that ends them.
// ParseHTTPResponse makes it. It aliases the bytes given to ParseHTTPResponse,
// as does everything that its methods return.
type HTTPResponse struct {
	httpHead
	status int
	reason []byte
}

// ParseHTTPResponse checks that b begins with the head of an HTTP/1 response
// and returns a view of it that aliases b; what follows in b is no part of it.
// It is as lenient as ParseHTTPRequest, and its errors mean the same.
func ParseHTTPResponse(b []byte) (HTTPResponse, error) {
	h, line, complete := startLine(b)
	r := HTTPResponse{httpHead: h}
	if !complete {
		if n := min(len(line), httpVersionLen); !isVersion(line[:n]) {
			return HTTPResponse{}, Malformed
		}
		return HTTPResponse{}, Short
	}
	if !r.parseLine(line) {
		return HTTPResponse{}, Malformed
	}
	if !r.take(b) {
		return HTTPResponse{}, Short
	}
	return r, nil
}

// parseLine parses the status-line (RFC 9112 section 4): version, three digits
// and perhaps a reason phrase.
func (r *HTTPResponse) parseLine(line []byte) bool {
	if len(line) <= httpVersionLen || !r.parseVersion(line[:httpVersionLen]) || !isSpace(line[httpVersionLen]) {
		return false
	}
	line = trimSpace(line[httpVersionLen:])
	if len(line) < 3 || len(line) > 3 && !isSpace(line[3]) {
		return false
	}
	for _, c := range line[:3] {
		if !isDigit(c) {
			return false
		}
		r.status = 10*r.status + int(c-'0')
	}
	r.reason = trimSpace(line[3:])
	return true
}

// LooksLikeHTTPResponse reports whether b, the first bytes of a stream, begins
// an HTTP/1 response: with "HTTP/1.". Fewer bytes are not taken for HTTP.
func LooksLikeHTTPResponse(b []byte) bool {
	return bytes.HasPrefix(b[skipEmptyLines(b):], []byte("HTTP/1."))
}

// Status returns the status code (RFC 9110 section 15), three digits.
func (r HTTPResponse) Status() int { return r.status }

// Reason returns the reason phrase, which may be empty.
func (r HTTPResponse) Reason() []byte { return r.reason }
