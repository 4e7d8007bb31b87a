package event

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A mapping collects the attributes of an event. Several observations may give
// the same attribute.
type mapping struct {
	*selector
	names      []candidate // host names
	candidates map[misp.Type][]candidate
	left       []LeftOut // with duplicates
	cutOff     int       // attributes beyond MaxAttributes
}

func newMapping(s *selector) *mapping {
	return &mapping{selector: s, candidates: map[misp.Type][]candidate{}}
}

// A candidate is an observation of a value that may become an attribute.
type candidate struct {
	value string
	fact  *extract.Fact
	from  origin
}

// An indicator combines the candidates of one value.
type indicator struct {
	typ   misp.Type
	value string
	tally
	origins origins
	ruling
	suspect bool   // its host delivered malicious content, vouches for itself, or receives beacons
	weight  uint32 // how early it stands in the event: see weigh
}

// absent reports whether a name was seen only in queries answered NXDOMAIN.
func (i *indicator) absent() bool { return i.origins == originsOf(dnsAbsent) }

// all maps every observation. The order does not matter, as the result is
// sorted. A row of one topic may give attributes of another, so put checks the
// topic of each value.
func (m *mapping) all() {
	for i := range topics {
		if topics[i].attributes != nil {
			topics[i].attributes(m)
		}
	}
	m.putNames()
}

// put adds an observation to the attribute of its type and value, unless a rule
// excludes it.
func (m *mapping) put(from origin, typ misp.Type, value string, f *extract.Fact, rules ...Rule) {
	if value == "" || !m.options.Only.Has(from.topic()) {
		return
	}
	if m.hides(f) {
		m.leave(from, Decrypted, value, f)
		return
	}
	for _, rule := range rules {
		if m.excludes(rule) {
			m.leave(from, rule, value, f)
			return
		}
	}
	m.candidates[typ] = push(m.candidates[typ], candidate{value, f, from})
}

// hides reports whether Options.OnlyClear excludes an observation.
func (s *selector) hides(f *extract.Fact) bool { return s.options.OnlyClear && !f.Clear() }

// name adds an observation of a host name. putNames later chooses its type.
func (m *mapping) name(from origin, name string, f *extract.Fact) {
	m.names = push(m.names, candidate{asciiName(strings.TrimSuffix(name, ".")), f, from})
}

// putNames puts the host names. Many are the same, so each is classified once.
func (m *mapping) putNames() {
	slices.SortFunc(m.names, compareValues)
	for same := range chunks(m.names) {
		name := same[0].value
		typ, rule := misp.Hostname, nameRule(name)
		if isAddr(name) {
			typ, rule = misp.IPDst, AddrAsName // packets sent there give a host
		} else if registrable(name) {
			typ = misp.Domain
		}
		domain := m.judge.standIn(name)
		for _, c := range same {
			m.put(c.from, typ, name, c.fact, rule)
			if domain != "" && rule == "" {
				m.put(c.from, misp.Domain, domain, c.fact)
			}
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

// indicators returns the indicators of a type, sorted by value. With
// Options.All a value that its type refuses becomes a candidate of type text.
func (m *mapping) indicators(typ misp.Type) []*indicator {
	list := m.candidates[typ]
	slices.SortFunc(list, compareValues)
	out := make([]*indicator, 0, len(list))
	for same := range chunks(list) {
		v, err := misp.Accept(typ, same[0].value)
		switch {
		case err == nil:
			out = append(out, indicatorOf(typ, v, same))
		case m.options.All && typ != misp.Text:
			m.candidates[misp.Text] = append(m.candidates[misp.Text], same...)
		default:
			for _, c := range same {
				m.leave(c.from, Refused, c.value, c.fact)
			}
		}
	}
	return unite(out)
}

func indicatorOf(typ misp.Type, value string, same []candidate) *indicator {
	i := &indicator{typ: typ, value: value}
	for _, c := range same {
		i.add(c.fact)
		i.origins |= originsOf(c.from)
	}
	return i
}

func compareIndicators(a, b *indicator) int { return strings.Compare(a.value, b.value) }

// unite sorts indicators by value and merges those that have the same value in
// MISP's form.
func unite(list []*indicator) []*indicator {
	slices.SortFunc(list, compareIndicators)
	out := list[:0]
	for _, i := range list {
		if n := len(out); n > 0 && out[n-1].value == i.value {
			out[n-1].add(i.fact)
			out[n-1].origins |= i.origins
		} else {
			out = append(out, i)
		}
	}
	return out
}

// accepted returns the indicators of each type, in the order of an event.
func (m *mapping) accepted() [][]*indicator {
	types := append(slices.Collect(maps.Keys(m.candidates)), misp.Text)
	slices.SortFunc(types, compareTypes)
	types = slices.Compact(types)
	lists := make([][]*indicator, len(types))
	for i, t := range types {
		if t != misp.Text {
			lists[i] = m.indicators(t)
		}
	}
	lists[slices.Index(types, misp.Text)] = m.indicators(misp.Text) // last: other types add to its candidates
	for i := range lists {
		lists[i] = m.judged(lists[i])
	}
	return lists
}

// judged returns the indicators with their rulings, without those that are left
// out.
func (m *mapping) judged(list []*indicator) []*indicator {
	kept := list[:0]
	for _, i := range list {
		i.ruling, i.suspect = m.judge.judge(i)
		if i.out && m.excludes(i.rule) || i.rule == Warned && m.options.DropWarned {
			m.leave(i.origins.first(), i.rule, i.value, i.fact)
			continue
		}
		if i.out || !i.typ.ToIDS() || i.typ == misp.URI { // a URI matches requests to any server
			i.verdict = Context
		}
		i.weight = i.weigh()
		kept = append(kept, i)
	}
	return kept
}

func (m *mapping) leave(from origin, rule Rule, value string, f *extract.Fact) {
	l := LeftOut{rule, from.topic(), value, f.Count}
	if n := len(m.left); n > 0 && m.left[n-1].same(&l) {
		m.left[n-1].Count += l.Count // one name has many rows
		return
	}
	m.left = push(m.left, l)
}

// leftOut returns the excluded observations, by topic, rule and value.
func (m *mapping) leftOut() []LeftOut {
	slices.SortFunc(m.left, func(a, b LeftOut) int {
		switch {
		case a.Topic != b.Topic:
			return int(a.Topic) - int(b.Topic)
		case a.Rule != b.Rule:
			return strings.Compare(string(a.Rule), string(b.Rule))
		}
		return strings.Compare(a.Value, b.Value)
	})
	out := m.left[:0]
	for _, l := range m.left {
		if n := len(out); n > 0 && out[n-1].same(&l) {
			out[n-1].Count += l.Count
		} else {
			out = append(out, l)
		}
	}
	return out
}

// push is append for long lists. It doubles the capacity; append grows it by a
// quarter, and so allocates several times as much in total.
func push[T any](list []T, v T) []T {
	if len(list) == cap(list) {
		list = slices.Grow(list, max(len(list), 64))
	}
	return append(list, v)
}
