package extract

import (
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"maps"
	"slices"
)

// A table holds what was observed of one kind, by key, bounded in number. When
// it is full it keeps the keys of smallest rank. Which keys those are does not
// depend on the order they came in, and a key that is kept was never dropped
// before, so its counts are exact.
type table[V any, P interface {
	*V
	fact() *Fact
}] struct {
	rows    map[string]P
	ranks   rankHeap // of all rows, from when the table is full
	leftOut int64    // observations whose key is not kept
}

// row returns the row of key, a new one when there is none. It returns nil
// when the table holds size rows of smaller rank.
func (t *table[V, P]) row(key []byte, size int) P {
	if v, ok := t.rows[string(key)]; ok {
		return v
	}
	if t.rows == nil {
		t.rows = map[string]P{}
	}
	k := string(key)
	if len(t.rows) >= size && !t.makeRoom(k) {
		t.leftOut++
		return nil
	}
	v := P(new(V))
	t.rows[k] = v
	return v
}

// makeRoom puts k among the ranks and drops the row of largest rank. It
// reports false when that would be k's.
func (t *table[V, P]) makeRoom(k string) bool {
	if t.ranks == nil {
		for have := range t.rows {
			t.ranks = append(t.ranks, ranked{rank(have), have})
		}
		heap.Init(&t.ranks)
	}
	r := rank(k)
	if len(t.ranks) == 0 || r >= t.ranks[0].rank {
		return false
	}
	worst := t.ranks[0].key
	t.ranks[0] = ranked{r, k}
	heap.Fix(&t.ranks, 0)
	t.leftOut += t.rows[worst].fact().Count
	delete(t.rows, worst)
	return true
}

// all returns the rows in the order of their keys.
func (t *table[V, P]) all() iter.Seq[P] {
	return func(yield func(P) bool) {
		for _, k := range slices.Sorted(maps.Keys(t.rows)) {
			if !yield(t.rows[k]) {
				return
			}
		}
	}
}

// distrustTimes marks all observations as without time.
func (t *table[V, P]) distrustTimes() {
	for _, v := range t.rows {
		v.fact().Untimed = v.fact().Count
	}
}

// rank is a fixed hash of a key.
func rank(key string) uint64 {
	sum := sha256.Sum256([]byte(key))
	return binary.BigEndian.Uint64(sum[:])
}

type ranked struct {
	rank uint64
	key  string
}

// A rankHeap has the largest rank first.
type rankHeap []ranked

func (h rankHeap) Len() int           { return len(h) }
func (h rankHeap) Less(i, j int) bool { return h[i].rank > h[j].rank }
func (h rankHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *rankHeap) Push(x any)        { *h = append(*h, x.(ranked)) }
func (h *rankHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
