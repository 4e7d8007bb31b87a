package warninglist

import (
	"bytes"
	"fmt"
	"math"
	"slices"
)

// A finder finds the entries of a substring list in a value in one pass, with the
// automaton of Aho and Corasick (Efficient String Matching, 1975). Its states are the
// prefixes of entries, sorted by length, so that the states one byte longer than a
// state are adjacent.
type finder struct {
	list    *List
	entries []string // sorted
	states  []state
	last    []byte     // the last byte of each state
	root    [256]int32 // the states of one byte
	size    int        // of the entries, in bytes: at least the number of states but one
}

type state struct {
	longer int32  // the first of the states that are a byte longer
	n      uint16 // the number of these
	shrunk int32  // the longest other state that is a suffix of this one
	entry  int32  // number of an entry that is a suffix of this state, from 1; 0: none
}

func (f *finder) add(entry string) error {
	if f.size += len(entry); f.size >= math.MaxInt32 {
		return fmt.Errorf("%w: entries of more than 2 GiB", ErrTooLarge)
	}
	f.entries = append(f.entries, entry)
	return nil
}

// A spread is the range of entries that have a state as prefix.
type spread struct{ from, to, depth int32 }

// build makes the states. Apart from sorting the entries, its time and memory are
// linear in their size.
func (f *finder) build() {
	slices.Sort(f.entries)
	f.entries = slices.Compact(f.entries)
	f.states, f.last = []state{{}}, []byte{0}
	spreads := []spread{{0, int32(len(f.entries)), 0}}
	for i := 0; i < len(f.states); i++ {
		s := spreads[i]
		f.states[i].entry = f.states[f.states[i].shrunk].entry
		if s.from < s.to && len(f.entries[s.from]) == int(s.depth) {
			s.from++
			f.states[i].entry = s.from
		}
		f.states[i].longer = int32(len(f.states))
		for s.from < s.to {
			longer := f.group(s)
			f.extend(int32(i), f.entries[s.from][s.depth])
			spreads = append(spreads, longer)
			s.from = longer.to
		}
		f.states[i].n = uint16(len(f.states) - int(f.states[i].longer))
	}
}

// group returns the entries of s with the same next byte as its first.
func (f *finder) group(s spread) spread {
	c, to := f.entries[s.from][s.depth], s.from
	for to < s.to && f.entries[to][s.depth] == c {
		to++
	}
	return spread{s.from, to, s.depth + 1}
}

// extend adds the state of state i followed by c.
func (f *finder) extend(i int32, c byte) {
	next := state{}
	if i > 0 {
		next.shrunk = f.step(f.states[i].shrunk, c)
	} else {
		f.root[c] = int32(len(f.states))
	}
	f.states, f.last = append(f.states, next), append(f.last, c)
}

// step returns the longest state that is a suffix of state i followed by c.
func (f *finder) step(i int32, c byte) int32 {
	for i > 0 {
		s := &f.states[i]
		if at := bytes.IndexByte(f.last[s.longer:s.longer+int32(s.n)], c); at >= 0 {
			return s.longer + int32(at)
		}
		i = s.shrunk
	}
	return f.root[c]
}

// find returns the first entry that value contains.
func (f *finder) find(value string) (entry string, ok bool) {
	i := int32(0)
	for at := range len(value) {
		i = f.step(i, value[at])
		if e := f.states[i].entry; e > 0 {
			return f.entries[e-1], true
		}
	}
	return "", false
}
