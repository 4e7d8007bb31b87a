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

// A known is an attribute on the server whose value occurs in a capture.
type known struct {
	uuid  misp.UUID
	event string
	typ   misp.Type
	value string // as the server has it
}

// A query is the body of a request to /attributes/restSearch. The server compares
// each value with both parts of an attribute's value.
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

// ask searches for the values that were not searched for before. It searches each
// kind separately, since an address and a name are different values even if their
// texts are equal.
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

// search adds the attributes that the server finds for a query. It requests page
// after page, since the server does not report the total.
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
			return fmt.Errorf("page %d of a search repeats earlier pages", q.Page)
		}
	}
}

// identify returns the value of an attribute. It must be compared again, since the
// server compares single parts of a pair and ignores case.
func (at *attribute) identify() (value, bool) {
	text, err := misp.Normalize(at.Type, at.Value)
	if err != nil {
		return value{}, false
	}
	return identify(at.Type, text)
}

// An answer is the response of /attributes/restSearch.
type answer struct {
	attributes []attribute
}

// An attribute holds the fields that we need of an attribute in an answer.
type attribute struct {
	UUID    misp.UUID   `json:"uuid"`
	EventID json.Number `json:"event_id"` // MISP writes it as a string
	Type    misp.Type   `json:"type"`
	Value   string      `json:"value"`

	Relation string `json:"object_relation"` // null outside objects
}

// UnmarshalJSON reads the response. PHP writes an empty object as [].
func (a *answer) UnmarshalJSON(b []byte) error {
	var outer struct {
		Response *json.RawMessage `json:"response"`
	}
	if err := json.Unmarshal(b, &outer); err != nil {
		return err
	}
	if outer.Response == nil {
		return errors.New("no response member")
	}
	if bytes.Equal(bytes.TrimSpace(*outer.Response), []byte("[]")) {
		return nil
	}
	var inner struct{ Attribute *[]attribute }
	if err := json.Unmarshal(*outer.Response, &inner); err != nil {
		return err
	}
	if inner.Attribute == nil {
		return errors.New("no attributes")
	}
	a.attributes = *inner.Attribute
	for _, at := range a.attributes {
		if at.UUID == (misp.UUID{}) || !isEventID(string(at.EventID)) {
			return fmt.Errorf("an attribute without UUID or with the invalid event ID %.40q", at.EventID)
		}
	}
	return nil
}

// isEventID reports whether s is a number, which is safe in a path.
func isEventID(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || '9' < c {
			return false
		}
	}
	return s != "" && len(s) <= 20
}
