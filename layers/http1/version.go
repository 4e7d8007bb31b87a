package http1

import (
	"bytes"
	"math"

	"github.com/sightline-go/sightline/internal/text"
)

// Names before the version (RFC 9112 section 2.3). ICY begins the status-lines
// of SHOUTcast, which have no version.
const (
	httpName = "HTTP"
	icyName  = "ICY"
)

// setVersion sets the version from the text after "HTTP/", as browsers do: it
// accepts any numbers. Where there are none, the version is 1.0.
func (h *head) setVersion(b []byte) {
	major, rest := leadingNumber(b)
	if len(rest) == len(b) {
		h.major, h.minor = 1, 0
		return
	}
	minor, _ := leadingNumber(bytes.TrimPrefix(rest, []byte{'.'}))
	h.major, h.minor = uint8(min(major, math.MaxUint8)), uint8(min(minor, math.MaxUint8))
}

// leadingNumber returns the decimal number at the start of b, at most 9999, and
// what follows its digits.
func leadingNumber(b []byte) (n int, rest []byte) {
	for i, c := range b {
		if !text.IsDigit(c) {
			return n, b[i:]
		}
		n = min(10*n+int(c-'0'), 9999)
	}
	return n, b[len(b):]
}

// cutVersion sets the version from the end of a request-line, and returns the
// line before it. Servers accept it in lower case, and some with a space in
// place of the slash. The target must not be empty.
func (h *head) cutVersion(line []byte) (target []byte, ok bool) {
	i := bytes.LastIndexAny(line, " \t") + 1
	switch last := line[i:]; {
	case hasName(last, '/'):
		h.setVersion(last[len(httpName)+1:])
		target = text.TrimSpace(line[:i])
	case len(last) > 0 && text.IsDigit(last[0]):
		before := text.TrimSpace(line[:i])
		if target, ok = cutNameSuffix(before); !ok {
			return nil, false
		}
		h.setVersion(last)
	}
	return target, len(target) > 0
}

// cutNameSuffix returns line without " HTTP" at its end.
func cutNameSuffix(line []byte) ([]byte, bool) {
	n := len(line) - len(httpName)
	if n < 1 || !text.IsSpace(line[n-1]) || !text.EqualFold(line[n:], httpName) {
		return nil, false
	}
	return text.TrimSpace(line[:n]), true
}

// hasName reports whether b begins with "HTTP", in any case, and next.
func hasName(b []byte, next byte) bool {
	n := len(httpName)
	return len(b) > n && b[n] == next && text.EqualFold(b[:n], httpName)
}

// cutStatusVersion sets the version from the start of a status-line, and
// returns the line after it.
func (h *head) cutStatusVersion(line []byte) (rest []byte, ok bool) {
	switch {
	case hasName(line, '/'):
		rest = text.TrimSpace(line[len(httpName)+1:])
		n := wordLen(rest)
		h.setVersion(rest[:n])
		return text.TrimSpace(rest[n:]), true
	case hasName(line, ' '), hasName(line, '\t'):
		h.major, h.minor = 1, 0
		rest = text.TrimSpace(line[len(httpName):])
		if n := wordLen(rest); bytes.IndexByte(rest[:n], '.') > 0 && text.IsDigit(rest[0]) {
			h.setVersion(rest[:n])
			rest = text.TrimSpace(rest[n:])
		}
		return rest, true
	case len(line) > len(icyName) && string(line[:len(icyName)]) == icyName && text.IsSpace(line[len(icyName)]):
		h.major, h.minor = 1, 0
		return text.TrimSpace(line[len(icyName):]), true
	}
	return nil, false
}

func wordLen(b []byte) int {
	if n := bytes.IndexAny(b, " \t"); n >= 0 {
		return n
	}
	return len(b)
}

// mayBeStatus reports whether b, the first bytes of a line, may begin a
// status-line.
func mayBeStatus(b []byte) bool {
	n := min(len(b), len(httpName))
	if text.EqualFold(b[:n], httpName[:n]) {
		return len(b) <= len(httpName) || b[n] == '/' || text.IsSpace(b[n])
	}
	n = min(len(b), len(icyName))
	return string(b[:n]) == icyName[:n] && (len(b) == n || text.IsSpace(b[n]))
}
