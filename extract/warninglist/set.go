package warninglist

import (
	"cmp"
	"slices"
	"strings"
)

// A Set holds the lists read by Load and matches values against them. It is safe for
// concurrent use. The zero value is an empty Set.
type Set struct {
	lists   []*List
	skipped []*Error

	chains   []cell           // the lists of each entry
	networks []node           // of the cidr lists
	names    map[string]int32 // of the hostname lists, to chains
	texts    map[string]int32 // of the string lists, to chains
	finders  []finder         // one for each substring list
	patterns []patterns       // one for each regex list
}

// Lists returns the lists in the order in which they were read: that of fs.WalkDir.
func (s *Set) Lists() []*List { return slices.Clone(s.lists) }

// Skipped returns an Error for each file that Load skipped, and for the first 16
// entries that it skipped of each list, in the order in which it read them.
// List.Skipped is the number of all skipped entries.
func (s *Set) Skipped() []*Error { return slices.Clone(s.skipped) }

// A Hit is a list that contains a value.
type Hit struct {
	List  *List
	Value string // the value that matched, or the part that did if it is composite
	Entry string // the entry that it matched: the narrowest network, the longest name, or the first entry found of another list
}

// Match appends to dst a Hit for each list that contains value, and returns the
// extended slice. Value is that of an attribute of MISP type typ, in the form in
// which a server stores it. A list has at most one Hit; Hits are in the order of
// Lists.
//
// If no list contains the value, Match does not allocate, except for values that
// resemble an address and in package regexp.
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

// hits collects the lists that contain a value.
type hits struct {
	set   *Set
	typ   string
	value string // the part that is being matched
	all   []Hit
	first int // index into all of the first Hit of this value
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

// wants reports whether l applies to the type and has no hit yet.
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
