package extract

import (
	"net/netip"
	"strings"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// addDNS notes the names that a message asks for, in queries and responses
// alike, and the addresses and names that a response gives.
func (x *Extractor) addDNS(m *stream.Message) {
	msg, err := layers.ParseDNS(m.Data)
	if err != nil {
		return
	}
	x.names.Reset(msg)
	e := x.message(m)
	for q := range msg.Questions() {
		x.addQuery(q.Name, e)
	}
	if !msg.Response() {
		return
	}
	for _, rr := range msg.Resources() {
		if addr, ok := rr.Addr(); ok {
			x.addAnswer(rr.Name, addr, e)
		} else if target, ok := rr.Target(); ok && rr.Type == layers.DNSTypeCNAME {
			x.addAlias(rr.Name, target, e)
		}
	}
}

func (x *Extractor) addQuery(n layers.Name, e Evidence) {
	x.scratch = x.appendName(x.scratch[:0], n)
	if q := x.report.queries.row(x.scratch, x.maxValues()); q != nil {
		if q.Count == 0 {
			q.Name = string(x.scratch)
		}
		q.add(e)
	}
}

func (x *Extractor) addAnswer(n layers.Name, addr netip.Addr, e Evidence) {
	x.scratch = x.appendName(x.scratch[:0], n)
	name := len(x.scratch)
	x.scratch = append(append(x.scratch, 0), addr.AsSlice()...)
	if a := x.report.answers.row(x.scratch, x.maxValues()); a != nil {
		if a.Count == 0 {
			a.Name, a.Addr = string(x.scratch[:name]), addr
		}
		a.add(e)
	}
}

func (x *Extractor) addAlias(n, target layers.Name, e Evidence) {
	x.scratch = x.appendName(x.scratch[:0], n)
	name := len(x.scratch)
	x.scratch = x.appendName(append(x.scratch, 0), target)
	if a := x.report.aliases.row(x.scratch, x.maxValues()); a != nil {
		if a.Count == 0 {
			a.Name, a.Target = string(x.scratch[:name]), string(x.scratch[name+1:])
		}
		a.add(e)
	}
}

// appendName appends a name in lower case: DNS does not tell case apart (RFC
// 4343).
func (x *Extractor) appendName(dst []byte, n layers.Name) []byte {
	from := len(dst)
	dst = x.names.AppendTo(dst, n)
	lower(dst[from:])
	return dst
}

// lower turns the ASCII letters of b into lower case.
func lower(b []byte) {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
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
