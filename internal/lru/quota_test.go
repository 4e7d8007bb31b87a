package lru

import (
	"math/rand/v2"
	"testing"
)

// A Quota counts each group as a full count does, and only while it is needed.
func TestQuota(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	q := Quota[int]{Limit: 40}
	groups := map[int]int{}
	all, full, counted := 0, 0, 0
	for i := range 20_000 {
		g := min(r.IntN(8), 3)
		if (i/500)%2 == 0 {
			got := q.Full(g, all, func(yield func(int)) {
				counted++
				for g, n := range groups {
					for range n {
						yield(g)
					}
				}
			})
			if got != (groups[g] >= q.Limit) {
				t.Fatalf("%v with %d of %d", got, groups[g], all)
			}
			if got {
				full++
				continue
			}
			groups[g]++
			if all++; q.Counting() {
				q.Added(g)
			}
		} else if groups[g] > 0 {
			groups[g]--
			if all--; q.Counting() {
				q.Removed(g, all)
			}
		}
		if q.Counting() && all < q.Limit/2 {
			t.Fatalf("counting %d", all)
		}
	}
	if full == 0 || counted == 0 || counted > 40 {
		t.Errorf("%d times full, counted %d times", full, counted)
	}
	if none := (Quota[int]{}); none.Full(1, 1<<20, nil) || none.Excess() != 1 || q.Excess() != 5 {
		t.Error("the zero value has a limit")
	}
}

func TestAll(t *testing.T) {
	var table Table[int, int]
	for i := range 10 {
		table.Add(i, -i)
	}
	for e := range table.All() {
		if e.Key()%2 == 0 {
			table.Remove(e)
		}
		if e.Key() == 7 {
			break
		}
	}
	if got := order(t, &table); len(got) != 6 || got[0] != 1 || got[4] != 8 {
		t.Errorf("%v", got)
	}
}
