package extract

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A reportJSON is a Report in JSON, but for its tables, which stand beside it by
// their names.
type reportJSON struct {
	Captures  []Capture        `json:"captures,omitempty"`
	Packets   int64            `json:"packets"`
	Bytes     int64            `json:"bytes"`
	Unseen    Unseen           `json:"unseen"`
	MaxValues int              `json:"max_values,omitempty"`
	MaxConns  int              `json:"max_conns,omitempty"`
	LeftOut   map[string]int64 `json:"left_out,omitempty"`
}

// WriteJSON writes the report in a form that ReadJSON reads back without loss:
// a JSON object with an array for each kind of observation. Without provenance
// it does not say where anything was observed: no captures and no evidence, so
// that the same traffic in two files gives the same text.
func (r *Report) WriteJSON(w io.Writer, provenance bool) error {
	head := reportJSON{
		Packets: r.Packets, Bytes: r.Bytes, Unseen: r.Unseen,
		MaxValues: r.maxValues, MaxConns: r.maxConns, LeftOut: r.LeftOut(),
	}
	if provenance {
		head.Captures = r.Captures
	}
	b, err := json.Marshal(head)
	if err != nil {
		return err
	}
	b = b[:len(b)-1] // the closing brace
	tables := r.tables()
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		b = fmt.Appendf(b, ",\n%q:", name)
		if b, err = tables[name].appendJSON(b, !provenance); err != nil {
			return err
		}
		if _, err = w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	_, err = io.WriteString(w, "}\n")
	return err
}

// ReadJSON reads a report that WriteJSON wrote. Errors of captures come back as
// their texts.
func ReadJSON(src io.Reader) (*Report, error) {
	var parts map[string]json.RawMessage
	if err := json.NewDecoder(src).Decode(&parts); err != nil {
		return nil, fmt.Errorf("extract: no report: %w", err)
	}
	r := new(Report)
	tables := r.tables()
	head := map[string]json.RawMessage{}
	for name, part := range parts {
		if tables[name] == nil {
			head[name] = part
		}
	}
	h, err := readHead(head)
	if err != nil {
		return nil, fmt.Errorf("extract: no report: %w", err)
	}
	r.Captures, r.Packets, r.Bytes, r.Unseen = h.Captures, h.Packets, h.Bytes, h.Unseen
	r.maxValues, r.maxConns = h.MaxValues, h.MaxConns
	for name, t := range tables {
		if parts[name] == nil {
			continue
		}
		if err := t.readJSON(parts[name], h.LeftOut[name]); err != nil {
			return nil, fmt.Errorf("extract: %s of the report: %w", name, err)
		}
	}
	return r, r.checkEvidence()
}

func readHead(parts map[string]json.RawMessage) (h reportJSON, err error) {
	b, err := json.Marshal(parts)
	if err == nil {
		err = json.Unmarshal(b, &h)
	}
	return h, err
}

// checkEvidence returns an error when evidence lies in a capture that is not
// there.
func (r *Report) checkEvidence() error {
	for name, t := range r.tables() {
		for f := range t.facts() {
			if !f.Evidence.within(len(r.Captures)) {
				return fmt.Errorf("extract: %s of the report: evidence in none of its %d captures", name, len(r.Captures))
			}
		}
	}
	return nil
}
