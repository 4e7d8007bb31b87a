package http1

import (
	"bytes"
	"fmt"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Names of the heads in errors.
const (
	requestLayer  = "HTTP request"
	responseLayer = "HTTP response"
)

// Request is a view of the head of an HTTP/1 request (RFC 9112): the
// request-line, the header fields and the empty line after them. It aliases the
// bytes given to [ParseRequest], as does everything its methods return.
type Request struct {
	head
	method, target []byte
}

// ParseRequest checks that b begins with the head of an HTTP/1 request and
// returns a view of it that aliases b. It ignores the bytes after the head. It
// skips empty lines before the request-line. Like most servers it accepts lines
// that end in LF alone, extra white space, any token as method, and any number
// as version. A GET without version is HTTP/0.9 (RFC 1945 section 4.1), whose
// head is the line alone. The error is Short if the head is incomplete, and
// Malformed if b cannot begin a request, whatever follows.
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
// version. It accepts white space in the target, which is invalid but occurs.
// It rejects the preface of HTTP/2, which begins with PRI (RFC 9113 section
// 3.4).
func (r *Request) parseLine(line []byte) bool {
	n := text.TokenLen(line)
	if n == 0 || n == len(line) || !text.IsSpace(line[n]) {
		return false
	}
	r.method = line[:n:n]
	if target, ok := r.cutVersion(text.TrimSpace(line[n:])); ok {
		r.target = target
		return r.major != 2 || string(r.method) != "PRI"
	}
	return r.simple(line)
}

// simple parses the line of a request without version: GET and a target.
func (r *Request) simple(line []byte) bool {
	target, ok := bytes.CutPrefix(line, []byte("GET "))
	target = text.TrimSpace(target)
	if !ok || wordLen(target) != len(target) || len(target) == 0 || target[0] != '/' && schemeLen(target) == 0 {
		return false
	}
	r.target, r.major, r.minor = target, 0, 9
	return true
}

// LooksLikeRequest reports whether b, the first bytes of a stream, begins an
// HTTP/1 request: with a complete request-line, or with a common method and the
// first character of a fitting target. It reports false for fewer bytes; call
// it again with more.
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

// Method returns the method (RFC 9110 section 9), a case-sensitive token.
func (r Request) Method() []byte { return r.method }

// Target returns the request target as sent (RFC 9112 section 3.2).
func (r Request) Target() []byte { return r.target }

// Host returns the host and port of the target URI (RFC 9112 section 3.3): from
// an absolute target or that of CONNECT, without user information, or else from
// the Host field, nil if absent. They are not validated.
func (r Request) Host() []byte {
	if n := schemeLen(r.target); n > 0 || r.isConnect() {
		if a := cutAuthority(r.target[n:]); len(a) > 0 {
			return a
		}
	}
	return r.Get("Host")
}

// AppendURL appends the target URI of the request (RFC 9110 section 7.1),
// assuming a connection without TLS. An absolute target and that of CONNECT
// (host and port) are appended unchanged, and so is any target if the request
// names no host. Nothing is escaped or normalised.
func (r Request) AppendURL(dst []byte) []byte { return r.AppendURLAt(dst, "") }

// AppendURLAt is AppendURL for a request sent to server (host and port), which
// is used if the request names no host (RFC 9112 section 3.3).
func (r Request) AppendURLAt(dst []byte, server string) []byte {
	return r.AppendURLAs(dst, "http", server)
}

// AppendURLAs is AppendURLAt for a connection that is used for URLs of a scheme.
func (r Request) AppendURLAs(dst []byte, scheme, server string) []byte {
	host := r.Get("Host")
	if schemeLen(r.target) > 0 || r.isConnect() || len(host) == 0 && server == "" {
		return append(dst, r.target...)
	}
	dst = append(append(dst, scheme...), "://"...)
	if len(host) > 0 {
		dst = AppendValue(dst, host)
	} else {
		dst = append(dst, server...)
	}
	if string(r.target) == "*" {
		return dst
	}
	if r.target[0] != '/' {
		dst = append(dst, '/') // else the target would continue the host name
	}
	return append(dst, r.target...)
}

func (r Request) isConnect() bool { return string(r.method) == "CONNECT" }

// AppendText appends the request-line to dst, in printable ASCII.
func (r Request) AppendText(dst []byte) ([]byte, error) {
	dst = append(text.AppendEscaped(dst, r.method), ' ')
	dst = append(text.AppendEscaped(dst, r.target), ' ')
	return r.appendVersion(dst), nil
}

// String returns the text that AppendText appends.
func (r Request) String() string { b, _ := r.AppendText(nil); return string(b) }

// schemeLen returns the length of "scheme://" (RFC 3986 section 3) at the start
// of target, 0 if it is not absolute.
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

// cutAuthority returns the host and port at the start of b (RFC 3986 section
// 3.2).
func cutAuthority(b []byte) []byte {
	if i := bytes.IndexAny(b, "/?#"); i >= 0 {
		b = b[:i:i]
	}
	return b[bytes.LastIndexByte(b, '@')+1:]
}

// Response is a view of the head of an HTTP/1 response (RFC 9112): the
// status-line, the header fields and the empty line after them. It aliases the
// bytes given to [ParseResponse], as does everything its methods return.
type Response struct {
	head
	status int
	reason []byte
}

// ParseResponse checks that b begins with the head of an HTTP/1 response and
// returns a view of it that aliases b. It ignores the bytes after the head. It
// is as lenient as ParseRequest and returns the same errors. Like browsers it
// accepts any number as version or none, ICY in place of HTTP, and any status.
func ParseResponse(b []byte) (Response, error) {
	h, line, complete := startLine(b)
	r := Response{head: h}
	if !complete {
		if !mayBeStatus(line) {
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

// parseLine parses the status-line (RFC 9112 section 4): version, status code
// and an optional reason phrase.
func (r *Response) parseLine(line []byte) bool {
	line, ok := r.cutStatusVersion(line)
	if !ok {
		return false
	}
	r.reason = line
	if len(line) > 0 && (line[0] == '+' || line[0] == '-') {
		line = line[1:]
	}
	status, rest := leadingNumber(line)
	switch digits := len(line) - len(rest); {
	case digits == 0:
		r.status = 200
	case digits > maxStatusDigits:
		return false
	default:
		r.status, r.reason = status, text.TrimSpace(rest)
	}
	return true
}

// maxStatusDigits limits the digits of a status code.
const maxStatusDigits = 4

// LooksLikeResponse reports whether b, the first bytes of a stream, begins with
// "HTTP/" and a digit, as a status-line does, or with "ICY " and a digit. It
// ignores the case of HTTP.
func LooksLikeResponse(b []byte) bool {
	b = b[skipEmptyLines(b):]
	n := len(httpName) + 1
	if !hasName(b, '/') {
		n = len(icyName) + 1
		if len(b) < n || string(b[:n]) != icyName+" " {
			return false
		}
	}
	return len(b) > n && text.IsDigit(b[n])
}

// Status returns the status code (RFC 9110 section 15): three digits, or
// whatever number of up to four digits the sender wrote. Without a number it is
// 200, as in browsers.
func (r Response) Status() int { return r.status }

// Reason returns the reason phrase, which may be empty.
func (r Response) Reason() []byte { return r.reason }

// AppendText appends the status-line to dst, in printable ASCII.
func (r Response) AppendText(dst []byte) ([]byte, error) {
	dst = fmt.Appendf(r.appendVersion(dst), " %03d", r.status)
	if len(r.reason) > 0 {
		dst = text.AppendEscaped(append(dst, ' '), r.reason)
	}
	return dst, nil
}

// String returns the text that AppendText appends.
func (r Response) String() string { b, _ := r.AppendText(nil); return string(b) }
