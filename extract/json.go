package extract

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// A member is a member of a report's JSON object, other than a table.
type member struct {
	name  string
	value any  // a pointer
	omit  bool // the value is empty
}

// members returns the members in the order in which they are written, before the
// tables.
func (r *Report) members(leftOut *map[string]int64) []member {
	return []member{
		{"captures", &r.Captures, len(r.Captures) == 0},
		{"packets", &r.Packets, false},
		{"bytes", &r.Bytes, false},
		{"unseen", &r.Unseen, false},
		{"max_values", &r.limits.values, r.limits.values == 0},
		{"max_conns", &r.limits.conns, r.limits.conns == 0},
		{"max_report", &r.limits.bytes, r.limits.bytes == 0},
		{"cut", &r.cut, r.cut == rank{}},
		{"left_out", leftOut, len(*leftOut) == 0},
	}
}

// WriteJSON writes the report as a JSON object with an array for each kind of
// observation. ReadJSON reads it back without loss. If provenance is false,
// WriteJSON omits the captures and all evidence, so that the same traffic in two
// files gives the same text.
func (r *Report) WriteJSON(w io.Writer, provenance bool) error {
	head := *r
	if !provenance {
		head.Captures = nil
	}
	leftOut := r.LeftOut()
	d := document{w: w, next: "{"}
	for _, m := range head.members(&leftOut) {
		if !m.omit {
			d.member(m.name, m.value)
		}
	}
	for i, k := range kinds {
		d.array(k.name, r.rows(i, !provenance))
	}
	return d.end()
}

// rows returns the rows of a table as JSON, bare of evidence if that is set.
func (r *Report) rows(kind int, bare bool) iter.Seq2[[]byte, error] {
	if r.tables == nil {
		return func(func([]byte, error) bool) {}
	}
	return r.tables[kind].encode(bare)
}

// writeSize is about the size of the pieces in which a report is written.
const writeSize = 32 << 10

// A document writes a JSON object member by member. After an error it writes
// nothing more.
type document struct {
	w    io.Writer
	next string // precedes the next member
	buf  []byte
	err  error
}

func (d *document) member(name string, value any) {
	b, err := json.Marshal(value)
	d.fail(err)
	d.buf = fmt.Appendf(d.buf, "%s%q:%s", d.next, name, b)
	d.next = ","
	d.flush()
}

// array writes a member whose value is an array, each element on its own line.
func (d *document) array(name string, elements iter.Seq2[[]byte, error]) {
	d.buf = fmt.Appendf(d.buf, "%s\n%q:[", d.next, name)
	separator := "\n"
	for b, err := range elements {
		d.fail(err)
		d.buf = append(append(d.buf, separator...), b...)
		separator = ",\n"
		if len(d.buf) >= writeSize {
			d.flush()
		}
	}
	d.buf = append(d.buf, ']')
	d.next = ","
	d.flush()
}

// end ends the object and returns the first error.
func (d *document) end() error {
	d.buf = append(d.buf, "}\n"...)
	d.flush()
	return d.err
}

func (d *document) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *document) flush() {
	if d.err == nil {
		_, d.err = d.w.Write(d.buf)
	}
	d.buf = d.buf[:0]
}

// ReadJSON reads a report written by WriteJSON. Of a capture's error, only the text
// is restored. It returns an error if evidence names a capture that the report does
// not have.
func ReadJSON(src io.Reader) (*Report, error) {
	r, err := decodeReport(src)
	if err != nil {
		return nil, err
	}
	r.complete()
	return r, nil
}

// decodeReport is ReadJSON, but the Report is not complete, and its captures are in
// the order in which they were written.
func decodeReport(src io.Reader) (*Report, error) {
	r, err := parseReport(src)
	if err != nil {
		return nil, err
	}
	return r, r.checkEvidence()
}

// parseReport is decodeReport of a piece, which may be without the captures that its
// evidence names.
func parseReport(src io.Reader) (*Report, error) {
	var parts map[string]json.RawMessage
	if err := json.NewDecoder(src).Decode(&parts); err != nil {
		return nil, fmt.Errorf("extract: invalid report: %w", err)
	}
	r := new(Report)
	var leftOut map[string]int64
	for _, m := range r.members(&leftOut) {
		if err := decode(parts[m.name], m.value); err != nil {
			return nil, fmt.Errorf("extract: invalid report: %s: %w", m.name, err)
		}
	}
	r.setLimits(r.limits)
	for i, k := range kinds {
		if parts[k.name] == nil {
			continue
		}
		if err := r.tables[i].readJSON(parts[k.name], leftOut[k.name]); err != nil {
			return nil, fmt.Errorf("extract: invalid report: %s: %w", k.name, err)
		}
	}
	return r, nil
}

func decode(part json.RawMessage, value any) error {
	if part == nil {
		return nil
	}
	return json.Unmarshal(part, value)
}

// checkEvidence returns an error if evidence names a capture that the report does
// not have.
func (r *Report) checkEvidence() error {
	for i, t := range r.tables {
		for f := range t.facts() {
			if !f.Evidence.within(len(r.Captures)) {
				return fmt.Errorf("extract: invalid report: %s: evidence outside its %d captures", kinds[i].name, len(r.Captures))
			}
		}
	}
	return nil
}
