package extract

import (
	"iter"

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

var (
	queries     = handleOf[Query]()
	resolutions = handleOf[Resolution]()
)

// Queries returns the names that were asked for in DNS, in order.
func (r *Report) Queries() iter.Seq[*Query] { return queries.all(r) }

// Resolutions returns what DNS responses gave for names, in order of the names.
func (r *Report) Resolutions() iter.Seq[*Resolution] { return resolutions.all(r) }

// A dnsState belongs to the message of DNS in work.
type dnsState struct {
	names    dns.NameAppender
	lastName string
}

// dns notes what a message asks for, in queries and responses alike, and what a
// response gives.
func (w *worker) dns(_ *shard, m *stream.Message) {
	msg, err := dns.ParseMessage(m.Data)
	if err != nil {
		return
	}
	w.names.Reset(msg)
	e := byMessage(m)
	for q := range msg.Questions() {
		row := queries.observe(w, Query{Name: w.nameText(q.Name)}, e)
		if row != nil && msg.Response() {
			row.answer(msg)
		}
	}
	if !msg.Response() {
		return
	}
	for _, rr := range msg.Resources() {
		if value := w.resourceText(rr); value != "" && w.fits(value) {
			r := Resolution{Name: w.nameText(rr.Name), Type: rr.Type.String(), Value: value}
			resolutions.observe(w, r, e)
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
func (w *worker) resourceText(rr dns.Resource) string {
	if a, ok := rr.Addr(); ok {
		return a.String()
	}
	if target, ok := rr.Target(); ok { // CNAME, NS, PTR, DNAME
		return w.nameText(target)
	}
	switch rr.Type {
	case dns.TypeMX:
		if _, exchange, ok := rr.MX(); ok {
			return w.nameText(exchange)
		}
	case dns.TypeSRV:
		if srv, ok := rr.SRV(); ok {
			return w.nameText(srv.Target)
		}
	case dns.TypeSOA:
		if soa, ok := rr.SOA(); ok {
			return w.nameText(soa.MName)
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
func (w *worker) nameText(n dns.Name) string {
	w.scratch = lower(w.names.AppendTo(w.scratch[:0], n))
	if string(w.scratch) != w.lastName {
		w.lastName = string(w.scratch)
	}
	return w.lastName
}
