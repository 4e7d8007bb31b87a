package extract

import (
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/stream"
)

// A Query is a name that was asked for in DNS, in queries and in responses,
// which repeat the question.
type Query struct {
	Fact
	Name string `json:"name"` // in lower case, without final dot

	Answered int64 `json:"answered,omitempty"` // responses with an answer
	NXDomain int64 `json:"nxdomain,omitempty"` // responses that say that it does not exist
	Failed   int64 `json:"failed,omitempty"`   // responses with another error
}

func (q *Query) appendKey(dst []byte) []byte { return appendText(dst, q.Name) }

func (q *Query) merge(o *Query) {
	q.Fact.merge(&o.Fact)
	q.Answered += o.Answered
	q.NXDomain += o.NXDomain
	q.Failed += o.Failed
}

// A Resolution is what a DNS response gives for a name.
type Resolution struct {
	Fact
	Name  string `json:"name"`  // in lower case, without final dot
	Type  string `json:"type"`  // of the record, as IANA names it: "A"
	Value string `json:"value"` // an address, a name as Name is, or a text
}

func (r *Resolution) appendKey(dst []byte) []byte { return appendText(dst, r.Name, r.Type, r.Value) }

func (r *Resolution) merge(o *Resolution) { r.Fact.merge(&o.Fact) }

// dns notes what a message asks for, in queries and responses alike, and what a
// response gives.
func (l *lane) dns(m *stream.Message) {
	msg, err := dns.ParseMessage(m.Data)
	if err != nil {
		return
	}
	l.names.Reset(msg)
	e := byMessage(m)
	for q := range msg.Questions() {
		row := l.report.queries.observe(Query{Name: l.nameText(q.Name)}, e, l.maxValues())
		if row != nil && msg.Response() {
			row.answer(msg)
		}
	}
	if !msg.Response() {
		return
	}
	for _, rr := range msg.Resources() {
		if value := l.resourceText(rr); value != "" && l.fits(value) {
			r := Resolution{Name: l.nameText(rr.Name), Type: rr.Type.String(), Value: value}
			l.report.resolutions.observe(r, e, l.maxValues())
		}
	}
}

func (q *Query) answer(msg dns.Message) {
	switch rcode := msg.RCode(); {
	case rcode == dns.RCodeNXDomain:
		q.NXDomain++
	case rcode != 0:
		q.Failed++
	case msg.ANCount() > 0:
		q.Answered++
	}
}

// resourceText returns what a record gives for its name, "" when its type says
// nothing of whom the name leads to.
func (l *lane) resourceText(rr dns.Resource) string {
	if a, ok := rr.Addr(); ok {
		return a.String()
	}
	if target, ok := rr.Target(); ok { // CNAME, NS, PTR, DNAME
		return l.nameText(target)
	}
	switch rr.Type {
	case dns.TypeMX:
		if _, exchange, ok := rr.MX(); ok {
			return l.nameText(exchange)
		}
	case dns.TypeSRV:
		if srv, ok := rr.SRV(); ok {
			return l.nameText(srv.Target)
		}
	case dns.TypeSOA:
		if soa, ok := rr.SOA(); ok {
			return l.nameText(soa.MName)
		}
	case dns.TypeTXT:
		var all []byte
		for t := range rr.Texts() {
			all = append(all, t...)
		}
		return text(all)
	}
	return ""
}

// nameText returns a name of the message in lower case, without final dot: DNS
// does not tell case apart (RFC 4343). Names in a row are often the same.
func (l *lane) nameText(n dns.Name) string {
	l.scratch = lower(l.names.AppendTo(l.scratch[:0], n))
	if string(l.scratch) != l.lastName {
		l.lastName = string(l.scratch)
	}
	return l.lastName
}
