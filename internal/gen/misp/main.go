// Command misp generates templates.go of package misp from templates.tsv, both
// in the working directory. Run it with go generate ./extract/misp.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
)

func main() {
	log.SetFlags(0)
	table, err := os.ReadFile("templates.tsv")
	if err != nil {
		log.Fatal(err)
	}
	source, err := generate(string(table))
	if err != nil {
		log.Fatal("templates.tsv: ", err)
	}
	if err := os.WriteFile("templates.go", source, 0o666); err != nil {
		log.Fatal(err)
	}
}

// A template is a template of the table.
type template struct {
	name, goName, uuid, version, metaCategory, description string
	required, requiredOneOf                                []string
	relations                                              []string // composite literals
}

// generate returns the source of templates.go.
func generate(table string) ([]byte, error) {
	templates, err := parse(table)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("// Code generated from templates.tsv by internal/gen/misp. DO NOT EDIT.\n\npackage misp\n\n")
	b.WriteString("// templates lists all templates. It is read only.\nvar templates = []*Template{\n")
	for _, t := range templates {
		fmt.Fprintf(&b, "Template%s,\n", t.goName)
	}
	b.WriteString("}\n")
	for _, t := range templates {
		fmt.Fprintf(&b, "\n// Template%s is the template %s.\nvar Template%s = &Template{\n", t.goName, t.name, t.goName)
		fmt.Fprintf(&b, "Name: %q, UUID: templateUUID(%q), Version: %s, MetaCategory: %q,\n", t.name, t.uuid, t.version, t.metaCategory)
		fmt.Fprintf(&b, "Description: %q,\n", t.description)
		writeList(&b, "Required", t.required)
		writeList(&b, "RequiredOneOf", t.requiredOneOf)
		fmt.Fprintf(&b, "Relations: []Relation{\n%s\n},\n}\n", strings.Join(t.relations, "\n"))
	}
	return format.Source(b.Bytes())
}

// writeList writes a field of names, unless there are none.
func writeList(b *bytes.Buffer, field string, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(b, "%s: %#v,\n", field, names)
	}
}

func parse(table string) (templates []*template, err error) {
	for i, line := range strings.Split(table, "\n") {
		f := strings.Split(line, "\t")
		switch {
		case line == "" || line[0] == '#':
		case f[0] == "template" && len(f) == 9:
			templates = append(templates, &template{
				name: f[1], goName: f[2], uuid: f[3], version: f[4], metaCategory: f[5],
				required: list(f[6]), requiredOneOf: list(f[7]), description: f[8],
			})
		case f[0] == "relation" && len(f) == 6 && len(templates) > 0:
			r, err := relation(f[1], misp.Type(f[2]), list(f[3]), f[4], f[5])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			t := templates[len(templates)-1]
			t.relations = append(t.relations, r)
		default:
			return nil, fmt.Errorf("line %d: not a template or relation of the table", i+1)
		}
	}
	return templates, nil
}

// relation returns a relation as a composite literal. The first of its
// categories is the default, as in MISP.
func relation(name string, t misp.Type, categories []string, multiple, disableCorrelation string) (string, error) {
	if t.Category() == "" {
		return "", fmt.Errorf("relation %s: no type %s in MISP", name, t)
	}
	s := fmt.Sprintf("{Name: %q, Type: %q", name, t)
	if len(categories) > 0 && misp.Category(categories[0]) != t.Category() {
		s += fmt.Sprintf(", Category: %q", categories[0])
	}
	for _, flag := range []struct{ column, want, field string }{
		{multiple, "multiple", "Multiple"},
		{disableCorrelation, "disable_correlation", "DisableCorrelation"},
	} {
		switch flag.column {
		case "":
		case flag.want:
			s += ", " + flag.field + ": true"
		default:
			return "", fmt.Errorf("relation %s: %q, want %q or nothing", name, flag.column, flag.want)
		}
	}
	return s + "},", nil
}

// list splits comma-separated names.
func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
