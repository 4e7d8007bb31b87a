package sightings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/sightline-go/sightline/extract/misp"
)

// A known attribute is one on the server whose value a capture shows.
type known struct {
	uuid  misp.UUID
	event string
	typ   misp.Type
	value string // as the server has it
}

// A query is what /attributes/restSearch takes. Its values are compared with
// both parts of an attribute's.
type query struct {
	ReturnFormat string      `json:"returnFormat"`
	Type         []misp.Type `json:"type"`
	Value        []string    `json:"value"`
	ToIDS        int         `json:"to_ids,omitempty"`
	Published    int         `json:"published,omitempty"`
	Tags         []string    `json:"tags,omitempty"`
	Limit        int         `json:"limit"`
	Page         int         `json:"page"`
}

// ask finds out which values the server knows, of those that it was not asked
// for before. Kinds are asked for apart, since an address in place of a name is
// not the same value.
func (j *job) ask(ctx context.Context, values timeline) error {
	pending := make([][]value, len(kinds))
	total := int64(0)
	for v := range values {
		if _, ok := j.known[v]; !ok {
			pending[v.kind] = append(pending[v.kind], v)
			total++
		}
	}
	j.bar.begin("asking MISP", total, number)
	for kind, list := range pending {
		if err := j.askKind(ctx, kind, list); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) askKind(ctx context.Context, kind int, list []value) error {
	byTerm := map[string][]value{}
	for _, v := range list {
		for _, t := range v.terms() {
			byTerm[t] = append(byTerm[t], v)
		}
	}
	q := query{ReturnFormat: "json", Limit: j.batch, Tags: j.tags}
	for _, t := range kinds[kind].types {
		if slices.Contains(j.types, t) {
			q.Type = append(q.Type, t)
		}
	}
	if j.toIDs {
		q.ToIDS = 1
	}
	if j.released {
		q.Published = 1
	}
	found := map[misp.UUID]attribute{}
	for terms := range slices.Chunk(slices.Sorted(maps.Keys(byTerm)), j.batch) {
		q.Value = terms
		if err := j.search(ctx, q, found); err != nil {
			return err
		}
		j.bar.step(int64(len(terms)))
	}
	lists := map[value][]known{}
	for _, at := range found {
		if v, ok := at.identify(); ok {
			lists[v] = append(lists[v], known{at.UUID, string(at.EventID), at.Type, at.Value})
		}
	}
	for _, v := range list {
		j.known[v] = lists[v]
	}
	return nil
}

// search adds what the server finds for a query, page by page: it does not tell
// how much there is.
func (j *job) search(ctx context.Context, q query, found map[misp.UUID]attribute) error {
	seen := map[misp.UUID]bool{}
	for q.Page = 1; ; q.Page++ {
		var a answer
		if err := j.api.post(ctx, "/attributes/restSearch", q, &a); err != nil {
			return err
		}
		before := len(seen)
		for _, at := range a.attributes {
			seen[at.UUID] = true
			found[at.UUID] = at
		}
		switch {
		case len(a.attributes) < q.Limit:
			return nil
		case len(seen) == before:
			return fmt.Errorf("the server answers page %d of a search with what it had on earlier ones", q.Page)
		}
	}
}

// identify returns the value of an attribute, to be compared once more: the
// server looks at one part of a pair, and not at the case of letters.
func (at *attribute) identify() (value, bool) {
	text, err := misp.Normalize(at.Type, at.Value)
	if err != nil {
		return value{}, false
	}
	return identify(at.Type, text)
}

// An answer is that of /attributes/restSearch.
type answer struct {
	attributes []attribute
}

// An attribute is what we read of an attribute in it.
type attribute struct {
	UUID    misp.UUID   `json:"uuid"`
	EventID json.Number `json:"event_id"` // MISP writes it as a string
	Type    misp.Type   `json:"type"`
	Value   string      `json:"value"`
}

// UnmarshalJSON reads the answer. PHP writes an object without content as [].
func (a *answer) UnmarshalJSON(b []byte) error {
	var outer struct {
		Response *json.RawMessage `json:"response"`
	}
	if err := json.Unmarshal(b, &outer); err != nil {
		return err
	}
	if outer.Response == nil {
		return errors.New("it has no response")
	}
	if bytes.Equal(bytes.TrimSpace(*outer.Response), []byte("[]")) {
		return nil
	}
	var inner struct{ Attribute *[]attribute }
	if err := json.Unmarshal(*outer.Response, &inner); err != nil {
		return err
	}
	if inner.Attribute == nil {
		return errors.New("it has no attributes")
	}
	a.attributes = *inner.Attribute
	for _, at := range a.attributes {
		if at.UUID == (misp.UUID{}) || !isEventID(string(at.EventID)) {
			return fmt.Errorf("it has an attribute without UUID, or with %.40q for the ID of its event", at.EventID)
		}
	}
	return nil
}

// isEventID reports whether s is a number, which can stand in a path.
func isEventID(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || '9' < c {
			return false
		}
	}
	return s != "" && len(s) <= 20
}
