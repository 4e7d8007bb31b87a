package event

import (
	"cmp"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A mapping gathers the attributes of an event: several observations may lead
// to the same one.
type mapping struct {
	report     *extract.Report
	options    Options
	event      misp.UUID
	names      []candidate // of hosts
	candidates map[misp.Type][]candidate
	left       []LeftOut // several of the same may be in it
}

// A candidate is an observation of a value that may become an attribute.
type candidate struct {
	value string
	fact  *extract.Fact
	from  origin
}

// An indicator is an attribute in the making: what all candidates of one value
// say.
type indicator struct {
	typ     misp.Type
	value   string
	fact    *extract.Fact
	several bool // fact is the indicator's own
	origins origins
}

// add adds what speaks for the same value.
func (i *indicator) add(f *extract.Fact, from origins) {
	if !i.several {
		all := &extract.Fact{}
		all.Merge(i.fact)
		i.fact, i.several = all, true
	}
	i.fact.Merge(f)
	i.origins |= from
}

// absent reports whether all that is known of a name is that it does not exist.
func (i *indicator) absent() bool { return i.origins == originsOf(dnsAbsent) }

func newMapping(r *extract.Report, o Options) *mapping {
	m := &mapping{report: r, options: o, event: o.UUID, candidates: map[misp.Type][]candidate{}}
	if m.event == (misp.UUID{}) {
		m.event = uuidOf(r)
	}
	return m
}

// put adds an observation to the attribute of its type and value, unless a rule
// leaves it out.
func (m *mapping) put(from origin, typ misp.Type, value string, f *extract.Fact, rules ...Rule) {
	if value == "" || !m.options.wants(from.topic()) {
		return
	}
	for _, rule := range rules {
		if rule != "" && !m.lifts(rule) {
			m.leave(from, rule, value, f)
			return
		}
	}
	m.candidates[typ] = append(m.candidates[typ], candidate{value, f, from})
}

// name adds an observation of a host name, if it is one.
func (m *mapping) name(from origin, name string, f *extract.Fact) {
	m.names = append(m.names, candidate{asciiName(strings.TrimSuffix(name, ".")), f, from})
}

// asciiName returns a host name as DNS has it (RFC 5891): of MISP's types domain
// alone takes other letters, for which it does the same. What is no name stays.
func asciiName(name string) string {
	for i := range len(name) {
		if name[i] >= 0x80 {
			if ascii, err := misp.Accept(misp.Domain, name); err == nil {
				return ascii
			}
			break
		}
	}
	return name
}

// putNames puts the host names, of which many are the same.
func (m *mapping) putNames() {
	slices.SortFunc(m.names, compareValues)
	for same := range chunks(m.names) {
		name := same[0].value
		typ, rule := misp.Hostname, nameRule(name)
		if isAddr(name) {
			typ, rule = misp.IPDst, AddrAsName // what was sent there is among the hosts
		} else if registrable(name) {
			typ = misp.Domain
		}
		for _, c := range same {
			m.put(c.from, typ, name, c.fact, rule)
		}
	}
	m.names = nil
}

func compareValues(a, b candidate) int { return strings.Compare(a.value, b.value) }

// chunks returns the runs of candidates that have the same value.
func chunks(list []candidate) iter.Seq[[]candidate] {
	return func(yield func([]candidate) bool) {
		for rest := list; len(rest) > 0; {
			n := 1
			for n < len(rest) && rest[n].value == rest[0].value {
				n++
			}
			if !yield(rest[:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

// indicators returns those of a type, by value. A value that its type refuses
// becomes a candidate of text where everything is to go out.
func (m *mapping) indicators(typ misp.Type) []indicator {
	list := m.candidates[typ]
	slices.SortFunc(list, compareValues)
	out := make([]indicator, 0, len(list))
	for same := range chunks(list) {
		v, err := misp.Accept(typ, same[0].value)
		switch {
		case err == nil:
			out = append(out, indicatorOf(typ, v, same))
		case m.options.All && typ != misp.Text: // which takes what other types refuse
			m.candidates[misp.Text] = append(m.candidates[misp.Text], same...)
		default:
			for _, c := range same {
				m.leave(c.from, Refused, c.value, c.fact)
			}
		}
	}
	return unite(out)
}

func indicatorOf(typ misp.Type, value string, same []candidate) indicator {
	i := indicator{typ: typ, value: value, fact: same[0].fact, origins: originsOf(same[0].from)}
	for _, c := range same[1:] {
		i.add(c.fact, originsOf(c.from))
	}
	return i
}

func compareIndicators(a, b indicator) int { return strings.Compare(a.value, b.value) }

// unite makes one of indicators that have the same value in MISP's form, and
// puts them in the order of their values.
func unite(list []indicator) []indicator {
	slices.SortFunc(list, compareIndicators)
	out := list[:0]
	for _, i := range list {
		if n := len(out); n > 0 && out[n-1].value == i.value {
			out[n-1].add(i.fact, i.origins)
		} else {
			out = append(out, i)
		}
	}
	return out
}

// lifts reports whether the options lift a rule.
func (m *mapping) lifts(rule Rule) bool {
	return m.options.All || m.options.Private && rule.local()
}

func (m *mapping) leave(from origin, rule Rule, value string, f *extract.Fact) {
	m.left = append(m.left, LeftOut{rule, from.topic(), value, f.Count})
}

// leftOut returns what was left out, by topic, rule and value.
func (m *mapping) leftOut() []LeftOut {
	place := map[extract.Topic]int{}
	for i, t := range extract.Topics() {
		place[t] = i
	}
	slices.SortFunc(m.left, func(a, b LeftOut) int {
		switch {
		case a.Topic != b.Topic:
			return place[a.Topic] - place[b.Topic]
		case a.Rule != b.Rule:
			return strings.Compare(string(a.Rule), string(b.Rule))
		}
		return strings.Compare(a.Value, b.Value)
	})
	out := m.left[:0]
	for _, l := range m.left {
		if n := len(out); n > 0 && out[n-1].Topic == l.Topic && out[n-1].Rule == l.Rule && out[n-1].Value == l.Value {
			out[n-1].Count += l.Count
		} else {
			out = append(out, l)
		}
	}
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

// accepted returns the indicators of all types, those of a type by value.
func (m *mapping) accepted() [][]indicator {
	types := append(slices.Collect(maps.Keys(m.candidates)), misp.Text)
	slices.SortFunc(types, compareTypes)
	types = slices.Compact(types)
	lists := make([][]indicator, len(types))
	for i, t := range types {
		if t != misp.Text {
			lists[i] = m.indicators(t)
		}
	}
	lists[slices.Index(types, misp.Text)] = m.indicators(misp.Text) // last, as it takes what others refuse
	return lists
}

// attributes returns as many of the indicators as go out.
func (m *mapping) attributes(lists [][]indicator) []Attribute {
	n := 0
	for _, list := range lists {
		n += len(list)
	}
	m.cut(lists, n)
	out := make([]Attribute, 0, n)
	for _, list := range lists {
		for i := range list {
			if a, ok := m.attribute(&list[i]); ok {
				out = append(out, a)
			}
		}
	}
	return out
}

// compareTypes puts types in the order of an event.
func compareTypes(a, b misp.Type) int {
	return cmp.Or(typePlace(a)-typePlace(b), strings.Compare(string(a), string(b)))
}

// typePlace returns where a type stands in an event.
func typePlace(t misp.Type) int {
	if i := slices.Index(typeOrder, t); i >= 0 {
		return i
	}
	return len(typeOrder)
}

// cut leaves out what is beyond MaxAttributes of the n indicators, which are
// listed by type. Each type has an equal share, and what one does not need goes to
// the others, in order. Within a type those that were seen first stay; names that do
// not exist go before all others.
func (m *mapping) cut(lists [][]indicator, n int) {
	room := m.options.bound(m.options.MaxAttributes, defaultMaxAttributes)
	if n <= room {
		return
	}
	sizes := make([]int, len(lists))
	for i := range lists {
		sizes[i] = len(lists[i])
	}
	for n, keep := range shares(sizes, room) {
		if keep == sizes[n] {
			continue
		}
		list := lists[n]
		slices.SortFunc(list, func(a, b indicator) int {
			if a.absent() != b.absent() {
				if b.absent() {
					return -1
				}
				return 1
			}
			if c := a.fact.First.Compare(b.fact.First); c != 0 {
				return c
			}
			return compareIndicators(a, b)
		})
		for _, i := range list[keep:] {
			m.leave(i.origins.first(), TooMany, i.value, i.fact)
		}
		lists[n] = list[:keep]
		slices.SortFunc(lists[n], compareIndicators)
	}
}

// attribute makes the attribute of an indicator. It reports false when a
// warninglist drops it.
func (m *mapping) attribute(i *indicator) (Attribute, bool) {
	a := Attribute{Attribute: misp.AcceptedAttribute(m.event, i.typ, i.value), Count: i.fact.Count, Claimed: true, Evidence: i.fact.Evidence}
	for o := range i.origins.all() {
		a.Claimed = a.Claimed && originInfo[o].claimed
	}
	if a.Warninglists = m.warned(i.typ, i.value); len(a.Warninglists) > 0 {
		if m.options.DropWarned {
			m.leave(i.origins.first(), Warned, i.value, i.fact)
			return a, false
		}
		a.ToIDS = false
	}
	a.FirstSeen, a.LastSeen, _ = m.seen(i.fact)
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
func (m *mapping) seen(f *extract.Fact) (first, last time.Time, ok bool) {
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
	for o := range i.origins.all() {
		if len(b) > 0 {
			b = append(b, ", "...)
		}
		b = append(b, originInfo[o].text...)
	}
	b = append(b, "; "...)
	if n := i.fact.Count; n == 1 {
		b = append(b, "once"...)
	} else {
		b = append(strconv.AppendInt(b, n, 10), " times"...)
	}
	if first, last, ok := m.seen(i.fact); ok {
		b = first.UTC().AppendFormat(append(b, ", "...), time.RFC3339)
		if last.Unix() != first.Unix() {
			b = last.UTC().AppendFormat(append(b, " to "...), time.RFC3339)
		}
	}
	if e, ok := i.fact.Evidence.First(); ok {
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
