package extract

import (
	"bytes"
	"container/heap"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"hash/maphash"
	"iter"
	"slices"
	"sync"
)

// A row is an observation of one kind. Its key identifies the observation, and its
// counts can be added to those of another row with the same key.
type row[V any] interface {
	*V
	fact() *Fact
	appendKey(dst []byte) []byte
	merge(*V)
}

// A table holds a limited number of observations of one kind, by key. A full table
// keeps the keys of smallest rank. Which keys these are does not depend on their
// order, and a key in the table was never dropped before, so its counts are exact.
// Merging tables therefore gives the same result as a single table.
type table[V any, P row[V]] struct {
	limit   int // of rows
	rows    map[slot]P
	ranks   rankHeap   // of all rows, once the table is full
	leftOut int64      // observations whose key is not kept
	sorted  func() []P // returns the rows in order of their keys; nil: the table is not complete
	probe   V          // the row to look up
	key     []byte     // of probe
	above   *rank      // if set, keys of this rank or above are not kept, as other tables have enough smaller ones
	scratch []byte
}

func newTable[V any, P row[V]]() tabled { return new(table[V, P]) }

// A rank is a collision-resistant hash of a row's key. It is the same in every
// process, and keys of small rank are expensive to find. It costs much more than a
// slot, and only full tables need it.
type rank struct{ high, low uint64 }

func rankOf(key []byte) rank {
	sum := sha256.Sum256(key)
	return rank{binary.BigEndian.Uint64(sum[:]), binary.BigEndian.Uint64(sum[8:])}
}

func (r rank) less(o rank) bool { return r.high < o.high || r.high == o.high && r.low < o.low }

// A slot is a hash of a row's key with random seeds, so large that no two keys have
// the same one.
type slot [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func slotOf(key []byte) slot {
	return slot{maphash.Bytes(seeds[0], key), maphash.Bytes(seeds[1], key)}
}

// find returns the row with v's key, or nil.
func (t *table[V, P]) find(v V) P {
	t.probe = v
	t.key = P(&t.probe).appendKey(t.key[:0])
	return t.at(t.key)
}

// at returns the row of a key, or nil.
func (t *table[V, P]) at(key []byte) P { return t.rows[slotOf(key)] }

// add adds a copy of v, whose key is not in the table. It returns the new row, or nil
// if the table is full of rows of smaller rank.
func (t *table[V, P]) add(key []byte, v V) P {
	if !t.makeRoom(key) {
		return nil
	}
	own := P(new(V))
	*own = v
	t.rows[slotOf(key)] = own
	return own
}

// row returns the row with v's key, and adds it if necessary. It returns nil if there
// is no room for it.
func (t *table[V, P]) row(v V) P {
	if have := t.find(v); have != nil {
		return have
	}
	return t.add(t.key, v)
}

// observe counts an observation of v with evidence e. It returns its row, or nil if
// there is no room for it.
func (t *table[V, P]) observe(v V, e Evidence) P { return t.count(t.row(v), &e) }

// count counts an observation of p with evidence e. It returns p, which is nil if
// there was no room for the row.
func (t *table[V, P]) count(p P, e *Evidence) P {
	if p == nil {
		t.leftOut++
		return nil
	}
	p.fact().record(e)
	return p
}

// makeRoom prepares the table for a new key. A full table drops the row of largest
// rank; makeRoom reports false if that would be the new one.
func (t *table[V, P]) makeRoom(key []byte) bool {
	t.sorted = nil
	if t.rows == nil {
		t.rows = map[slot]P{}
	}
	if t.above == nil && len(t.rows) < t.limit {
		return true
	}
	r := rankOf(key)
	if t.above != nil && !r.less(*t.above) {
		return false
	}
	if len(t.rows) < t.limit {
		return true
	}
	if t.ranks == nil {
		for at, have := range t.rows {
			t.ranks = append(t.ranks, ranked{t.rank(have), at})
		}
		heap.Init(&t.ranks)
	}
	if len(t.ranks) == 0 || !r.less(t.ranks[0].rank) {
		return false
	}
	t.drop(t.ranks[0].slot)
	t.ranks[0] = ranked{r, slotOf(key)}
	heap.Fix(&t.ranks, 0)
	return true
}

func (t *table[V, P]) drop(at slot) {
	f := t.rows[at].fact()
	t.leftOut += f.Count
	f.dropped = true
	delete(t.rows, at)
}

func (t *table[V, P]) rank(v P) rank {
	t.scratch = v.appendKey(t.scratch[:0])
	return rankOf(t.scratch)
}

func (t *table[V, P]) len() int { return len(t.rows) }

func (t *table[V, P]) appendRanks(dst []rank) []rank {
	for _, v := range t.rows {
		dst = append(dst, t.rank(v))
	}
	return dst
}

// size returns what the rows count as held.
func (t *table[V, P]) size() int {
	size := rowCost * len(t.rows)
	for _, v := range t.rows {
		t.scratch = v.appendKey(t.scratch[:0])
		size += len(t.scratch)
	}
	return size
}

func (t *table[V, P]) appendSizes(dst []sized, kind int) []sized {
	for _, v := range t.rows {
		r := t.rank(v)
		dst = append(dst, sized{r, kind, rowCost + len(t.scratch)})
	}
	return dst
}

// prune drops the rows of rank above or larger, now and later, because merging the
// tables of all workers would drop them.
func (t *table[V, P]) prune(above rank) {
	if t.above != nil && t.above.less(above) {
		return
	}
	t.above, t.ranks, t.sorted = &above, nil, nil
	for at, v := range t.rows {
		if !t.rank(v).less(above) {
			t.drop(at)
		}
	}
}

// merge adds the rows of another table of the same kind, which must not be used
// afterwards.
func (t *table[V, P]) merge(other tabled) {
	o := other.(*table[V, P])
	if len(t.rows) == 0 && len(o.rows) <= t.limit {
		t.rows, t.ranks, t.sorted, o.rows = o.rows, o.ranks, nil, nil
	}
	for at, v := range o.rows {
		if have, ok := t.rows[at]; ok {
			have.merge(v)
			continue
		}
		t.key = v.appendKey(t.key[:0])
		if t.makeRoom(t.key) {
			t.rows[at] = v
		} else {
			t.leftOut += v.fact().Count
		}
	}
	t.leftOut += o.leftOut
}

// complete prepares the table for concurrent readers. The rows are sorted when they
// are first read, because a report may be merged many times before.
func (t *table[V, P]) complete() { t.sorted = sync.OnceValue(t.sort) }

// A clearer is a row with values of decrypted packets, although its Fact says that it
// was in cleartext. clear returns a copy without them.
type clearer[P any] interface{ clear() P }

// clear returns a complete table of the rows that are not only of decrypted
// connections. Of the copies that clearers return, several may have the same key.
func (t *table[V, P]) clear() tabled {
	c := &table[V, P]{limit: t.limit, leftOut: t.leftOut, rows: make(map[slot]P, len(t.rows))}
	for at, v := range t.rows {
		if !v.fact().Clear() {
			continue
		}
		if r, ok := any(v).(clearer[P]); ok {
			v = r.clear()
			c.key = v.appendKey(c.key[:0])
			at = slotOf(c.key)
		}
		if have, ok := c.rows[at]; ok {
			have.merge(v)
		} else {
			c.rows[at] = v
		}
	}
	c.complete()
	return c
}

// all returns the rows of a complete table in order of their keys.
func (t *table[V, P]) all() iter.Seq[P] { return slices.Values(t.sorted()) }

func (t *table[V, P]) sort() []P {
	type keyed struct {
		key []byte
		row P
	}
	size := 0
	for _, v := range t.rows {
		t.key = v.appendKey(t.key[:0])
		size += len(t.key)
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

// facts yields the Fact of each row.
func (t *table[V, P]) facts() iter.Seq[*Fact] {
	return func(yield func(*Fact) bool) {
		for _, v := range t.rows {
			if !yield(v.fact()) {
				return
			}
		}
	}
}

func (t *table[V, P]) readJSON(array []byte, leftOut int64) error {
	d := json.NewDecoder(bytes.NewReader(array))
	d.DisallowUnknownFields()
	var rows []P
	if err := d.Decode(&rows); err != nil {
		return err
	}
	t.rows, t.leftOut, t.sorted = make(map[slot]P, len(rows)), leftOut, nil
	for _, v := range rows {
		if v != nil {
			t.key = v.appendKey(t.key[:0])
			t.rows[slotOf(t.key)] = v
		}
	}
	return nil
}

// encode yields the rows in JSON, in order of their keys, without evidence if bare is
// set.
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
type rankHeap []ranked

// A ranked is a row in a rankHeap.
type ranked struct {
	rank rank
	slot slot
}

func (h rankHeap) Len() int { return len(h) }

func (h rankHeap) Less(i, j int) bool { return h[j].rank.less(h[i].rank) }

func (h rankHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *rankHeap) Push(any) { panic("extract: a full table does not grow") }

func (h *rankHeap) Pop() any { panic("extract: a full table does not shrink") }
