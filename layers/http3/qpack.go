package http3

import (
	"github.com/sightline-go/sightline/internal/huffman"
	"github.com/sightline-go/sightline/layers/wire"
)

// A Field is a field of a message (RFC 9114 section 4.2). It is valid until emit
// returns.
type Field struct {
	// Name and Value are the bytes that were sent. They may be empty or have any
	// bytes: the Decoder does not check RFC 9114 section 4.2. Each is nil if it is
	// unknown, because the Decoder does not have the entry of the dynamic table.
	Name, Value []byte

	// Sensitive means that no one may add the field to a table (RFC 9204 section
	// 7.1.3).
	Sensitive bool
}

// A Decoder decodes the field sections that one side of a connection sends (QPACK,
// RFC 9204). The zero value is ready to use. It is not safe for concurrent use.
type Decoder struct {
	table   dynamicTable
	scratch []byte // of the current field
}

// SetMaxCapacity records SETTINGS_QPACK_MAX_TABLE_CAPACITY of the side that receives
// the field sections (RFC 9204 section 5). Until then it is the largest capacity that
// the encoder has set.
func (d *Decoder) SetMaxCapacity(n uint64) { d.table.setting, d.table.settled = n, true }

// Forget records that bytes of the encoder stream are missing. What is in the dynamic
// table is unknown from then on.
func (d *Decoder) Forget() { d.table = dynamicTable{lost: true} }

// Size returns the bytes of memory that the Decoder holds.
func (d *Decoder) Size() int { return d.table.memory + cap(d.scratch) }

// Blocked reports whether a field section refers to entries of the dynamic table that
// have not been inserted yet (RFC 9204 section 2.1.2).
func (d *Decoder) Blocked(section []byte) bool {
	r := huffman.Reader{B: section}
	required, ok := d.required(&r)
	return ok && required > d.table.inserted
}

// required reads the Required Insert Count (RFC 9204 section 4.5.1.1). It reports false
// if it is invalid or unknown.
func (d *Decoder) required(r *huffman.Reader) (uint64, bool) {
	n, reason := r.Integer(8)
	switch {
	case reason != 0:
		return 0, false
	case n == 0:
		return 0, true
	case d.table.lost:
		return 0, false
	}
	entries := d.table.maxEntries()
	if entries == 0 || n > 2*entries {
		return 0, false
	}
	most := d.table.inserted + entries
	required := most/(2*entries)*(2*entries) + n - 1
	if required > most {
		if required <= 2*entries {
			return 0, false
		}
		required -= 2 * entries
	}
	return required, required > 0
}

// Decode decodes a field section (RFC 9204 section 4.5) and calls emit for each field.
// A reference of one byte may give a field as large as the dynamic table, so the caller
// should limit what it keeps. Fields that refer to entries that the Decoder does not
// have are emitted as unknown. The error is a *wire.Error: Short if the section ends
// inside a field, Malformed if it violates RFC 9204. Then the fields before it were
// emitted.
func (d *Decoder) Decode(section []byte, emit func(Field)) error {
	r := huffman.Reader{B: section}
	p := prefix{unknown: true}
	required, ok := d.required(&r)
	if len(r.B) == 0 {
		return fail(wire.Short, section, r)
	}
	below := r.B[0]&0x80 != 0
	delta, reason := r.Integer(7)
	switch {
	case reason != 0:
		return fail(reason, section, r)
	case !ok:
	case below && delta >= required:
		return fail(wire.Malformed, section, r)
	case below:
		p = prefix{base: required - delta - 1}
	default:
		p = prefix{base: required + delta}
	}
	for len(r.B) > 0 {
		at := r
		d.scratch = d.scratch[:0]
		f, reason := d.field(&r, p)
		if reason != 0 {
			return fail(reason, section, at)
		}
		emit(f)
	}
	return nil
}

func fail(reason wire.Reason, section []byte, r huffman.Reader) error {
	return &wire.Error{Layer: "QPACK", Reason: reason, Offset: len(section) - len(r.B), Have: len(r.B)}
}

// A prefix is what a section's prefix says (RFC 9204 section 4.5.1).
type prefix struct {
	base    uint64
	unknown bool
}

// entry returns an entry of the dynamic table by its index relative to the base, or
// after it (RFC 9204 sections 3.2.5 and 3.2.6).
func (d *Decoder) entry(p prefix, i uint64, after bool) Field {
	switch {
	case p.unknown:
		return Field{}
	case after:
		return d.table.get(p.base + i)
	case i >= p.base:
		return Field{}
	}
	return d.table.get(p.base - i - 1)
}

// field decodes the representation at the start of r (RFC 9204 section 4.5).
func (d *Decoder) field(r *huffman.Reader, p prefix) (Field, wire.Reason) {
	switch first := r.B[0]; {
	case first&0x80 != 0: // indexed
		i, reason := r.Integer(6)
		if first&0x40 == 0 {
			return d.entry(p, i, false), reason
		}
		return d.static(i, reason)
	case first&0x40 != 0: // literal with name reference
		i, reason := r.Integer(4)
		name := d.entry(p, i, false)
		if first&0x10 != 0 {
			name, reason = d.static(i, reason)
		}
		return d.value(r, name, first&0x20 != 0, reason)
	case first&0x20 != 0: // literal with literal name
		name, reason := r.Literal(3)
		f := Field{}
		if reason == 0 {
			f.Name, reason = d.plain(name)
		}
		return d.value(r, f, first&0x10 != 0, reason)
	case first&0x10 != 0: // indexed, after the base
		i, reason := r.Integer(4)
		return d.entry(p, i, true), reason
	default: // literal with name reference, after the base
		i, reason := r.Integer(3)
		return d.value(r, d.entry(p, i, true), first&0x08 != 0, reason)
	}
}

// static returns an entry of the static table (RFC 9204 section 3.1).
func (d *Decoder) static(i uint64, reason wire.Reason) (Field, wire.Reason) {
	if reason != 0 {
		return Field{}, reason
	}
	if i >= uint64(len(staticTable)) {
		return Field{}, wire.Malformed
	}
	row := &staticTable[i]
	from := len(d.scratch)
	d.scratch = append(append(d.scratch, row.name...), row.value...)
	b := d.scratch[from:]
	n := len(row.name)
	return Field{Name: b[:n:n], Value: b[n:len(b):len(b)]}, 0
}

// value reads the value of a literal whose name is that of f.
func (d *Decoder) value(r *huffman.Reader, f Field, sensitive bool, reason wire.Reason) (Field, wire.Reason) {
	if reason != 0 {
		return Field{}, reason
	}
	b, reason := r.Literal(7)
	if reason != 0 {
		return Field{}, reason
	}
	f.Sensitive = sensitive
	f.Value, reason = d.plain(b)
	return f, reason
}

// plain returns the bytes of a string, which may be in d.scratch.
func (d *Decoder) plain(s huffman.Literal) (b []byte, reason wire.Reason) {
	b, d.scratch, reason = s.Text(d.scratch)
	return b, reason
}
