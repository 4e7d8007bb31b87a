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
	rows    map[string]P
	ranks   rankHeap // of all rows, from when the table is full
	leftOut int64    // observations whose key is not kept
	scratch []byte
}

// row returns the row that has v's key; v itself becomes one when there is
// none. It returns nil when the table holds size rows of smaller rank.
func (t *table[V, P]) row(v V, size int) P {
	t.scratch = P(&v).appendKey(t.scratch[:0])
	if have, ok := t.rows[string(t.scratch)]; ok {
		return have
	}
	return t.insert(string(t.scratch), &v, size)
}

// find returns the row that has v's key, nil when there is none.
func (t *table[V, P]) find(v V) P {
	t.scratch = P(&v).appendKey(t.scratch[:0])
	return t.rows[string(t.scratch)]
}

// observe counts an observation of what v is at e, and returns its row, nil when
// there is no room for it.
func (t *table[V, P]) observe(v V, e Evidence, size int) P {
	p := t.row(v, size)
	if p == nil {
		t.leftOut++
		return nil
	}
	p.fact().add(e)
	return p
}

func (t *table[V, P]) insert(key string, p P, size int) P {
	if t.rows == nil {
		t.rows = map[string]P{}
	}
	if len(t.rows) >= size && !t.makeRoom(key) {
		return nil
	}
	t.rows[key] = p
	return p
}

// makeRoom puts key among the ranks and drops the row of largest rank. It
// reports false when that would be key's.
func (t *table[V, P]) makeRoom(key string) bool {
	if t.ranks == nil {
		for have := range t.rows {
			t.ranks = append(t.ranks, ranked{rank(have), have})
		}
		heap.Init(&t.ranks)
	}
	r := rank(key)
	if len(t.ranks) == 0 || r >= t.ranks[0].rank {
		return false
	}
	worst := t.ranks[0].key
	t.ranks[0] = ranked{r, key}
	heap.Fix(&t.ranks, 0)
	f := t.rows[worst].fact()
	t.leftOut += f.Count
	f.dropped = true
	delete(t.rows, worst)
	return true
}

// merge adds the rows of o, which is not used any more.
func (t *table[V, P]) merge(o *table[V, P], size int) {
	for k, v := range o.rows {
		if have, ok := t.rows[k]; ok {
			have.merge(v)
		} else if t.insert(k, v, size) == nil {
			t.leftOut += v.fact().Count
		}
	}
	t.leftOut += o.leftOut
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
			P(&w).fact().Evidence = nil
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
	t.rows, t.leftOut = make(map[string]P, len(rows)), leftOut
	for _, v := range rows {
		if v != nil {
			t.rows[string(v.appendKey(nil))] = v
		}
	}
	return nil
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
