package serve

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The page explains each rule of package event, and no others.
func TestRuleTexts(t *testing.T) {
	page, err := os.ReadFile("page/js/rules.js")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^  '(.+?)': '.+\.',$`).FindAllStringSubmatch(string(page), -1) {
		got = append(got, m[1])
	}
	want := ruleNames(t)
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" || len(want) < 50 {
		t.Errorf("(-rules +page)\n%s", d)
	}
}

// ruleNames returns the texts of all constants of type event.Rule.
func ruleNames(t *testing.T) (names []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../../../extract/event/rule.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		c, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typ, ok := c.Type.(*ast.Ident); ok && typ.Name == "Rule" {
			for _, v := range c.Values {
				name, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				names = append(names, name)
			}
		}
		return true
	})
	return names
}
