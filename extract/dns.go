package extract

import (
	"iter"
	"unicode/utf8"

	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/stream"
)

// A Query is a name in the question section of DNS messages. Its Count includes
// queries and responses, which repeat the question.
type Query struct {
	Fact
	Name string `json:"name"` // in lower case, without final dot

	Answered int64 `json:"answered,omitempty"` // responses with an answer
	NXDomain int64 `json:"nxdomain,omitempty"` // responses with code NXDOMAIN: the name does not exist
	Failed   int64 `json:"failed,omitempty"`   // responses with another error code

	traits nameTraits // of Name, once a response needed them
}

func (q *Query) appendKey(dst []byte) []byte { return appendText(dst, q.Name) }

func (q *Query) merge(o *Query) {
	q.Fact.merge(&o.Fact)
	q.Answered += o.Answered
	q.NXDomain += o.NXDomain
	q.Failed += o.Failed
}

// A Resolution is a resource record in DNS responses, or one that a DNS UPDATE adds:
// the value of a name. An SVCB or HTTPS record (RFC 9460) has a row for its target and
// for each address hint.
type Resolution struct {
	Fact
	Name  string `json:"name"`  // in lower case, without final dot
	Type  string `json:"type"`  // of the record, as IANA names it: "A"
	Value string `json:"value"` // an address, a name in the form of Name, or a text

	// For is the name in the question, if its aliases (CNAME, DNAME, SVCB, HTTPS) lead
	// to Name. It is empty if Name itself was asked for.
	For string `json:"for,omitempty"`

	// Glue reports that nobody asked for the record: it is in the authority or
	// additional section, or the question's aliases do not lead to Name.
	Glue bool `json:"glue,omitempty"`

	// Update reports that a client added the record to a zone (RFC 2136).
	Update bool `json:"update,omitempty"`
}

func (r *Resolution) appendKey(dst []byte) []byte {
	return appendOrigin(appendText(dst, r.Name, r.Type, r.Value), r.For, r.Glue, r.Update)
}

// appendOrigin appends the fields that few records have, which keeps most keys short.
func appendOrigin[T string | []byte](dst []byte, asked T, glue, update bool) []byte {
	switch {
	case update:
		return append(dst, 1)
	case len(asked) == 0 && !glue:
		return dst
	}
	return appendFlag(appendText(dst, asked), glue)
}

func (r *Resolution) merge(o *Resolution) { r.Fact.merge(&o.Fact) }

// Asked returns the name in the question that the record answers, or "" if the
// record is Glue or from an UPDATE.
func (r *Resolution) Asked() string {
	switch {
	case r.Glue || r.Update:
		return ""
	case r.For != "":
		return r.For
	}
	return r.Name
}

var (
	queries     = handleOf[Query]()
	resolutions = handleOf[Resolution]()
)

// Queries returns the names queried in DNS, in order.
func (r *Report) Queries() iter.Seq[*Query] { return queries.all(r) }

// Resolutions returns the records of DNS responses and updates, in order of the names.
func (r *Report) Resolutions() iter.Seq[*Resolution] { return resolutions.all(r) }

// A dnsState holds the names of the DNS message in work, buffers for the text of a
// name and its value, and the row of the latest resolver.
type dnsState struct {
	names       dns.NameAppender
	name, value []byte
	aliases     aliases
	resolver    *Resolver
}

func (w *worker) dns(_ *shard, m *stream.Message) {
	msg, err := dns.ParseMessage(m.Data)
	if err != nil {
		return
	}
	w.names.Reset(msg)
	e := w.byMessage(m)
	switch msg.Opcode() {
	case dns.OpcodeUpdate:
		w.updates(msg, &e)
	case dns.OpcodeNotify: // names a zone that changed, and asks for nothing (RFC 1996)
	default:
		w.queries(m, msg, &e)
	}
}

// queries counts the questions of a message and, of a response, the records.
func (w *worker) queries(m *stream.Message, msg dns.Message, e *Evidence) {
	w.aliases.reset()
	var r response
	for q := range msg.Questions() {
		w.name = w.appendName(w.name[:0], q.Name)
		row := w.query(e)
		if !msg.Response() {
			continue
		}
		if row != nil {
			row.answer(msg)
		}
		r.asked(w, row, q.Type)
		w.aliases.ask(w.name)
	}
	if msg.Response() {
		w.resources(msg, &r, e)
		w.resolves(m, msg, &r, e)
	}
}

// resources counts the records of a response.
func (w *worker) resources(msg dns.Message, r *response, e *Evidence) {
	for section, rr := range msg.Resources() {
		r.answered(section, rr)
		if w.reads(rr) {
			asked, glue := w.answersFor(msg, section, rr.Type)
			w.resolution(rr.Type, asked, glue, false, e)
			if isSVCB(rr.Type) {
				w.hints(rr, asked, glue, false, e)
			}
		}
	}
}

// updates counts the records that an UPDATE adds, unless the server refused it. They
// have the class of the zone; those of other classes delete (RFC 2136 section 2.5).
func (w *worker) updates(msg dns.Message, e *Evidence) {
	if msg.Response() && msg.RCode() != dns.RCodeNoError {
		return
	}
	for zone := range msg.Questions() {
		for rr := range msg.Authorities() { // the update section
			if rr.Class == zone.Class && w.reads(rr) {
				w.resolution(rr.Type, nil, false, true, e)
				w.hints(rr, nil, false, true, e)
			}
		}
		break // section 2.3: exactly one
	}
}

// reads sets w.name and w.value to those of a record. It reports false if there is
// nothing to count.
func (w *worker) reads(rr dns.Resource) bool {
	w.value = w.appendValue(w.value[:0], rr)
	if len(w.value) == 0 && !isSVCB(rr.Type) || !w.fitsLength(len(w.value)) {
		return false
	}
	w.name = w.appendName(w.name[:0], rr.Name)
	return true
}

func isSVCB(t dns.Type) bool { return t == dns.TypeSVCB || t == dns.TypeHTTPS }

// hints counts the address hints of a record of w.name.
func (w *worker) hints(rr dns.Resource, asked []byte, glue, update bool, e *Evidence) {
	if svcb, ok := rr.SVCB(); ok {
		for hint := range svcb.Hints() {
			w.value = hint.AppendTo(w.value[:0])
			w.resolution(rr.Type, asked, glue, update, e)
		}
	}
}

// query counts a query for w.name.
func (w *worker) query(e *Evidence) *Query {
	t := queries.of(&w.report)
	t.key = appendText(t.key[:0], w.name)
	row := t.at(t.key)
	if row == nil {
		row = t.add(t.key, Query{Name: string(w.name)})
	}
	return t.count(row, e)
}

// resolution counts a record of w.name with w.value, unless that is empty.
func (w *worker) resolution(kind dns.Type, asked []byte, glue, update bool, e *Evidence) {
	if len(w.value) == 0 {
		return
	}
	t, of := resolutions.of(&w.report), kind.String()
	t.key = appendText(appendText(appendText(t.key[:0], w.name), of), w.value)
	t.key = appendOrigin(t.key, asked, glue, update)
	row := t.at(t.key)
	if row == nil {
		row = t.add(t.key, Resolution{Name: string(w.name), Type: of, Value: string(w.value), For: string(asked), Glue: glue, Update: update})
	}
	t.count(row, e)
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

// appendValue appends the value of a record, or nothing if its type neither leads to
// an address or another name nor is TXT.
func (w *worker) appendValue(dst []byte, rr dns.Resource) []byte {
	if a, ok := rr.Addr(); ok {
		return a.AppendTo(dst)
	}
	if target, ok := rr.Target(); ok { // CNAME, NS, PTR, DNAME
		return w.appendName(dst, target)
	}
	switch rr.Type {
	case dns.TypeMX:
		if _, exchange, ok := rr.MX(); ok {
			return w.appendName(dst, exchange)
		}
	case dns.TypeSRV:
		if srv, ok := rr.SRV(); ok {
			return w.appendName(dst, srv.Target)
		}
	case dns.TypeSVCB, dns.TypeHTTPS:
		svcb, ok := rr.SVCB()
		if target := w.appendName(dst, svcb.Target); ok && string(target) != "." { // "." is the owner itself
			return target
		}
	case dns.TypeSOA:
		if soa, ok := rr.SOA(); ok {
			return w.appendName(dst, soa.MName)
		}
	case dns.TypeTXT:
		for t := range rr.Texts() {
			dst = append(dst, t...)
		}
		if !utf8.Valid(dst) {
			return []byte(text(dst))
		}
	}
	return dst
}

// appendName appends a name of the message in lower case, without final dot: DNS
// ignores case (RFC 4343).
func (w *worker) appendName(dst []byte, n dns.Name) []byte {
	return lower(w.names.AppendTo(dst, n))
}
