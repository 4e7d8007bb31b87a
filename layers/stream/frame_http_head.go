package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/internal/text"
)

// A headWriter converts the fields of an HTTP/2 or HTTP/3 message to a head in the form
// of HTTP/1, with the pseudo-fields as its first line, Host and Upgrade. Fields that RFC
// 9113 sections 8.2 and 8.3 (RFC 9114 sections 4.2 and 4.3) call invalid are counted and
// left out: no field can add another one to the head, or change its first line.
type headWriter struct {
	pseudo   [pseudoCount][]byte // nil if absent
	lines    []byte              // the other fields
	host     []byte              // of the first host field, in lines
	after    bool                // no pseudo-field may follow
	disputed bool                // receivers differ on the host
	over     bool                // it is beyond a limit, and is dropped
}

// The pseudo-fields of RFC 9113 section 8.3 and RFC 8441 section 4.
const (
	pseudoMethod = iota
	pseudoScheme
	pseudoAuthority
	pseudoPath
	pseudoProtocol
	pseudoStatus
	pseudoCount
)

var pseudoNames = [pseudoCount]string{":method", ":scheme", ":authority", ":path", ":protocol", ":status"}

// workOfField is the work of a field beyond that of its bytes, each of which counts
// workOfHead: what parses the head later reads it several times. A reference of one
// byte may stand for any field.
const (
	workOfField = 32
	workOfHead  = 4
)

// keptHead limits the memory that is kept for later heads.
const keptHead = 64 << 10

// beginHead returns the head of a message without fields. One is built at a time.
func (a *Assembler) beginHead() *headWriter {
	h := &a.head
	lines := h.lines[:0]
	if cap(lines) > keptHead {
		lines = nil
	}
	*h = headWriter{lines: lines}
	return h
}

// beginTrailer is like beginHead, for fields after a body, which have no pseudo-fields
// (RFC 9113 section 8.1). They are checked, and not used.
func (a *Assembler) beginTrailer() *headWriter {
	h := a.beginHead()
	h.after = true
	return h
}

// add adds a field. What is nil is unknown.
func (h *headWriter) add(s sink, name, value []byte) {
	if h.over {
		return
	}
	cost := int64(workOfField + workOfHead*(len(name)+len(value)))
	if !s.a.affords(s.c, cost) {
		h.over = true
		return
	}
	s.a.spend(s.c, cost)
	pseudo := len(name) > 0 && name[0] == ':'
	h.after = h.after || !pseudo && name != nil
	switch {
	case name == nil || value == nil:
		s.a.stats.Unknown++
	case pseudo && !h.addPseudo(name, value), !pseudo && !isHTTPField(name, value):
		s.a.stats.Invalid++
	case !pseudo:
		h.addLine(s, name, value)
	}
}

// addPseudo adds a pseudo-field. It reports false if it is invalid, or not the first one
// with its name.
func (h *headWriter) addPseudo(name, value []byte) bool {
	for i := range pseudoNames {
		if string(name) == pseudoNames[i] {
			if h.after || h.pseudo[i] != nil || !isPseudoValue(i, value) {
				return false
			}
			h.pseudo[i] = bytes.Clone(value)
			return true
		}
	}
	return false
}

func (h *headWriter) addLine(s sink, name, value []byte) {
	if len(h.lines)+len(name)+len(value) > withDefault(s.a.MaxMessage, defaultMaxMessage) {
		s.a.stats.TooLong++
		h.over = true
		return
	}
	if string(name) == "host" {
		if h.host == nil {
			h.host = h.pseudo[pseudoAuthority]
		}
		h.disputed = h.disputed || h.host != nil && !bytes.EqualFold(h.host, value)
		if h.host == nil {
			h.host = bytes.Clone(value)
		}
	}
	h.lines = appendLine(h.lines, string(name), value)
}

func appendLine(dst []byte, name string, value []byte) []byte {
	dst = append(append(dst, name...), ": "...)
	return append(append(dst, value...), "\r\n"...)
}

// has reports whether there is a pseudo-field.
func (h *headWriter) has(pseudo int) bool { return h.pseudo[pseudo] != nil }

// request returns the head of a request with a version, nil if it has no method or
// target. It is the caller's.
func (h *headWriter) request(s sink, version string) []byte {
	target := h.target(s)
	if h.over || !h.has(pseudoMethod) || target == nil {
		return nil
	}
	if h.disputed {
		s.a.stats.Disputed++
	}
	if scheme := h.pseudo[pseudoScheme]; text.EqualFold(scheme, "http") && s.via.Has(TLS) || text.EqualFold(scheme, "https") && !s.via.Has(TLS) {
		s.a.stats.Schemes++
	}
	authority, protocol := h.pseudo[pseudoAuthority], h.pseudo[pseudoProtocol]
	b := make([]byte, 0, len(h.pseudo[pseudoMethod])+len(target)+len(version)+len(authority)+len(protocol)+len(h.lines)+64)
	b = append(append(b, h.pseudo[pseudoMethod]...), ' ')
	b = append(append(b, target...), ' ')
	b = append(append(b, version...), "\r\n"...)
	if authority != nil {
		b = appendLine(b, "Host", authority)
	}
	if protocol != nil {
		b = appendLine(b, "Upgrade", protocol)
	}
	return append(append(b, h.lines...), "\r\n"...)
}

// target returns the target of a request (RFC 9112 section 3.2): the path; for CONNECT
// the authority (RFC 9113 section 8.5); and for CONNECT with a protocol (RFC 8441
// section 4) the whole URL. It counts pseudo-fields that a request has not.
func (h *headWriter) target(s sink) []byte {
	path, authority := h.pseudo[pseudoPath], h.pseudo[pseudoAuthority]
	connect := string(h.pseudo[pseudoMethod]) == "CONNECT"
	extended := connect && h.has(pseudoProtocol)
	if (!connect || extended) && string(path) == "*" && string(h.pseudo[pseudoMethod]) != "OPTIONS" && h.has(pseudoMethod) {
		s.a.stats.Invalid++
		path = nil
	}
	for i, refused := range [pseudoCount]bool{
		pseudoStatus: true, pseudoProtocol: !connect, pseudoPath: connect && !extended, pseudoScheme: connect && !extended,
	} {
		if refused && h.pseudo[i] != nil {
			s.a.stats.Invalid++
			h.pseudo[i] = nil
		}
	}
	switch {
	case extended:
		if host := h.anyHost(); len(host) > 0 && path != nil && h.has(pseudoScheme) {
			url := append(append(bytes.Clone(h.pseudo[pseudoScheme]), "://"...), host...)
			return append(url, path...)
		}
		return nil
	case connect:
		return authority
	}
	return path
}

func (h *headWriter) anyHost() []byte {
	if h.has(pseudoAuthority) {
		return h.pseudo[pseudoAuthority]
	}
	return h.host
}

// response returns the head of a response with a version, nil if it has no status. It is
// the caller's.
func (h *headWriter) response(s sink, version string) []byte {
	for i := range h.pseudo {
		if i != pseudoStatus && h.pseudo[i] != nil {
			s.a.stats.Invalid++
		}
	}
	status := h.pseudo[pseudoStatus]
	if h.over || status == nil {
		return nil
	}
	b := make([]byte, 0, len(version)+len(h.lines)+16)
	b = append(append(b, version...), ' ')
	b = append(append(b, status...), "\r\n"...)
	return append(append(b, h.lines...), "\r\n"...)
}

// isPseudoValue reports whether a pseudo-field may have a value.
func isPseudoValue(pseudo int, v []byte) bool {
	if len(v) == 0 {
		return false
	}
	switch pseudo {
	case pseudoMethod, pseudoProtocol:
		return text.TokenLen(v) == len(v) && (pseudo != pseudoMethod || string(v) != "PRI")
	case pseudoScheme:
		return isScheme(v)
	case pseudoAuthority:
		return isAuthority(v)
	case pseudoPath:
		return (v[0] == '/' || string(v) == "*") && !bytes.ContainsFunc(v, isBlank)
	}
	return len(v) == 3 && '1' <= v[0] && v[0] <= '9' && text.IsDigit(v[1]) && text.IsDigit(v[2])
}

// isAuthority reports whether v may be the authority of a URL. It has no user
// information (RFC 9113 section 8.3.1).
func isAuthority(v []byte) bool {
	return len(v) > 0 && !bytes.ContainsAny(v, `/\?#@`) && !bytes.ContainsFunc(v, isBlank)
}

func isBlank(c rune) bool { return c <= ' ' || c == 0x7f }

// isScheme reports whether v is the scheme of a URI (RFC 3986 section 3.1).
func isScheme(v []byte) bool {
	for i, c := range v {
		letter := 'a' <= text.Lower(c) && text.Lower(c) <= 'z'
		if !letter && (i == 0 || !text.IsDigit(c) && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return true
}

// isHTTPField reports whether a field is valid (RFC 9113 sections 8.2.1 and 8.2.2): its
// name is a token in lower case, and its value has no line ends and no white space
// around it. Fields of the connection are not.
func isHTTPField(name, value []byte) bool {
	if len(name) == 0 || text.TokenLen(name) < len(name) || bytes.ContainsFunc(name, isUpper) {
		return false
	}
	if n := len(value); n > 0 && (text.IsSpace(value[0]) || text.IsSpace(value[n-1])) || bytes.ContainsAny(value, "\x00\r\n") {
		return false
	}
	switch string(name) {
	case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade":
		return false
	case "host":
		return isAuthority(value)
	case "te":
		return text.EqualFold(value, "trailers")
	}
	return true
}

func isUpper(c rune) bool { return 'A' <= c && c <= 'Z' }
