package event

import (
	"iter"

	"github.com/sightline-go/sightline/extract"
)

// A tally merges the Facts of rows for the same thing. It does not copy the Fact
// of a single row.
type tally struct {
	fact *extract.Fact
	own  bool // fact is a copy, not a row's Fact
}

func (t *tally) add(f *extract.Fact) {
	switch {
	case t.fact == nil:
		t.fact = f
		return
	case !t.own:
		sum := &extract.Fact{}
		sum.Merge(t.fact)
		t.fact, t.own = sum, true
	}
	t.fact.Merge(f)
}

// groups collects rows by key, one group per object, in the order of their
// first rows.
type groups[K comparable, R any] struct {
	byKey map[K]*group[R]
	order []K
}

// A group holds the rows of an object and their merged Fact.
type group[R any] struct {
	rows []R
	tally
}

// add adds a row whose Fact is f.
func (g *groups[K, R]) add(k K, row R, f *extract.Fact) {
	if g.byKey == nil {
		g.byKey = map[K]*group[R]{}
	}
	to := g.byKey[k]
	if to == nil {
		to = &group[R]{}
		g.byKey[k] = to
		g.order = append(g.order, k)
	}
	to.rows = append(to.rows, row)
	to.tally.add(f)
}

func (g *groups[K, R]) all() iter.Seq2[K, *group[R]] {
	return func(yield func(K, *group[R]) bool) {
		for _, k := range g.order {
			if !yield(k, g.byKey[k]) {
				return
			}
		}
	}
}
