package http2

import (
	"github.com/sightline-go/sightline/internal/huffman"
	"github.com/sightline-go/sightline/layers/wire"
)

// A Field is a field of a message (RFC 9113 section 8.2). It is valid until emit
// returns.
type Field struct {
	// Name and Value are the bytes that were sent. They may be empty or have any bytes:
	// the Decoder does not check RFC 9113 section 8.2.1. Each is nil if it is unknown,
	// because the Decoder did not see the block that added it to the dynamic table.
	Name, Value []byte

	// Sensitive means that no one may add the field to a table (RFC 7541 section 7.1.3).
	Sensitive bool
}

// A Decoder decodes the field blocks that one side of a connection sends (HPACK, RFC
// 7541). The zero value is ready to use. It is not safe for concurrent use.
//
// Its dynamic table is as large as the encoder asks for, at most MaxTable. Entries beyond
// that are unknown, and so are those that were added before Forget was called.
type Decoder struct {
	table   dynamicTable
	scratch []byte // of the current field
}

// MaxTable limits the size of the dynamic table (RFC 7541 section 4.1): browsers use as
// much.
const MaxTable = 64 << 10

// Decode decodes a whole field block (RFC 7541 section 3) and calls emit for each field.
// A reference of one byte may give a field as large as the dynamic table, so the caller
// should limit what it keeps. The error is a *wire.Error: Short if the block ends inside
// a field, Malformed if it violates RFC 7541. Then the fields before it were emitted, and
// Decode has called Forget.
func (d *Decoder) Decode(block []byte, emit func(Field)) error {
	r := huffman.Reader{B: block}
	for fields := false; len(r.B) > 0; {
		off := len(block) - len(r.B)
		if reason := d.field(&r, &fields, emit); reason != 0 {
			d.Forget()
			return &wire.Error{Layer: "HPACK", Reason: reason, Offset: off, Have: len(block) - off}
		}
	}
	return nil
}

// Forget records that a field block is missing. It empties the dynamic table: what is in
// it is unknown.
func (d *Decoder) Forget() { d.table.forget() }

// Size returns the bytes of memory that the Decoder holds.
func (d *Decoder) Size() int { return d.table.memory() + cap(d.scratch) }

// The representations of RFC 7541 section 6: the first bits, and the bits of the integer
// after them.
const (
	indexed       = 0x80
	incremental   = 0x40
	tableUpdate   = 0x20
	neverIndexed  = 0x10
	indexedBits   = 7
	incrementBits = 6
	tableSizeBits = 5
	unindexedBits = 4
	stringBits    = 7
)

// field decodes the representation at the start of r. A size update may only precede the
// fields of the block (RFC 7541 section 4.2).
func (d *Decoder) field(r *huffman.Reader, fields *bool, emit func(Field)) wire.Reason {
	first := r.B[0]
	if first&(indexed|incremental|tableUpdate) == tableUpdate {
		if *fields {
			return wire.Malformed
		}
		size, reason := r.Integer(tableSizeBits)
		if reason == 0 {
			d.table.resize(size)
		}
		return reason
	}
	*fields = true
	d.scratch = d.scratch[:0]
	if first&indexed != 0 {
		i, reason := r.Integer(indexedBits)
		if reason != 0 {
			return reason
		}
		f, ok := d.lookup(i)
		if !ok {
			return wire.Malformed
		}
		emit(f)
		return 0
	}
	bits := uint8(unindexedBits)
	if first&incremental != 0 {
		bits = incrementBits
	}
	f, reason := d.literal(r, bits)
	if reason != 0 {
		return reason
	}
	f.Sensitive = first&incremental == 0 && first&neverIndexed != 0
	emit(f)
	if first&incremental != 0 {
		d.table.add(f)
	}
	return 0
}

// literal decodes a field whose value, and perhaps name, is a string (RFC 7541 section
// 6.2).
func (d *Decoder) literal(r *huffman.Reader, bits uint8) (f Field, reason wire.Reason) {
	i, reason := r.Integer(bits)
	switch {
	case reason != 0:
	case i == 0:
		f.Name, reason = d.text(r)
	default:
		known, ok := d.lookup(i)
		if !ok {
			return Field{}, wire.Malformed
		}
		f.Name = known.Name
	}
	if reason == 0 {
		f.Value, reason = d.text(r)
	}
	return f, reason
}

// text reads a string literal, which may be in d.scratch.
func (d *Decoder) text(r *huffman.Reader) (b []byte, reason wire.Reason) {
	l, reason := r.Literal(stringBits)
	if reason == 0 {
		b, d.scratch, reason = l.Text(d.scratch)
	}
	return b, reason
}

// lookup returns the field with an index (RFC 7541 section 2.3.3). It reports false for
// an index outside both tables.
func (d *Decoder) lookup(i uint64) (Field, bool) {
	switch n := uint64(len(staticTable)); {
	case i == 0:
		return Field{}, false
	case i > n:
		return d.table.get(i - n)
	}
	row := &staticTable[i-1]
	d.scratch = append(append(d.scratch[:0], row.name...), row.value...)
	n := len(row.name)
	return Field{Name: d.scratch[:n:n], Value: d.scratch[n:len(d.scratch):len(d.scratch)]}, true
}
