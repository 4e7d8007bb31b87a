package lru

import "iter"

// A Table maps keys to values, and orders them by their last use. The zero
// value is empty.
type Table[K comparable, V any] struct {
	entries map[K]*Entry[K, V]
	order   List[Entry[K, V]]
	spare   *Entry[K, V] // the last removed entry; node links it to earlier ones
}

// An Entry is a value in a Table. It belongs to the Table: after Remove, the
// next Add reuses it.
type Entry[K comparable, V any] struct {
	Value V
	key   K
	node  Node[Entry[K, V]]
}

// Key returns the key of the value.
func (e *Entry[K, V]) Key() K { return e.key }

// Len returns the number of values.
func (t *Table[K, V]) Len() int { return t.order.n }

// Find returns the entry of k, nil if there is none. It does not count as use.
func (t *Table[K, V]) Find(k K) *Entry[K, V] { return t.entries[k] }

// Oldest returns the least recently used entry, nil if there is none.
func (t *Table[K, V]) Oldest() *Entry[K, V] { return t.order.Oldest() }

// All returns the entries, the least recently used first. The current one may be
// removed.
func (t *Table[K, V]) All() iter.Seq[*Entry[K, V]] { return t.order.All() }

// Add adds v as the newest value and returns its entry. The Table must not
// contain k.
func (t *Table[K, V]) Add(k K, v V) *Entry[K, V] {
	if t.entries == nil {
		t.entries = map[K]*Entry[K, V]{}
	}
	e := t.spare
	if e == nil {
		e = new(Entry[K, V])
	} else {
		t.spare = e.node.elem
	}
	e.key, e.Value = k, v
	t.entries[k] = e
	t.order.Add(&e.node, e)
	return e
}

// Touch makes e the newest.
func (t *Table[K, V]) Touch(e *Entry[K, V]) { t.order.Touch(&e.node) }

// Remove removes e. Its value stays readable until the next Add or Remove.
func (t *Table[K, V]) Remove(e *Entry[K, V]) {
	delete(t.entries, e.key)
	t.order.Remove(&e.node)
	if t.spare != nil {
		var none V // what it refers to can be collected
		t.spare.Value = none
	}
	e.node.elem = t.spare
	t.spare = e
}
