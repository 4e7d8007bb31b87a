package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every Parse function of layers and the message packages is in its package's
// table of views, the variable views of a test: TestViews and FuzzAccessors
// call all methods of its result.
func TestEveryParseIsViewed(t *testing.T) {
	parse := regexp.MustCompile(`^(layers(?:/\w+)?): func (Parse\w*)\(`)
	viewed, count := map[string][]string{}, 0
	for _, line := range apiLines(t) {
		m := parse.FindStringSubmatch(line)
		if m == nil || m[1] == "layers/stream" {
			continue
		}
		count++
		if viewed[m[1]] == nil {
			viewed[m[1]] = namesInViews(t, m[1])
		}
		if !slices.Contains(viewed[m[1]], m[2]) {
			t.Errorf("%s.%s is not in the variable views of a test", m[1], m[2])
		}
	}
	if count < 90 {
		t.Errorf("%d Parse functions found", count)
	}
	for dir := range viewed {
		for _, test := range []string{"TestViews", "FuzzAccessors"} {
			if !slices.Contains(testsOf(t, dir), test) {
				t.Errorf("%s has no %s", dir, test)
			}
		}
	}
}

func apiLines(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "api.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
}

// namesInViews returns the identifiers in the value of the variable views of a
// package's tests.
func namesInViews(t *testing.T, dir string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
				names = append(names, identifiers(g, "views")...)
			}
		}
	}
	return names
}

// identifiers returns the identifiers in the value that d assigns to the
// variable name.
func identifiers(d *ast.GenDecl, name string) (all []string) {
	for _, spec := range d.Specs {
		s := spec.(*ast.ValueSpec)
		if s.Names[0].Name != name {
			continue
		}
		for _, v := range s.Values {
			ast.Inspect(v, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					all = append(all, id.Name)
				}
				return true
			})
		}
	}
	return all
}

// Every type with AppendText has a String method, for fmt.
func TestStringBesideAppendText(t *testing.T) {
	method := regexp.MustCompile(`^(\S+): func \(\*?(\w+)\) (AppendText|String)\(`)
	has := map[string]map[string]bool{"AppendText": {}, "String": {}}
	for _, line := range apiLines(t) {
		if m := method.FindStringSubmatch(line); m != nil {
			has[m[3]][m[1]+"."+m[2]] = true
		}
	}
	for typ := range has["AppendText"] {
		if !has["String"][typ] {
			t.Errorf("%s has AppendText and no String", typ)
		}
	}
	if len(has["AppendText"]) < 60 {
		t.Errorf("%d types with AppendText found", len(has["AppendText"]))
	}
}
