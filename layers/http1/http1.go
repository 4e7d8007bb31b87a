package http1

import (
	"bytes"
	"fmt"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// What the head of a message is called in errors.
const (
	requestLayer  = "HTTP request"
	responseLayer = "HTTP response"
)

// Request is a view of the head of an HTTP/1 request (RFC 9112): the
// request-line, the header fields and the empty line that ends them.
// ParseRequest makes it. It aliases the bytes given to ParseRequest, as
// does everything that its methods return.
type Request struct {
	head
	method, target []byte
}

// ParseRequest checks that b begins with the head of an HTTP/1 request and
// returns a view of it that aliases b; what follows in b is no part of it.
// Empty lines before the request-line are skipped. Like most servers it takes
// lines that end in LF alone, more white space than one, and any method that is
// a token; a request without version (HTTP/0.9) is refused. The error is Short
// when b ends before the head does, Malformed when it is no request: then more
// bytes do not help.
func ParseRequest(b []byte) (Request, error) {
	h, line, complete := startLine(b)
	r := Request{head: h}
	if !complete {
		if n := text.TokenLen(line); n < len(line) && (n == 0 || !text.IsSpace(line[n])) {
			return Request{}, wire.Fail(requestLayer, wire.Malformed, len(b), 0)
		}
		return Request{}, wire.Fail(requestLayer, wire.Short, len(b), 0)
	}
	if !r.parseLine(line) {
		return Request{}, wire.Fail(requestLayer, wire.Malformed, len(b), 0)
	}
	if !r.take(b) {
		return Request{}, wire.Fail(requestLayer, wire.Short, len(b), 0)
	}
	return r, nil
}

// parseLine parses the request-line (RFC 9112 section 3): method, target,
// version. White space in the target is no syntax, but programs send it. PRI
// begins the preface of HTTP/2 (RFC 9113 section 3.4), which is no request.
func (r *Request) parseLine(line []byte) bool {
	n := text.TokenLen(line)
	if n == 0 || n == len(line) || !text.IsSpace(line[n]) {
		return false
	}
	r.method = line[:n:n]
	line = text.TrimSpace(line[n:])
	i := bytes.LastIndexAny(line, " \t")
	if i < 0 || !r.parseVersion(line[i+1:]) {
		return false
	}
	r.target = text.TrimSpace(line[:i])
	return r.major != 2 || string(r.method) != "PRI"
}

// LooksLikeRequest reports whether b, the first bytes of a stream, begins
// an HTTP/1 request: with a whole request-line, or with a common method and the
// first character of a target that goes with it. Bytes that fall short of that
// are not taken for HTTP: ask again when there are more.
func LooksLikeRequest(b []byte) bool {
	line, _, complete := text.CutLine(b[skipEmptyLines(b):])
	if complete {
		return new(Request).parseLine(line)
	}
	n := text.TokenLen(line)
	if n == len(line) || !text.IsSpace(line[n]) {
		return false
	}
	target := text.TrimSpace(line[n:])
	if len(target) == 0 {
		return false
	}
	switch string(line[:n]) {
	case "CONNECT":
		return true
	case "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH",
		"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "REPORT":
		return target[0] == '/' || target[0] == '*' ||
			len(target) >= 4 && text.EqualFold(target[:4], "http")
	}
	return false
}

// Method returns the method (RFC 9110 section 9), a token. Its case counts.
func (r Request) Method() []byte { return r.method }

// Target returns the request target as it was sent (RFC 9112 section 3.2).
func (r Request) Target() []byte { return r.target }

// Host returns host and port that the request is for, as RFC 9112 section 3.3
// finds them: in the target when that is absolute or CONNECT's, without user
// information; else in the Host field, nil when there is none. The bytes are the
// sender's: they may be no host name.
func (r Request) Host() []byte {
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
func (r Request) AppendURL(dst []byte) []byte { return r.AppendURLAt(dst, "") }

// AppendURLAt is AppendURL for a request to a server: its authority, host and
// port, stands for the host that the request does not name (RFC 9112 section 3.3).
func (r Request) AppendURLAt(dst []byte, server string) []byte {
	host := r.Get("Host")
	if schemeLen(r.target) > 0 || r.isConnect() || len(host) == 0 && server == "" {
		return append(dst, r.target...)
	}
	dst = append(dst, "http://"...)
	if len(host) > 0 {
		dst = AppendValue(dst, host)
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

func (r Request) isConnect() bool { return string(r.method) == "CONNECT" }

// AppendText appends the start-line to dst. Nothing in it but printable ASCII
// comes from the request.
func (r Request) AppendText(dst []byte) ([]byte, error) {
	dst = append(text.AppendEscaped(dst, r.method), ' ')
	dst = append(text.AppendEscaped(dst, r.target), ' ')
	return r.appendVersion(dst), nil
}

// String returns what AppendText appends.
func (r Request) String() string { b, _ := r.AppendText(nil); return string(b) }

// schemeLen returns the length of "scheme://" (RFC 3986 section 3) that a
// target begins with, 0 when it is not absolute.
func schemeLen(target []byte) int {
	i := bytes.IndexByte(target, ':')
	if i < 0 || !bytes.HasPrefix(target[i:], []byte("://")) {
		return 0
	}
	for j, c := range target[:i] {
		letter := 'a' <= text.Lower(c) && text.Lower(c) <= 'z'
		if !letter && (j == 0 || !text.IsDigit(c) && c != '+' && c != '-' && c != '.') {
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

// Response is a view of the head of an HTTP/1 response (RFC 9112): the
// status-line, the header fields and the empty line that ends them.
// ParseResponse makes it. It aliases the bytes given to ParseResponse,
// as does everything that its methods return.
type Response struct {
	head
	status int
	reason []byte
}

// ParseResponse checks that b begins with the head of an HTTP/1 response
// and returns a view of it that aliases b; what follows in b is no part of it.
// It is as lenient as ParseRequest, and its errors mean the same.
func ParseResponse(b []byte) (Response, error) {
	h, line, complete := startLine(b)
	r := Response{head: h}
	if !complete {
		if n := min(len(line), versionLen); !isVersion(line[:n]) {
			return Response{}, wire.Fail(responseLayer, wire.Malformed, len(b), 0)
		}
		return Response{}, wire.Fail(responseLayer, wire.Short, len(b), 0)
	}
	if !r.parseLine(line) {
		return Response{}, wire.Fail(responseLayer, wire.Malformed, len(b), 0)
	}
	if !r.take(b) {
		return Response{}, wire.Fail(responseLayer, wire.Short, len(b), 0)
	}
	return r, nil
}

// parseLine parses the status-line (RFC 9112 section 4): version, three digits
// and perhaps a reason phrase.
func (r *Response) parseLine(line []byte) bool {
	if len(line) <= versionLen || !r.parseVersion(line[:versionLen]) || !text.IsSpace(line[versionLen]) {
		return false
	}
	line = text.TrimSpace(line[versionLen:])
	if len(line) < 3 || len(line) > 3 && !text.IsSpace(line[3]) {
		return false
	}
	for _, c := range line[:3] {
		if !text.IsDigit(c) {
			return false
		}
		r.status = 10*r.status + int(c-'0')
	}
	r.reason = text.TrimSpace(line[3:])
	return true
}

// LooksLikeResponse reports whether b, the first bytes of a stream, begins
// an HTTP/1 response: with "HTTP/1.". Fewer bytes are not taken for HTTP.
func LooksLikeResponse(b []byte) bool {
	return bytes.HasPrefix(b[skipEmptyLines(b):], []byte("HTTP/1."))
}

// Status returns the status code (RFC 9110 section 15), three digits.
func (r Response) Status() int { return r.status }

// Reason returns the reason phrase, which may be empty.
func (r Response) Reason() []byte { return r.reason }

// AppendText appends the status line to dst. Nothing in it but printable ASCII
// comes from the response.
func (r Response) AppendText(dst []byte) ([]byte, error) {
	dst = fmt.Appendf(r.appendVersion(dst), " %03d", r.status)
	if len(r.reason) > 0 {
		dst = text.AppendEscaped(append(dst, ' '), r.reason)
	}
	return dst, nil
}

// String returns what AppendText appends.
func (r Response) String() string { b, _ := r.AppendText(nil); return string(b) }
