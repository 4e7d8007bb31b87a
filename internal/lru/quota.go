package lru

// A Quota limits the elements of each group. It counts them only while there are
// enough elements in all for a group to reach the limit, so it costs nothing as long
// as there are few. The zero value has no limit.
type Quota[G comparable] struct {
	Limit  int
	counts map[G]int // nil while no group can reach the limit
}

// Full reports whether group g has no room for one more element. all is the number
// of elements in all; each calls its argument with the group of each of them.
func (q *Quota[G]) Full(g G, all int, each func(yield func(G))) bool {
	if q.Limit <= 0 || all < q.Limit {
		return false
	}
	if q.counts == nil {
		q.counts = map[G]int{}
		each(func(g G) { q.counts[g]++ })
	}
	return q.counts[g] >= q.Limit
}

// Counting reports whether Added and Removed must be called.
func (q *Quota[G]) Counting() bool { return q.counts != nil }

// Added records a new element of g.
func (q *Quota[G]) Added(g G) { q.counts[g]++ }

// Removed records that an element of g was removed, and that all remain.
func (q *Quota[G]) Removed(g G, all int) {
	if q.counts[g]--; q.counts[g] == 0 {
		delete(q.counts, g)
	}
	if all < q.Limit/2 {
		q.counts = nil
	}
}

// Excess returns how many elements of a full group to remove at once: an eighth, as
// looking for them takes time in proportion to all elements.
func (q *Quota[G]) Excess() int { return max(q.Limit/8, 1) }
