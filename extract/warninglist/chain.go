package warninglist

// A cell says that an entry is in a list, and in those of the cell at rest, if
// that is not 0. Entries in the same lists share their cells, so that an entry
// of many lists costs no more than one number.
type cell struct {
	list int32 // its place in Set.lists
	rest int32 // a place in Set.chains, before this one
}

// chain returns the chain with list before rest.
func (l *loader) chain(list *List, rest int32) int32 {
	s := l.set
	if rest != 0 && s.chains[rest].list == list.number {
		return rest // the list has the entry twice
	}
	c := cell{list.number, rest}
	at, ok := l.known[c]
	if !ok {
		if len(s.chains) == 0 {
			s.chains = append(s.chains, cell{}) // 0 is no chain
		}
		at = int32(len(s.chains))
		s.chains = append(s.chains, c)
		l.known[c] = at
	}
	return at
}
