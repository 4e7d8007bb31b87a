package lru

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// order returns the keys of a table, oldest first, and checks its links.
func order[V any](t *testing.T, table *Table[int, V]) (keys []int) {
	t.Helper()
	var before *Node[Entry[int, V]]
	for n := table.order.oldest; n != nil; n = n.next {
		if n.prev != before || table.Find(n.elem.key) != n.elem {
			t.Fatalf("broken at %d", n.elem.key)
		}
		before = n
		keys = append(keys, n.elem.Key())
	}
	if table.order.newest != before || table.Len() != len(keys) || len(table.entries) != len(keys) {
		t.Fatalf("%d entries, %d keys: %v", table.Len(), len(table.entries), keys)
	}
	return keys
}

// A Table behaves like a slice whose last element is the newest.
func TestTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var table Table[int, int]
	var twin []int
	for range 20_000 {
		k := r.IntN(50)
		e := table.Find(k)
		i := slices.Index(twin, k)
		if (e == nil) != (i < 0) || e != nil && e.Value != -k {
			t.Fatalf("%d: %v, in %v", k, e, twin)
		}
		switch {
		case e == nil:
			table.Add(k, -k)
			twin = append(twin, k)
		case r.IntN(2) == 0:
			table.Touch(e)
			twin = append(slices.Delete(twin, i, i+1), k)
		default:
			table.Remove(e)
			twin = slices.Delete(twin, i, i+1)
		}
		if got := order(t, &table); !slices.Equal(got, twin) {
			t.Fatalf("%v, want %v", got, twin)
		}
		if oldest := table.Oldest(); oldest != nil && oldest.Key() != twin[0] || oldest == nil && len(twin) > 0 {
			t.Fatalf("oldest is %v of %v", oldest, twin)
		}
	}
}

func TestRemovedIsReadable(t *testing.T) {
	var table Table[string, []byte]
	e := table.Add("a", []byte("x"))
	table.Remove(e)
	if e.Key() != "a" || string(e.Value) != "x" || table.Find("a") != nil || table.Oldest() != nil {
		t.Errorf("%v", e)
	}
	if again := table.Add("b", nil); again != e || again.Value != nil {
		t.Error("the entry was not reused")
	}
}

func TestNoAllocs(t *testing.T) {
	var table Table[int, [10]int]
	a, b := table.Add(1, [10]int{}), table.Add(2, [10]int{})
	if n := testing.AllocsPerRun(100, func() {
		table.Touch(a)
		table.Touch(b)
		table.Remove(a)
		a = table.Add(1, [10]int{})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
