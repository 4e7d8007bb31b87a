package warninglist

// A cell is an element of a linked list: the lists that have an entry. Entries of the
// same lists share their cells, so each entry costs a single number.
type cell struct {
	list int32 // index into Set.lists
	rest int32 // index into Set.chains of an earlier cell; 0: end of the chain
}

// chain returns the chain with list before rest.
func (l *loader) chain(list *List, rest int32) int32 {
	s := l.set
	if rest != 0 && s.chains[rest].list == list.number {
		return rest // duplicate in the same list
	}
	c := cell{list.number, rest}
	at, ok := l.known[c]
	if !ok {
		if len(s.chains) == 0 {
			s.chains = append(s.chains, cell{}) // index 0 ends a chain
		}
		at = int32(len(s.chains))
		s.chains = append(s.chains, c)
		l.known[c] = at
	}
	return at
}
