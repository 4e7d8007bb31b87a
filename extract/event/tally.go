package event

import (
	"iter"

	"github.com/sightline-go/sightline/extract"
)

// A tally merges the Facts of rows that stand for the same thing. The Fact of a
// single row is not copied.
type tally struct {
	fact *extract.Fact
	own  bool // fact is the tally's, not that of a row
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

// groups gathers the rows of which one object is made, in the order of the first
// of each.
type groups[K comparable, R any] struct {
	byKey map[K]*group[R]
	order []K
}

// A group is the rows of an object and what they say together.
type group[R any] struct {
	rows []R
	tally
}

// add adds a row, of which f is the Fact.
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
