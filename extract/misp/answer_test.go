package misp

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// Each row of an answer has what MISP's import page needs.
func TestAnswerRows(t *testing.T) {
	e := full(t)
	b, err := json.Marshal(Answer{Attributes: e.Attributes, Objects: e.Objects, Tags: []string{"tlp:amber"}, Comment: "a.pcap"})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		UUID, Type, Category, Value, Distribution, Comment string
		ToIDS                                              *bool `json:"to_ids"`
		DisableCorrelation                                 *bool `json:"disable_correlation"`
	}
	var got struct {
		Comment string
		Results struct {
			Attribute []row
			Tag       []map[string]string
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
	for _, r := range rows {
		if r.Comment == "" {
			t.Errorf("row %+v has no comment", r)
		}
	}
	if tags := got.Results.Tag; got.Comment != "a.pcap" || len(tags) != 1 || tags[0]["name"] != "tlp:amber" {
		t.Errorf("%q, %v", got.Comment, tags)
	}
	for _, o := range got.Results.Object {
		rows = append(rows, o.Attribute...)
		if o.Comment == "" || o.MetaCategory == "" || o.TemplateVersion == "" || uuids[o.UUID] {
			t.Errorf("object %s: %+v", o.Name, o)
		}
		uuids[o.UUID] = true
		for _, r := range o.ObjectReference {
			if r["object_uuid"] != o.UUID {
				t.Errorf("object %s has a reference from %s", o.UUID, r["object_uuid"])
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
		if r.Distribution != "5" || r.ToIDS == nil || r.DisableCorrelation == nil || uuids[r.UUID] {
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
	if got, want := a.spell(), "time unknown"; got != want {
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
	o := NewObject(event, TemplateFile, "")
	add(t, &o, "filename", "a.exe")
	b, err := json.Marshal(Answer{Objects: []Object{o}, Comment: "a\nb.pcap"}) // MISP fills in empty comments with it
	if err != nil || !strings.Contains(string(b), `"distribution":"5","comment":""}`) || !strings.HasSuffix(string(b), `,"comment":"a b.pcap"}`) {
		t.Errorf("%s, %v", b, err)
	}
	if _, err := json.Marshal(Answer{Objects: []Object{NewObject(event, TemplateFile, "")}}); !errors.Is(err, ErrObject) {
		t.Errorf("an empty object: %v", err)
	}
}
