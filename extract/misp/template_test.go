package misp

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testdata/templates.tsv holds what misp-objects says.
func TestTemplates(t *testing.T) {
	var want []*Template
	for _, r := range rows(t, "templates.tsv") {
		switch r[0] {
		case "template":
			id, err := ParseUUID(r[2])
			if err != nil {
				t.Fatal(err)
			}
			version, err := strconv.Atoi(r[3])
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, &Template{
				Name: r[1], UUID: id, Version: version, MetaCategory: r[4],
				Required: list(r[5]), RequiredOneOf: list(r[6]), Description: r[7],
			})
		case "relation":
			rel := Relation{Name: r[1], Type: Type(r[2]), Multiple: r[4] != "", DisableCorrelation: r[5] != ""}
			if categories := list(r[3]); categories != nil && Category(categories[0]) != rel.Type.Category() {
				rel.Category = Category(categories[0])
			}
			want[len(want)-1].Relations = append(want[len(want)-1].Relations, rel)
		}
	}
	if len(want) != 12 {
		t.Errorf("%d templates, want 12", len(want))
	}
	if diff := cmp.Diff(want, templates); diff != "" {
		t.Error(diff)
	}
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// What a template asks for, it has, and in a category that MISP allows.
func TestTemplatesHold(t *testing.T) {
	for _, tpl := range templates {
		for _, name := range slices.Concat(tpl.Required, tpl.RequiredOneOf) {
			if _, ok := tpl.Relation(name); !ok {
				t.Errorf("%s requires %s and does not have it", tpl.Name, name)
			}
		}
		for _, r := range tpl.Relations {
			if !r.Type.Allows(r.category()) {
				t.Errorf("%s: %s is of type %s, which may not stand in %s", tpl.Name, r.Name, r.Type, r.category())
			}
		}
	}
	if _, ok := TemplateJA3.Relation("ja4"); ok {
		t.Error("ja3 has a relation ja4")
	}
}
