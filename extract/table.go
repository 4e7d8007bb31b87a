package extract

import (
	"bytes"
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"iter"
	"maps"
	"slices"
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
	rows    map[ident]P
	ranks   rankHeap // of all rows, from when the table is full
	leftOut int64    // observations whose key is not kept
	sorted  []P      // the rows in the order of their keys, while none is added
	probe   V        // the row that is looked for
	above   *ident   // keys from here on are not kept, as others have enough smaller ones
	scratch []byte
}

// An ident stands for a key: it is a hash that nobody can find two keys for. Its
// order is the rank of keys.
type ident [16]byte

func identOf(key []byte) ident {
	sum := sha256.Sum256(key)
	return ident(sum[:])
}

// find returns the row that has v's key, nil when there is none.
func (t *table[V, P]) find(v V) P {
	t.probe = v
	return t.rows[t.ident(&t.probe)]
}

func (t *table[V, P]) ident(p P) ident {
	t.scratch = p.appendKey(t.scratch[:0])
	return identOf(t.scratch)
}

// row returns the row that has v's key; a copy of v becomes one when there is
// none. It returns nil when the table holds size rows of smaller rank.
func (t *table[V, P]) row(v V, size int) P {
	t.probe = v
	id := t.ident(&t.probe)
	if have, ok := t.rows[id]; ok {
		return have
	}
	if !t.makeRoom(id, size) {
		return nil
	}
	own := P(new(V))
	*own = v
	t.rows[id] = own
	return own
}

// observe counts an observation of what v is at e, and returns its row, nil when
// there is no room for it.
func (t *table[V, P]) observe(v V, e Evidence, size int) P {
	p := t.row(v, size)
	if p == nil {
		t.leftOut++
		return nil
	}
	p.fact().add(&e)
	return p
}

// makeRoom prepares the table for another row, for which it drops the row of
// largest rank when it is full. It reports false when that would be the new
// one.
func (t *table[V, P]) makeRoom(id ident, size int) bool {
	t.sorted = nil
	if t.rows == nil {
		t.rows = map[ident]P{}
	}
	if t.above != nil && bytes.Compare(id[:], t.above[:]) >= 0 {
		return false
	}
	if len(t.rows) < size {
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

func (t *table[V, P]) drop(id ident) {
	f := t.rows[id].fact()
	t.leftOut += f.Count
	f.dropped = true
	delete(t.rows, id)
}

func (t *table[V, P]) len() int { return len(t.rows) }

// idents appends those of the rows.
func (t *table[V, P]) idents(dst []ident) []ident { return slices.AppendSeq(dst, maps.Keys(t.rows)) }

// prune leaves out the rows from above on, now and later: of several tables that
// are to be merged, only the smallest keys of all together will stay.
func (t *table[V, P]) prune(above ident) {
	t.above, t.ranks, t.sorted = &above, nil, nil
	for id := range t.rows {
		if bytes.Compare(id[:], above[:]) >= 0 {
			t.drop(id)
		}
	}
}

// merge adds the rows of o, which is not used any more.
func (t *table[V, P]) merge(o *table[V, P], size int) {
	if len(t.rows) == 0 && len(o.rows) <= size {
		t.rows, t.ranks, t.sorted, o.rows = o.rows, o.ranks, nil, nil
	}
	for id, v := range o.rows {
		if have, ok := t.rows[id]; ok {
			have.merge(v)
		} else if t.makeRoom(id, size) {
			t.rows[id] = v
		} else {
			t.leftOut += v.fact().Count
		}
	}
	t.leftOut += o.leftOut
}

// all returns the rows in the order of their keys.
func (t *table[V, P]) all() iter.Seq[P] {
	if t.sorted == nil && len(t.rows) > 0 {
		t.sort()
	}
	return slices.Values(t.sorted)
}

func (t *table[V, P]) sort() {
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
	t.sorted = make([]P, len(list))
	for i := range list {
		t.sorted[i] = list[i].row
	}
}

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

// appendJSON appends the rows, bare of evidence if that is asked for.
func (t *table[V, P]) appendJSON(dst []byte, bare bool) ([]byte, error) {
	between := "[\n"
	for v := range t.all() {
		w := *v
		if bare {
			P(&w).fact().Evidence = Trail{}
		}
		b, err := json.Marshal(&w)
		if err != nil {
			return dst, err
		}
		dst = append(append(dst, between...), b...)
		between = ",\n"
	}
	if between == "[\n" {
		return append(dst, "[]"...), nil
	}
	return append(dst, ']'), nil
}

// readJSON takes the rows that appendJSON wrote, and the count of what was left
// out.
func (t *table[V, P]) readJSON(b []byte, leftOut int64) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var rows []P
	if err := d.Decode(&rows); err != nil {
		return err
	}
	t.rows, t.leftOut, t.sorted = make(map[ident]P, len(rows)), leftOut, nil
	for _, v := range rows {
		if v != nil {
			t.rows[t.ident(v)] = v
		}
	}
	return nil
}

// A rankHeap has the largest rank first.
type rankHeap []ident

func (h rankHeap) Len() int           { return len(h) }
func (h rankHeap) Less(i, j int) bool { return bytes.Compare(h[i][:], h[j][:]) > 0 }
func (h rankHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *rankHeap) Push(any)          { panic("extract: a full table does not grow") }
func (h *rankHeap) Pop() any          { panic("extract: a full table does not shrink") }

// appendText appends a text to a key, so that no other texts make the same key.
// The order of keys is that of the texts, as far as they hold no NUL.
func appendText(dst []byte, texts ...string) []byte {
	for _, s := range texts {
		dst = append(dst, s...)
		dst = append(dst, 0)
		dst = binary.AppendUvarint(dst, uint64(len(s)))
	}
	return dst
}
