package extract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

// EventOptions say what goes into an event. The zero value takes all topics and
// leaves out what no rule lets pass.
type EventOptions struct {
	// UUID identifies the event. The zero UUID stands for one that follows from
	// the captures: the same captures give the same event.
	UUID misp.UUID

	// Info is the event's title; "": the names of the captures.
	Info string

	// Tags are the event's, such as "tlp:amber".
	Tags []string

	Distribution int // 0 your organisation only, 1 this community, 2 connected communities, 3 all communities
	ThreatLevel  int // 1 high, 2 medium, 3 low, 4 undefined; 0: 4
	Analysis     int // 0 initial, 1 ongoing, 2 completed

	// Only, if not empty, lists the topics that go in.
	Only []Topic

	// Private lets pass what the rules leave out: private, loopback,
	// link-local, multicast and broadcast addresses, names of local networks.
	Private bool
}

// Check returns an error when a number is none that MISP knows, or a topic is
// unknown.
func (o EventOptions) Check() error {
	switch {
	case o.Distribution < 0 || o.Distribution > 3:
		return fmt.Errorf("distribution %d is not from 0 to 3", o.Distribution)
	case o.ThreatLevel < 0 || o.ThreatLevel > 4:
		return fmt.Errorf("threat level %d is not from 1 to 4", o.ThreatLevel)
	case o.Analysis < 0 || o.Analysis > 2:
		return fmt.Errorf("analysis %d is not from 0 to 2", o.Analysis)
	}
	for _, t := range o.Only {
		if !slices.Contains([]Topic{HTTP, TLS, DNS, IP}, t) {
			return fmt.Errorf("unknown topic %q; there are ip, dns, http and tls", t)
		}
	}
	return nil
}

// An Attribute is an indicator and what speaks for it.
type Attribute struct {
	misp.Attribute

	// Count is how often it was observed.
	Count int64

	// Evidence holds the first observations, at most eight.
	Evidence []Evidence
}

// MarshalJSON returns the attribute in the form of the event's, with "count"
// and "evidence" behind.
func (a Attribute) MarshalJSON() ([]byte, error) {
	b, err := a.Attribute.MarshalJSON()
	if err != nil {
		return nil, err
	}
	more, err := json.Marshal(struct {
		Count    int64      `json:"count"`
		Evidence []Evidence `json:"evidence"`
	}{a.Count, a.Evidence})
	if err != nil {
		return nil, err
	}
	b = append(bytes.TrimSuffix(bytes.TrimSpace(b), []byte{'}'}), ',')
	return append(b, more[1:]...), nil
}

// LeftOut is an observation that is not among the attributes, and why.
type LeftOut struct {
	Rule  Rule
	Topic Topic
	Value string
	Count int64
}

// A Selection is what EventOptions choose of a Report.
type Selection struct {
	// Attributes are ordered by type, the most telling first, and by value.
	Attributes []Attribute

	// LeftOut lists what a rule keeps out.
	LeftOut []LeftOut

	event misp.Event
}

// Event returns the MISP event of what was observed. It and its date follow
// from the captures alone, not from the clock.
func (r *Report) Event(o EventOptions) *misp.Event { return r.Select(o).Event() }

// Attributes returns the attributes of Event(EventOptions{}) with their counts
// and evidence.
func (r *Report) Attributes() iter.Seq[Attribute] {
	return slices.Values(r.Select(EventOptions{}).Attributes)
}

// Select applies the mapping and its rules. Event, and the rest of the
// Selection, come from one pass.
func (r *Report) Select(o EventOptions) *Selection {
	m := r.mapped(o)
	s := &Selection{Attributes: m.sorted(), LeftOut: m.left}
	s.event = misp.Event{
		UUID: m.event, Info: o.Info, Tags: o.Tags,
		Distribution: o.Distribution, ThreatLevel: o.ThreatLevel, Analysis: o.Analysis,
	}
	if o.Info == "" {
		s.event.Info = "Indicators from " + r.names()
	}
	if o.ThreatLevel == 0 {
		s.event.ThreatLevel = 4
	}
	s.event.Date, s.event.Timestamp = r.span()
	if s.event.Date.IsZero() {
		// MISP would take the day of the import, and two imports would differ.
		s.event.Date, s.event.Timestamp = time.Unix(0, 0), time.Unix(0, 0)
	}
	return s
}

// Event returns the selection as a MISP event.
func (s *Selection) Event() *misp.Event {
	e := s.event
	e.Attributes = make([]misp.Attribute, len(s.Attributes))
	for i := range s.Attributes {
		e.Attributes[i] = s.Attributes[i].Attribute
	}
	return &e
}

// mapped applies the table that turns observations into attributes.
func (r *Report) mapped(o EventOptions) *mapping {
	m := &mapping{report: r, options: o, event: o.UUID, attributes: map[attributeKey]*indicator{}}
	if m.event == (misp.UUID{}) {
		m.event = r.uuid()
	}
	if topics(o.Only).has(HTTP) {
		for q := range r.requests.all() {
			m.url(q)
			m.name(HTTP, "HTTP host", q.Host, &q.Fact)
			m.add(HTTP, "HTTP user agent", misp.UserAgent, q.UserAgent, &q.Fact)
		}
	}
	if topics(o.Only).has(TLS) {
		for s := range r.servers.all() {
			m.name(TLS, "TLS server name", s.Name, &s.Fact)
		}
	}
	if topics(o.Only).has(DNS) {
		for q := range r.queries.all() {
			m.name(DNS, "asked for in DNS", q.Name, &q.Fact)
		}
		for a := range r.aliases.all() {
			m.name(DNS, "DNS alias", a.Target, &a.Fact)
		}
		for a := range r.answers.all() {
			m.answer(a)
		}
	}
	if topics(o.Only).has(IP) {
		for h := range r.hosts.all() {
			m.host(h)
		}
	}
	return m
}

// A mapping gathers the attributes of an event: several observations may lead
// to the same one.
type mapping struct {
	report     *Report
	options    EventOptions
	event      misp.UUID
	attributes map[attributeKey]*indicator
	left       []LeftOut
}

type attributeKey struct {
	typ   misp.Type
	value string
}

// An indicator is an attribute in the making.
type indicator struct {
	attribute misp.Attribute
	fact      Fact
	origins   []string
}

func (m *mapping) url(q *Request) {
	if q.Method == "CONNECT" || !m.passes(HTTP, hostRule(q.Host), q.URL, &q.Fact) {
		return // what CONNECT names is a host and a port, and no URL
	}
	m.add(HTTP, q.Method+" request", misp.URL, q.URL, &q.Fact)
}

func (m *mapping) answer(a *Answer) {
	value := a.Name + "|" + a.Addr.String()
	if !m.passes(DNS, nameRule(a.Name), value, &a.Fact) || !m.passes(DNS, addrRule(a.Addr), value, &a.Fact) {
		return
	}
	m.add(DNS, "DNS answer", misp.DomainIP, value, &a.Fact)
}

func (m *mapping) host(h *Host) {
	addr := h.Addr.String()
	if !m.passes(IP, addrRule(h.Addr), addr, &h.Fact) {
		return
	}
	if h.Contacted() {
		m.add(IP, "contacted", misp.IPDst, addr, &h.Fact)
	} else {
		m.add(IP, "came in", misp.IPSrc, addr, &h.Fact)
	}
}

// name adds a host name. An address in place of one is no name: what was sent
// there is among the hosts.
func (m *mapping) name(t Topic, origin, name string, f *Fact) {
	name = strings.TrimSuffix(name, ".")
	if name == "" || isAddr(name) {
		return
	}
	if m.passes(t, nameRule(name), name, f) {
		typ := misp.Hostname
		if registrable(name) {
			typ = misp.Domain
		}
		m.add(t, origin, typ, name, f)
	}
}

// passes reports whether no rule leaves an observation out, and else notes it.
func (m *mapping) passes(t Topic, rule Rule, value string, f *Fact) bool {
	if rule == "" || m.options.Private {
		return true
	}
	m.leave(t, rule, value, f)
	return false
}

func (m *mapping) leave(t Topic, rule Rule, value string, f *Fact) {
	m.left = append(m.left, LeftOut{rule, t, value, f.Count})
}

// add adds an observation to the attribute of its type and value.
func (m *mapping) add(t Topic, origin string, typ misp.Type, value string, f *Fact) {
	if value == "" {
		return
	}
	a, err := misp.NewAttribute(m.event, typ, value)
	if err != nil {
		m.leave(t, Refused, value, f)
		return
	}
	key := attributeKey{a.Type, a.Value}
	i := m.attributes[key]
	if i == nil {
		i = &indicator{attribute: a}
		m.attributes[key] = i
	}
	i.fact.merge(f)
	if !slices.Contains(i.origins, origin) {
		i.origins = append(i.origins, origin)
	}
}

// typeOrder is the order of types in an event: the most telling first.
var typeOrder = map[misp.Type]int{
	misp.URL: 1, misp.DomainIP: 2, misp.Hostname: 3, misp.Domain: 4, misp.IPDst: 5, misp.IPSrc: 6, misp.UserAgent: 7,
}

// sorted returns the attributes by type and value.
func (m *mapping) sorted() []Attribute {
	out := make([]Attribute, 0, len(m.attributes))
	for _, i := range m.attributes {
		a := Attribute{i.attribute, i.fact.Count, i.fact.Evidence}
		a.FirstSeen, a.LastSeen, _ = i.fact.Seen()
		a.Comment = m.comment(i)
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Attribute) int {
		if a.Type != b.Type {
			return typeOrder[a.Type] - typeOrder[b.Type]
		}
		return strings.Compare(a.Value, b.Value)
	})
	return out
}

// comment tells what MISP has no field for: where the value stood, how often,
// and which packets show it. It also tells the times, which MISP's import page
// loses.
func (m *mapping) comment(i *indicator) string {
	var b strings.Builder
	b.WriteString(strings.Join(i.origins, ", "))
	if n := i.fact.Count; n == 1 {
		b.WriteString("; once")
	} else {
		fmt.Fprintf(&b, "; %d times", n)
	}
	if first, last, ok := i.fact.Seen(); ok {
		fmt.Fprintf(&b, ", %s", first.UTC().Format(time.RFC3339))
		if last.Unix() != first.Unix() {
			fmt.Fprintf(&b, " to %s", last.UTC().Format(time.RFC3339))
		}
	}
	if len(i.fact.Evidence) > 0 {
		e := i.fact.Evidence[0]
		fmt.Fprintf(&b, "; first in packet %d", e.Last.Number)
		if len(m.report.Captures) > 1 {
			fmt.Fprintf(&b, " of %s", m.report.Captures[e.Capture].Name)
		}
	}
	return b.String()
}

// namespace is the namespace of event UUIDs.
var namespace = misp.NewUUID(misp.UUID{}, "https://github.com/sightline-go/sightline")

// uuid returns the event UUID that follows from the captures, in any order:
// from their SHA-256, or, where that is not known, from what they hold.
func (r *Report) uuid() misp.UUID {
	var parts []string
	for i := range r.Captures {
		parts = append(parts, r.Captures[i].identity())
	}
	slices.Sort(parts)
	return misp.NewUUID(namespace, append(parts, "event")...)
}
