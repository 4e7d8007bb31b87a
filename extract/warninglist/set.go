package warninglist

import (
	"cmp"
	"slices"
	"strings"
)

// A Set is what Load has read: any number of lists, ready to be matched. It does
// not change, so any number of goroutines may use it at the same time.
type Set struct {
	lists   []*List
	skipped []*Error

	chains   []cell           // which lists an entry is in
	networks []node           // of the cidr lists
	names    map[string]int32 // of the hostname lists, to chains
	texts    map[string]int32 // of the string lists, to chains
	finders  []finder         // one for each substring list
	patterns []patterns       // one for each regex list
}

// Lists returns the lists in the order in which they were read: that of their
// paths.
func (s *Set) Lists() []*List { return slices.Clone(s.lists) }

// Skipped returns what was left out, in the order in which it was met: files, and
// the first 16 useless entries of each list. List.Skipped counts them all.
func (s *Set) Skipped() []*Error { return slices.Clone(s.skipped) }

// A Hit is a list that knows a value.
type Hit struct {
	List  *List
	Value string // what matched: the value, or a part of it if it is composite
	Entry string // what it matched: the narrowest network, the longest name, or the first other entry that was found
}

// Match appends to dst a Hit for every list that knows value, an attribute of
// type typ in MISP's terms, and returns it; the Hits are in the order of Lists,
// one for a list. The value is taken in the form in which a server stores it.
//
// Unless a list knows the value, nothing is allocated, but for a value that is
// nearly an address, and by package regexp.
func (s *Set) Match(dst []Hit, typ, value string) []Hit {
	h := hits{set: s, typ: typ, all: dst, first: len(dst)}
	parts := [2]string{value}
	n := 1
	if typ == "malware-sample" || strings.Contains(typ, "|") {
		if a, b, ok := strings.Cut(value, "|"); ok {
			parts, n = [2]string{a, b}, 2
		}
	}
	for _, part := range parts[:n] {
		h.match(part)
	}
	slices.SortFunc(h.all[h.first:], func(a, b Hit) int { return cmp.Compare(a.List.number, b.List.number) })
	return h.all
}

// hits gathers the lists that know a value.
type hits struct {
	set   *Set
	typ   string
	value string // the part that is being matched
	all   []Hit
	first int // where those of the value begin in all
}

func (h *hits) match(part string) {
	h.value = part
	h.matchNetworks()
	h.matchNames()
	h.addChain(h.set.texts[part], part)
	for i := range h.set.finders {
		if f := &h.set.finders[i]; h.wants(f.list) {
			if entry, ok := f.find(part); ok {
				h.add(f.list, entry)
			}
		}
	}
	for i := range h.set.patterns {
		if p := &h.set.patterns[i]; h.wants(p.list) {
			if entry, ok := p.find(part); ok {
				h.add(p.list, entry)
			}
		}
	}
}

// wants reports whether l is for values of the type, and not among the hits yet.
func (h *hits) wants(l *List) bool {
	return l.Applies(h.typ) && !slices.ContainsFunc(h.all[h.first:], func(hit Hit) bool { return hit.List == l })
}

func (h *hits) add(l *List, entry string) {
	h.all = append(h.all, Hit{List: l, Value: h.value, Entry: entry})
}

// addChain adds the lists of a chain that are wanted.
func (h *hits) addChain(chain int32, entry string) {
	for ; chain != 0; chain = h.set.chains[chain].rest {
		if l := h.set.lists[h.set.chains[chain].list]; h.wants(l) {
			h.add(l, entry)
		}
	}
}

// wanted reports whether addChain would add anything.
func (h *hits) wanted(chain int32) bool {
	for ; chain != 0; chain = h.set.chains[chain].rest {
		if h.wants(h.set.lists[h.set.chains[chain].list]) {
			return true
		}
	}
	return false
}
