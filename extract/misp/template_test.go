package misp

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// templates.tsv matches misp-objects. SIGHTLINE_MISP is a directory with the
// definitions of misp-objects in data/object_templates.json, by name.
func TestTemplates(t *testing.T) {
	dir := os.Getenv("SIGHTLINE_MISP")
	if dir == "" {
		t.Skip("SIGHTLINE_MISP does not name a directory with the definitions of misp-objects")
	}
	b, err := os.ReadFile(filepath.Join(dir, "data", "object_templates.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Templates map[string]json.RawMessage }
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	for _, tpl := range templates {
		want := defined(t, all.Templates[tpl.Name])
		want.Name = tpl.Name
		if diff := cmp.Diff(want, tpl, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s differs from misp-objects: %s", tpl.Name, diff)
		}
	}
}

// defined returns the template in a definition of misp-objects.
func defined(t *testing.T, definition []byte) *Template {
	t.Helper()
	var d struct {
		Template
		MetaCategory string `json:"meta-category"`
		Attributes   map[string]struct {
			Type               Type `json:"misp-attribute"`
			Categories         []Category
			Multiple           bool
			DisableCorrelation bool `json:"disable_correlation"`
		}
	}
	if err := json.Unmarshal(definition, &d); err != nil {
		t.Fatal(err)
	}
	d.Template.MetaCategory = d.MetaCategory
	for _, name := range slices.Sorted(maps.Keys(d.Attributes)) {
		a := d.Attributes[name]
		r := Relation{Name: name, Type: a.Type, Multiple: a.Multiple, DisableCorrelation: a.DisableCorrelation}
		if len(a.Categories) > 0 && a.Categories[0] != a.Type.Category() {
			r.Category = a.Categories[0]
		}
		d.Relations = append(d.Relations, r)
	}
	return &d.Template
}

// Templates have the relations that they require, in categories that MISP allows.
func TestTemplatesHold(t *testing.T) {
	names := map[string]bool{}
	for _, tpl := range templates {
		if names[tpl.Name] {
			t.Errorf("duplicate template %s", tpl.Name)
		}
		names[tpl.Name] = true
		for _, name := range slices.Concat(tpl.Required, tpl.RequiredOneOf) {
			if _, ok := tpl.Relation(name); !ok {
				t.Errorf("%s requires %s but does not have it", tpl.Name, name)
			}
		}
		for _, r := range tpl.Relations {
			if !r.Type.Allows(r.category()) {
				t.Errorf("%s: %s has type %s, which is not allowed in category %s", tpl.Name, r.Name, r.Type, r.category())
			}
		}
	}
	if _, ok := TemplateJA3.Relation("ja4"); ok {
		t.Error("ja3 has a relation ja4")
	}
}
