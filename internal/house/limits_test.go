package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Each row of LIMITS.md names existing tests, and each limit in the code has a
// row: the page contains every constant and field with max in its name.
func TestLimits(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "LIMITS.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows, known := 0, map[string][]string{}
	for _, cells := range tables(string(b)) {
		rows++
		tests := strings.Split(cells[len(cells)-1], ",")
		for _, test := range tests {
			test = strings.Trim(test, " `")
			dir, name := path.Split(strings.Replace(test, ".Test", "/Test", 1))
			dir = strings.TrimSuffix(dir, "/")
			if known[dir] == nil {
				known[dir] = testsOf(t, dir)
			}
			if !slices.Contains(known[dir], name) {
				t.Errorf("%s: no test %q", cells[0], test)
			}
		}
	}
	if rows < 50 {
		t.Errorf("%d rows only", rows)
	}
	for _, name := range limits(t) {
		if !regexp.MustCompile(`\b` + name + `\b`).Match(b) {
			t.Errorf("LIMITS.md does not list %s", name)
		}
	}
}

// tables returns the cells of all table rows in a page.
func tables(page string) (rows [][]string) {
	within := false
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			within = false
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		switch {
		case strings.HasPrefix(strings.TrimSpace(cells[0]), "---"):
			within = true
		case within:
			rows = append(rows, cells)
		}
	}
	return rows
}

// testsOf returns the names of the tests of a package.
func testsOf(t *testing.T, dir string) (names []string) {
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
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names = append(names, fn.Name.Name)
			}
		}
	}
	return names
}

// limits returns the constants, and the fields of exported types, with max in
// their names, of all packages except test helpers.
func limits(t *testing.T) (names []string) {
	is := regexp.MustCompile(`^([a-z][A-Za-z]*)?[mM]ax[A-Z]`)
	for _, file := range sources(t) {
		if strings.HasPrefix(file, "examples/") || strings.HasPrefix(file, "internal/build/") || strings.HasPrefix(file, "internal/viewtest/") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", filepath.FromSlash(file)), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				return false
			case *ast.GenDecl:
				return n.Tok == token.CONST || n.Tok == token.TYPE
			case *ast.TypeSpec:
				return n.Name.IsExported()
			case *ast.ValueSpec:
				for _, name := range n.Names {
					if is.MatchString(name.Name) && !strings.HasPrefix(name.Name, "default") {
						names = append(names, name.Name)
					}
				}
			case *ast.Field:
				for _, name := range n.Names {
					if strings.HasPrefix(name.Name, "Max") {
						names = append(names, name.Name)
					}
				}
			}
			return true
		})
	}
	slices.Sort(names)
	return slices.Compact(names)
}
