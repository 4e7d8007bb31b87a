package lru

// A Table finds values by key, and has them in the order in which they were last
// touched. The zero value is empty.
type Table[K comparable, V any] struct {
	entries map[K]*Entry[K, V]
	order   List[Entry[K, V]]
	spare   *Entry[K, V] // removed last, to be used again
}

// An Entry is a value in a Table. It is the Table's: after Remove it may become
// another's with the next Add.
type Entry[K comparable, V any] struct {
	Value V
	key   K
	node  Node[Entry[K, V]]
}

// Key returns the key of the value.
func (e *Entry[K, V]) Key() K { return e.key }

// Len returns how many values there are.
func (t *Table[K, V]) Len() int { return t.order.n }

// Find returns the entry of k, nil when there is none. It does not touch it.
func (t *Table[K, V]) Find(k K) *Entry[K, V] { return t.entries[k] }

// Oldest returns the entry that was touched longest ago, nil when there is none.
func (t *Table[K, V]) Oldest() *Entry[K, V] { return t.order.Oldest() }

// Add adds v as the newest, and returns its entry. There must be none of k.
func (t *Table[K, V]) Add(k K, v V) *Entry[K, V] {
	if t.entries == nil {
		t.entries = map[K]*Entry[K, V]{}
	}
	e := t.spare
	t.spare = nil
	if e == nil {
		e = new(Entry[K, V])
	}
	e.key, e.Value = k, v
	t.entries[k] = e
	t.order.Add(&e.node, e)
	return e
}

// Touch makes e the newest.
func (t *Table[K, V]) Touch(e *Entry[K, V]) { t.order.Touch(&e.node) }

// Remove removes e. Its value stays readable until the next Add.
func (t *Table[K, V]) Remove(e *Entry[K, V]) {
	delete(t.entries, e.key)
	t.order.Remove(&e.node)
	t.spare = e
}
