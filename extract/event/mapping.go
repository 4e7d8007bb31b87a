package event

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A mapping gathers the attributes of an event: several observations may lead
// to the same one.
type mapping struct {
	*selector
	names      []candidate // of hosts
	candidates map[misp.Type][]candidate
	left       []LeftOut // several of the same may be in it
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

// An indicator is an attribute in the making: what all candidates of one value
// say.
type indicator struct {
	typ   misp.Type
	value string
	tally
	origins origins
}

// absent reports whether all that is known of a name is that it does not exist.
func (i *indicator) absent() bool { return i.origins == originsOf(dnsAbsent) }

// all maps every observation. The order makes no difference, as what comes of them
// is sorted. Rows of one topic may give attributes of another, so put looks at the
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
// leaves it out.
func (m *mapping) put(from origin, typ misp.Type, value string, f *extract.Fact, rules ...Rule) {
	if value == "" || !m.options.Only.Has(from.topic()) {
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

// name adds an observation of a host name, if it is one.
func (m *mapping) name(from origin, name string, f *extract.Fact) {
	m.names = push(m.names, candidate{asciiName(strings.TrimSuffix(name, ".")), f, from})
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
	i := indicator{typ: typ, value: value}
	for _, c := range same {
		i.add(c.fact)
		i.origins |= originsOf(c.from)
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
			out[n-1].add(i.fact)
			out[n-1].origins |= i.origins
		} else {
			out = append(out, i)
		}
	}
	return out
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

func (m *mapping) leave(from origin, rule Rule, value string, f *extract.Fact) {
	m.left = push(m.left, LeftOut{rule, from.topic(), value, f.Count})
}

// leftOut returns what was left out, by topic, rule and value.
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
		if n := len(out); n > 0 && out[n-1].Topic == l.Topic && out[n-1].Rule == l.Rule && out[n-1].Value == l.Value {
			out[n-1].Count += l.Count
		} else {
			out = append(out, l)
		}
	}
	return out
}

// push is append for lists that become long. It doubles the capacity, where append
// adds a quarter and so allocates several times as much in all.
func push[T any](list []T, v T) []T {
	if len(list) == cap(list) {
		list = slices.Grow(list, max(len(list), 64))
	}
	return append(list, v)
}
