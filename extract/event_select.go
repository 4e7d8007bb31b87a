package extract

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

// A mapping gathers the attributes of an event: several observations may lead
// to the same one.
type mapping struct {
	report     *Report
	options    EventOptions
	event      misp.UUID
	attributes map[attributeKey]*indicator
	left       map[leftKey]int64 // counts
}

type leftKey struct {
	rule  Rule
	topic Topic
	value string
}

type attributeKey struct {
	typ   misp.Type
	value string
}

// An indicator is an attribute in the making.
type indicator struct {
	typ     misp.Type
	value   string
	facts   []*Fact
	origins []origin
}

// fact returns what all observations together say.
func (i *indicator) fact() *Fact {
	if len(i.facts) > 1 {
		all := &Fact{}
		for _, f := range i.facts {
			all.merge(f)
		}
		i.facts = append(i.facts[:0], all)
	}
	return i.facts[0]
}

func newMapping(r *Report, o EventOptions) *mapping {
	m := &mapping{report: r, options: o, event: o.UUID, attributes: map[attributeKey]*indicator{}, left: map[leftKey]int64{}}
	if m.event == (misp.UUID{}) {
		m.event = r.uuid()
	}
	return m
}

// put adds an observation to the attribute of its type and value, unless a rule
// leaves it out.
func (m *mapping) put(from origin, typ misp.Type, value string, f *Fact, rules ...Rule) {
	if value == "" || !topics(m.options.Only).has(from.topic) {
		return
	}
	for _, rule := range rules {
		if rule != "" && !m.lifts(rule) {
			m.leave(from, rule, value, f)
			return
		}
	}
	v, err := misp.Accept(typ, value)
	if err != nil && m.options.All && typ != misp.Text {
		typ = misp.Text // which takes what other types refuse
		v, err = misp.Accept(typ, value)
	}
	if err != nil {
		m.leave(from, Refused, value, f)
		return
	}
	key := attributeKey{typ, v}
	i := m.attributes[key]
	if i == nil {
		i = &indicator{typ: typ, value: v}
		m.attributes[key] = i
	}
	i.facts = append(i.facts, f)
	if !slices.Contains(i.origins, from) {
		i.origins = append(i.origins, from)
	}
}

// lifts reports whether the options lift a rule.
func (m *mapping) lifts(rule Rule) bool {
	return m.options.All || m.options.Private && rule.local()
}

func (m *mapping) leave(from origin, rule Rule, value string, f *Fact) {
	m.left[leftKey{rule, from.topic, value}] += f.Count
}

// leftOut returns what was left out, by topic, rule and value.
func (m *mapping) leftOut() []LeftOut {
	out := make([]LeftOut, 0, len(m.left))
	for k, n := range m.left {
		out = append(out, LeftOut{k.rule, k.topic, k.value, n})
	}
	slices.SortFunc(out, func(a, b LeftOut) int {
		return cmp.Or(
			slices.Index(Topics(), a.Topic)-slices.Index(Topics(), b.Topic),
			strings.Compare(string(a.Rule), string(b.Rule)),
			strings.Compare(a.Value, b.Value))
	})
	return out
}

// addrRule returns the rule that leaves an address out.
func (m *mapping) addrRule(a netip.Addr) Rule {
	for _, p := range m.options.Internal {
		if p.Contains(a.Unmap()) {
			return OwnNetwork
		}
	}
	return addrRule(a)
}

func (m *mapping) textAddrRule(s string) Rule {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return ""
	}
	return m.addrRule(a)
}

// hostRule returns the rule that leaves out what names a host by its name or
// its address.
func (m *mapping) hostRule(host string) Rule {
	if isAddr(host) {
		return m.textAddrRule(host)
	}
	return nameRule(host)
}

// typeOrder is the order of types in an event: the most telling first.
var typeOrder = []misp.Type{
	misp.FilenameSHA256, misp.SHA256, misp.SHA1, misp.MD5, misp.URL, misp.DomainIP, misp.Hostname, misp.Domain,
	misp.IPDstPort, misp.IPDst, misp.IPSrc, misp.X509SHA256, misp.X509SHA1, misp.X509MD5, misp.JA3,
	misp.HASSH, misp.HASSHServer, misp.SSHFingerprint, misp.EmailSrc, misp.EmailReplyTo, misp.EmailSubject,
	misp.EmailAttachment, misp.EmailDst, misp.UserAgent,
}

// selected returns the attributes by type and value, as many as go out.
func (m *mapping) selected() []Attribute {
	byType := map[misp.Type][]*indicator{}
	for _, i := range m.attributes {
		byType[i.typ] = append(byType[i.typ], i)
	}
	types := make([]misp.Type, 0, len(byType))
	for t := range byType {
		types = append(types, t)
	}
	slices.SortFunc(types, func(a, b misp.Type) int {
		if d := typePlace(a) - typePlace(b); d != 0 {
			return d
		}
		return strings.Compare(string(a), string(b))
	})
	m.cut(byType, types)
	n := 0
	for _, list := range byType {
		n += len(list)
	}
	out := make([]Attribute, 0, n)
	for _, t := range types {
		list := byType[t]
		slices.SortFunc(list, func(a, b *indicator) int { return strings.Compare(a.value, b.value) })
		for _, i := range list {
			if a, ok := m.attribute(i); ok {
				out = append(out, a)
			}
		}
	}
	return out
}

// typePlace returns where a type stands in an event.
func typePlace(t misp.Type) int {
	if i := slices.Index(typeOrder, t); i >= 0 {
		return i
	}
	return len(typeOrder)
}

// cut leaves out what is beyond MaxAttributes. Each type has an equal share, and
// what one does not need goes to the others, in order. Within a type those that
// were seen first stay.
func (m *mapping) cut(byType map[misp.Type][]*indicator, types []misp.Type) {
	room := m.options.bound(m.options.MaxAttributes, defaultMaxAttributes)
	if len(m.attributes) <= room {
		return
	}
	sizes := make([]int, len(types))
	for i, t := range types {
		sizes[i] = len(byType[t])
	}
	keep := shares(sizes, room)
	for n, t := range types {
		list := byType[t]
		slices.SortFunc(list, func(a, b *indicator) int {
			if c := a.fact().First.Compare(b.fact().First); c != 0 {
				return c
			}
			return strings.Compare(a.value, b.value)
		})
		for _, i := range list[keep[n]:] {
			m.leave(i.origins[0], TooMany, i.value, i.fact())
		}
		byType[t] = list[:keep[n]]
	}
}

// attribute makes the attribute of an indicator. It reports false when a
// warninglist drops it.
func (m *mapping) attribute(i *indicator) (Attribute, bool) {
	a := Attribute{Attribute: misp.AcceptedAttribute(m.event, i.typ, i.value), Count: i.fact().Count, Claimed: true, Evidence: i.fact().Evidence.List()}
	for _, o := range i.origins {
		a.Claimed = a.Claimed && o.claimed
	}
	if a.Warninglists = m.warned(i.typ, i.value); len(a.Warninglists) > 0 {
		if m.options.DropWarned {
			m.leave(i.origins[0], Warned, i.value, i.fact())
			return a, false
		}
		a.ToIDS = false
	}
	a.FirstSeen, a.LastSeen, _ = m.seen(i.fact())
	a.Comment = m.comment(i, a.Warninglists)
	return a, true
}

// warned returns the names of the warninglists that a value is on.
func (m *mapping) warned(t misp.Type, value string) []string {
	if m.options.Warned == nil {
		return nil
	}
	return m.options.Warned(string(t), value)
}

// seen returns the times of an observation as far as they can be trusted.
func (m *mapping) seen(f *Fact) (first, last time.Time, ok bool) {
	if m.report.Unseen.Backwards > 0 {
		return time.Time{}, time.Time{}, false
	}
	return f.Seen()
}

// comment tells what MISP has no field for: where the value stood, how often,
// and which packets show it. It also tells the times, which MISP's import page
// loses.
func (m *mapping) comment(i *indicator, lists []string) string {
	b := make([]byte, 0, 128)
	for n, o := range i.origins {
		if n > 0 {
			b = append(b, ", "...)
		}
		b = append(b, o.text...)
	}
	b = append(b, "; "...)
	if n := i.fact().Count; n == 1 {
		b = append(b, "once"...)
	} else {
		b = append(strconv.AppendInt(b, n, 10), " times"...)
	}
	if first, last, ok := m.seen(i.fact()); ok {
		b = first.UTC().AppendFormat(append(b, ", "...), time.RFC3339)
		if last.Unix() != first.Unix() {
			b = last.UTC().AppendFormat(append(b, " to "...), time.RFC3339)
		}
	}
	if e, ok := i.fact().Evidence.First(); ok {
		b = strconv.AppendInt(append(b, "; first in packet "...), e.Last.Number, 10)
		if len(m.report.Captures) > 1 {
			b = append(append(b, " of "...), baseName(m.report.Captures[e.Last.Capture].Name)...)
		}
	}
	if len(lists) > 0 {
		b = append(append(b, "; on warninglist "...), strings.Join(lists, ", ")...)
	}
	return string(b)
}
