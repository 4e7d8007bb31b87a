package http2

import (
	"math"
	"slices"
)

const (
	// defaultTable is the size of a dynamic table before the encoder changes it (RFC
	// 9113 section 6.5.2).
	defaultTable = 4096

	// entryOverhead is what an entry counts beyond its text (RFC 7541 section 4.1).
	entryOverhead = 32

	// entryMemory is what an entry takes beyond its text.
	entryMemory = 12

	// firstText is the memory that the first entry allocates for text.
	firstText = 512
)

// A dynamicTable is the dynamic table of RFC 7541 section 2.3.2. Its text is in one
// slice, oldest first, so that adding an entry does not allocate.
type dynamicTable struct {
	text    []byte
	entries []tableEntry
	gone    int // of entries, evicted
	size    int // of the others (RFC 7541 section 4.1)
	most    int // if limited
	limited bool
	partial bool // the encoder's table may have older entries
}

// A tableEntry is a field in dynamicTable.text.
type tableEntry struct {
	at          uint32
	name, value int32 // their lengths, -1 if unknown
}

func (e tableEntry) len() int  { return max(int(e.name), 0) + max(int(e.value), 0) }
func (e tableEntry) size() int { return e.len() + entryOverhead }

// get returns entry i, the newest being 1. It reports false for an older one than
// the oldest.
func (t *dynamicTable) get(i uint64) (Field, bool) {
	if i > uint64(len(t.entries)-t.gone) {
		return Field{}, t.partial
	}
	e := t.entries[len(t.entries)-int(i)]
	var f Field
	b := t.text[e.at:][:e.len()]
	if e.name >= 0 {
		f.Name = b[:e.name:e.name]
	}
	if e.value >= 0 {
		f.Value = b[len(f.Name):]
	}
	return f, true
}

func (t *dynamicTable) limit() int {
	if !t.limited {
		return defaultTable
	}
	return t.most
}

// resize sets the size that the encoder asks for (RFC 7541 section 6.3). If it is
// more than MaxTable, the table lacks the older entries of the encoder's.
func (t *dynamicTable) resize(size uint64) {
	t.limited, t.most = true, int(min(size, MaxTable))
	t.partial = size > MaxTable || t.partial && size > 0
	t.evict(0)
}

// forget empties the table, and lets it grow: the encoder may have asked for it. No
// index is wrong if it keeps more entries than the encoder.
func (t *dynamicTable) forget() {
	*t = dynamicTable{text: t.text[:0], entries: t.entries[:0], limited: true, most: MaxTable, partial: true}
}

// add adds a field (RFC 7541 section 4.4). It may refer to the table itself.
func (t *dynamicTable) add(f Field) {
	e := tableEntry{at: uint32(len(t.text)), name: -1, value: -1}
	if f.Name != nil {
		e.name = int32(len(f.Name))
	}
	if f.Value != nil {
		e.value = int32(len(f.Value))
	}
	if e.size() > t.limit() {
		t.evict(math.MaxInt)
		return
	}
	if t.text == nil {
		t.text = make([]byte, 0, firstText) // nil would mean unknown
	}
	t.text = append(append(t.text, f.Name...), f.Value...)
	t.evict(e.size())
	t.entries = append(t.entries, e)
	t.size += e.size()
	t.compact()
}

// evict removes the oldest entries until there is room for more bytes.
func (t *dynamicTable) evict(more int) {
	for t.gone < len(t.entries) && t.size > t.limit()-more {
		t.size -= t.entries[t.gone].size()
		t.gone++
	}
}

// compact moves the entries to the beginning once half of the memory is of evicted
// ones.
func (t *dynamicTable) compact() {
	if t.gone <= len(t.entries)/2 {
		return
	}
	from := t.entries[t.gone].at
	t.text = slices.Delete(t.text, 0, int(from))
	t.entries = slices.Delete(t.entries, 0, t.gone)
	t.gone = 0
	for i := range t.entries {
		t.entries[i].at -= from
	}
}

func (t *dynamicTable) memory() int { return cap(t.text) + entryMemory*cap(t.entries) }
