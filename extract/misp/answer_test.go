package misp

import (
	"encoding/json"
	"errors"
	"testing"
)

// Each row of an answer has what MISP's import page needs.
func TestAnswerRows(t *testing.T) {
	e := full(t)
	b, err := json.Marshal(Answer{Attributes: e.Attributes, Objects: e.Objects})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		UUID, Type, Category, Value, Distribution, Comment string
		ToIDS                                              *bool `json:"to_ids"`
		DisableCorrelation                                 *bool `json:"disable_correlation"`
	}
	var got struct {
		Results struct {
			Attribute []row
			Object    []struct {
				UUID, Name, Comment string
				MetaCategory        string `json:"meta-category"`
				TemplateVersion     string `json:"template_version"`
				Attribute           []row
				ObjectReference     []map[string]string
			}
		}
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	rows, uuids := got.Results.Attribute, map[string]bool{}
	for _, o := range got.Results.Object {
		rows = append(rows, o.Attribute...)
		if o.Comment == "" || o.MetaCategory == "" || o.TemplateVersion == "" || uuids[o.UUID] {
			t.Errorf("object %s: %+v", o.Name, o)
		}
		uuids[o.UUID] = true
		for _, r := range o.ObjectReference {
			if r["object_uuid"] != o.UUID {
				t.Errorf("object %s refers in the name of %s", o.UUID, r["object_uuid"])
			}
		}
	}
	want := len(e.Attributes)
	for _, o := range e.Objects {
		want += len(o.Attributes)
	}
	if len(rows) != want || len(got.Results.Object) != len(templates) {
		t.Errorf("%d rows and %d objects, want %d and %d", len(rows), len(got.Results.Object), want, len(templates))
	}
	for _, r := range rows {
		if r.Distribution != "5" || r.Comment == "" || r.ToIDS == nil || r.DisableCorrelation == nil || uuids[r.UUID] {
			t.Errorf("row %+v", r)
		}
		uuids[r.UUID] = true
		if v, err := Normalize(Type(r.Type), r.Value); err != nil || v != r.Value || !Type(r.Type).Allows(Category(r.Category)) {
			t.Errorf("row %+v is stored as %q, %v", r, v, err)
		}
	}
}

func TestAnswerComment(t *testing.T) {
	a, err := NewAttribute(event, IPDst, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.spell(), "time not known"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	a.FirstSeen = parseSeen("2020-01-02T03:04:05.5+00:00")
	a.LastSeen = a.FirstSeen
	if got, want := a.spell(), "seen 2020-01-02T03:04:05Z"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	a.LastSeen = parseSeen("2020-01-02T03:04:07+00:00")
	if got, want := a.spell(), "seen 2020-01-02T03:04:05Z to 2020-01-02T03:04:07Z"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := json.Marshal(Answer{Objects: []Object{NewObject(event, TemplateFile, "")}}); !errors.Is(err, ErrObject) {
		t.Errorf("an empty object: %v", err)
	}
}
