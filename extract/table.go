package extract

import (
	"bytes"
	"container/heap"
	"crypto/sha256"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"sync"
)

// A row is an observation of one kind. Its key follows from what it is, and what
// it counts can be added to another row of the same key.
type row[V any] interface {
	*V
	fact() *Fact
	appendKey(dst []byte) []byte
	merge(*V)
}

// A table holds what was observed of one kind, by key, bounded in number. When
// it is full it keeps the keys of smallest rank. Which keys those are does not
// depend on the order they came in, and a key that is kept was never dropped
// before, so its counts are exact: tables that were made apart can be merged
// without a difference.
type table[V any, P row[V]] struct {
	limit   int // of rows
	rows    map[rowID]P
	ranks   rankHeap   // of all rows, from when the table is full
	leftOut int64      // observations whose key is not kept
	sorted  func() []P // returns the rows in the order of their keys; nil: the table is not complete
	probe   V          // the row that is looked for
	above   *rowID     // keys from here on are not kept, as others have enough smaller ones
	scratch []byte
}

func newTable[V any, P row[V]]() tabled { return new(table[V, P]) }

// A rowID is a collision-resistant hash of a row's key. Its order is the rank of
// keys.
type rowID [16]byte

func rowIDOf(key []byte) rowID {
	sum := sha256.Sum256(key)
	return rowID(sum[:])
}

// find returns the row that has v's key, nil when there is none.
func (t *table[V, P]) find(v V) P {
	t.probe = v
	return t.rows[t.id(&t.probe)]
}

func (t *table[V, P]) id(p P) rowID {
	t.scratch = p.appendKey(t.scratch[:0])
	return rowIDOf(t.scratch)
}

// row returns the row that has v's key; a copy of v becomes one when there is
// none. It returns nil when the table is full of rows of smaller rank.
func (t *table[V, P]) row(v V) P {
	t.probe = v
	id := t.id(&t.probe)
	if have, ok := t.rows[id]; ok {
		return have
	}
	if !t.makeRoom(id) {
		return nil
	}
	own := P(new(V))
	*own = v
	t.rows[id] = own
	return own
}

// observe counts an observation of what v is at e, and returns its row, nil when
// there is no room for it.
func (t *table[V, P]) observe(v V, e Evidence) P {
	p := t.row(v)
	if p == nil {
		t.leftOut++
		return nil
	}
	p.fact().record(&e)
	return p
}

// makeRoom prepares the table for another row, for which it drops the row of
// largest rank when it is full. It reports false when that would be the new
// one.
func (t *table[V, P]) makeRoom(id rowID) bool {
	t.sorted = nil
	if t.rows == nil {
		t.rows = map[rowID]P{}
	}
	if t.above != nil && bytes.Compare(id[:], t.above[:]) >= 0 {
		return false
	}
	if len(t.rows) < t.limit {
		return true
	}
	if t.ranks == nil {
		for have := range t.rows {
			t.ranks = append(t.ranks, have)
		}
		heap.Init(&t.ranks)
	}
	if len(t.ranks) == 0 || bytes.Compare(id[:], t.ranks[0][:]) >= 0 {
		return false
	}
	t.drop(t.ranks[0])
	t.ranks[0] = id
	heap.Fix(&t.ranks, 0)
	return true
}

func (t *table[V, P]) drop(id rowID) {
	f := t.rows[id].fact()
	t.leftOut += f.Count
	f.dropped = true
	delete(t.rows, id)
}

func (t *table[V, P]) len() int { return len(t.rows) }

// ids appends those of the rows.
func (t *table[V, P]) ids(dst []rowID) []rowID { return slices.AppendSeq(dst, maps.Keys(t.rows)) }

// prune leaves out the rows from above on, now and later: of several tables that
// are to be merged, only the smallest keys of all together will stay.
func (t *table[V, P]) prune(above rowID) {
	t.above, t.ranks, t.sorted = &above, nil, nil
	for id := range t.rows {
		if bytes.Compare(id[:], above[:]) >= 0 {
			t.drop(id)
		}
	}
}

// merge adds the rows of another table of the kind, which is not used any more.
func (t *table[V, P]) merge(other tabled) {
	o := other.(*table[V, P])
	if len(t.rows) == 0 && len(o.rows) <= t.limit {
		t.rows, t.ranks, t.sorted, o.rows = o.rows, o.ranks, nil, nil
	}
	for id, v := range o.rows {
		if have, ok := t.rows[id]; ok {
			have.merge(v)
		} else if t.makeRoom(id) {
			t.rows[id] = v
		} else {
			t.leftOut += v.fact().Count
		}
	}
	t.leftOut += o.leftOut
}

// complete prepares the table for being read by many at once. Its rows are sorted
// when they are first asked for, as a report may be merged often before that.
func (t *table[V, P]) complete() { t.sorted = sync.OnceValue(t.sort) }

// all returns the rows of a complete table in the order of their keys.
func (t *table[V, P]) all() iter.Seq[P] { return slices.Values(t.sorted()) }

func (t *table[V, P]) sort() []P {
	type keyed struct {
		key []byte
		row P
	}
	size := 0
	for _, v := range t.rows {
		t.scratch = v.appendKey(t.scratch[:0])
		size += len(t.scratch)
	}
	list, keys := make([]keyed, 0, len(t.rows)), make([]byte, 0, size) // all keys in one allocation
	for _, v := range t.rows {
		from := len(keys)
		keys = v.appendKey(keys)
		list = append(list, keyed{keys[from:], v})
	}
	slices.SortFunc(list, func(a, b keyed) int { return bytes.Compare(a.key, b.key) })
	sorted := make([]P, len(list))
	for i := range list {
		sorted[i] = list[i].row
	}
	return sorted
}

func (t *table[V, P]) setLimit(rows int) { t.limit = rows }

func (t *table[V, P]) left() int64 { return t.leftOut }

// facts returns what the rows have in common.
func (t *table[V, P]) facts() iter.Seq[*Fact] {
	return func(yield func(*Fact) bool) {
		for _, v := range t.rows {
			if !yield(v.fact()) {
				return
			}
		}
	}
}

// readJSON sets the rows to those of a JSON array.
func (t *table[V, P]) readJSON(array []byte, leftOut int64) error {
	d := json.NewDecoder(bytes.NewReader(array))
	d.DisallowUnknownFields()
	var rows []P
	if err := d.Decode(&rows); err != nil {
		return err
	}
	t.rows, t.leftOut, t.sorted = make(map[rowID]P, len(rows)), leftOut, nil
	for _, v := range rows {
		if v != nil {
			t.rows[t.id(v)] = v
		}
	}
	return nil
}

// encode yields the rows in JSON, in the order of their keys, bare of evidence if
// that is asked for.
func (t *table[V, P]) encode(bare bool) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for v := range t.all() {
			w := *v
			if bare {
				P(&w).fact().Evidence = Trail{}
			}
			if !yield(json.Marshal(&w)) {
				return
			}
		}
	}
}

// A rankHeap has the largest rank first.
type rankHeap []rowID

func (h rankHeap) Len() int { return len(h) }

func (h rankHeap) Less(i, j int) bool { return bytes.Compare(h[i][:], h[j][:]) > 0 }

func (h rankHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *rankHeap) Push(any) { panic("extract: a full table does not grow") }

func (h *rankHeap) Pop() any { panic("extract: a full table does not shrink") }
