package misp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
)

// The relationship of each constant is in the list of misp-objects.
func TestRelationships(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "relationship.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known, n := rows(t, "relationships.txt"), 0
	ast.Inspect(file, func(node ast.Node) bool {
		if lit, ok := node.(*ast.BasicLit); ok {
			name, err := strconv.Unquote(lit.Value)
			if err != nil || !slices.ContainsFunc(known, func(r []string) bool { return r[0] == name }) {
				t.Errorf("unknown relationship %s", lit.Value)
			}
			n++
		}
		return true
	})
	if n < 20 || len(known) != 313 {
		t.Errorf("%d constants, %d relationships known", n, len(known))
	}
}
