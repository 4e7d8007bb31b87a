package http3

import (
	"github.com/sightline-go/sightline/internal/huffman"
	"github.com/sightline-go/sightline/layers/wire"
)

// MaxTable limits the size of the dynamic table (RFC 9204 section 3.2.1): browsers use
// as much. Older entries of a larger table are unknown.
const MaxTable = 64 << 10

const (
	// entryOverhead is what an entry counts beyond its text (RFC 9204 section
	// 3.2.1).
	entryOverhead = 32

	// entryMemory is what an entry takes beyond its text.
	entryMemory = 64

	// maxInstruction limits the strings of an instruction, in bytes: a
	// Huffman-encoded string is at most 3.75 times as long as its text, which must
	// fit into the table.
	maxInstruction = 4 * MaxTable
)

// A dynamicTable is the dynamic table of RFC 9204 section 3.2.
type dynamicTable struct {
	entries  []tableEntry // oldest first
	inserted uint64       // absolute index of the next entry
	size     int          // of the entries (RFC 9204 section 3.2.1)
	memory   int          // of the entries
	capacity int          // at most MaxTable
	largest  uint64       // capacity that the encoder has set
	setting  uint64       // SETTINGS_QPACK_MAX_TABLE_CAPACITY, if settled
	settled  bool
	lost     bool // instructions are missing
}

// A tableEntry is a field. Entries may share their text.
type tableEntry struct{ name, value []byte }

func (e tableEntry) size() int { return len(e.name) + len(e.value) + entryOverhead }

// maxEntries returns MaxEntries of RFC 9204 section 4.5.1.1.
func (t *dynamicTable) maxEntries() uint64 {
	if t.settled {
		return t.setting / entryOverhead
	}
	return t.largest / entryOverhead
}

// get returns the field with an absolute index, an unknown one if there is none.
func (t *dynamicTable) get(i uint64) Field {
	first := t.inserted - uint64(len(t.entries))
	if i < first || i >= t.inserted {
		return Field{}
	}
	e := t.entries[i-first]
	return Field{Name: e.name, Value: e.value}
}

// add adds an entry (RFC 9204 section 3.2.2). One larger than the capacity stays
// unknown.
func (t *dynamicTable) add(e tableEntry) {
	t.inserted++
	t.evict(min(e.size(), t.capacity))
	if e.size() > t.capacity {
		t.entries = t.entries[:0]
		return
	}
	t.entries = append(t.entries, e)
	t.size += e.size()
	t.memory += e.size() + entryMemory
}

// evict removes the oldest entries until there is room for more bytes.
func (t *dynamicTable) evict(more int) {
	n := 0
	for ; n < len(t.entries) && t.size > t.capacity-more; n++ {
		t.size -= t.entries[n].size()
		t.memory -= t.entries[n].size() + entryMemory
		t.entries[n] = tableEntry{}
	}
	t.entries = t.entries[n:]
}

// Insert processes the instructions at the start of b, the next bytes of the encoder
// stream (RFC 9204 section 4.3). It returns how many bytes they take: call it again with
// the rest, followed by more. The error is a *wire.Error if an instruction is Malformed
// or longer than four times MaxTable. Then Insert has called Forget.
func (d *Decoder) Insert(b []byte) (n int, err error) {
	r := huffman.Reader{B: b}
	for len(r.B) > 0 && !d.table.lost {
		at := r
		i, reason := readInstruction(&r)
		if reason == wire.Short && len(at.B) <= maxInstruction {
			return len(b) - len(at.B), nil
		}
		if reason != 0 || !d.insert(i) {
			d.Forget()
			return len(b), fail(wire.Malformed, b, at)
		}
	}
	return len(b), nil
}

// An instruction is an instruction of an encoder (RFC 9204 section 4.3).
type instruction struct {
	kind        instructionKind
	number      uint64 // index or capacity
	name, value huffman.Literal
}

type instructionKind uint8

const (
	insertStatic    instructionKind = iota // name of the static table
	insertDynamic                          // name of the dynamic table
	insertLiteral                          // with its name
	insertDuplicate                        // of an entry
	setCapacity
)

// readInstruction reads the instruction at the start of r. It decodes no strings, as the
// rest of the instruction may be missing.
func readInstruction(r *huffman.Reader) (i instruction, reason wire.Reason) {
	switch first := r.B[0]; {
	case first&0x80 != 0:
		if i.kind = insertDynamic; first&0x40 != 0 {
			i.kind = insertStatic
		}
		i.number, reason = r.Integer(6)
	case first&0x40 != 0:
		i.kind = insertLiteral
		i.name, reason = r.Literal(5)
	case first&0x20 != 0:
		i.kind = setCapacity
		i.number, reason = r.Integer(5)
		return i, reason
	default:
		i.kind = insertDuplicate
		i.number, reason = r.Integer(5)
		return i, reason
	}
	if reason == 0 {
		i.value, reason = r.Literal(7)
	}
	return i, reason
}

// insert reports false if the instruction is invalid.
func (d *Decoder) insert(i instruction) bool {
	t := &d.table
	if i.kind == setCapacity {
		t.capacity, t.largest = int(min(i.number, MaxTable)), max(t.largest, i.number)
		t.evict(0)
		return true
	}
	d.scratch = d.scratch[:0]
	var e tableEntry
	switch i.kind {
	case insertStatic:
		if i.number >= uint64(len(staticTable)) {
			return false
		}
		e.name = []byte(staticTable[i.number].name)
	case insertLiteral:
		name, reason := d.plain(i.name)
		if reason != 0 {
			return false
		}
		e.name = clone(name)
	default:
		if i.number >= t.inserted {
			return false
		}
		f := t.get(t.inserted - i.number - 1)
		e = tableEntry{f.Name, f.Value}
	}
	if i.kind != insertDuplicate {
		value, reason := d.plain(i.value)
		if reason != 0 {
			return false
		}
		e.value = clone(value)
	}
	t.add(e)
	return true
}

// clone returns a copy of b that is not nil.
func clone(b []byte) []byte { return append([]byte{}, b...) }
