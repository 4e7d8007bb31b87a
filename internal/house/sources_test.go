package house_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"regexp"
	"testing"
)

// source matches a reference to a specification.
var source = regexp.MustCompile(`RFC\s\d|IEEE\s|ISO\s|ITU-T\s|3GPP\s|FRF\.|draft-|https?://`)

// unspecified lists headers of vendors that published no specification.
var unspecified = map[string]bool{"Arista": true, "CMD": true, "FabricPath": true}

// The documentation of each view names its specification.
func TestViewsNameTheirSource(t *testing.T) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, file := range sources(t) {
		if path.Dir(file) != "layers" {
			continue
		}
		f, err := parser.ParseFile(fset, filepath.Join("..", "..", filepath.FromSlash(file)), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	p, err := doc.NewFromFiles(fset, files, module+"/layers")
	if err != nil {
		t.Fatal(err)
	}
	views := 0
	for _, typ := range p.Types {
		for _, f := range typ.Funcs {
			if f.Name != "Parse"+typ.Name {
				continue
			}
			views++
			if source.MatchString(typ.Doc) == unspecified[typ.Name] {
				t.Errorf("%s does not name its specification: %q", typ.Name, typ.Doc)
			}
		}
	}
	if views < 50 {
		t.Errorf("%d views found", views)
	}
}
