package house_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAPI reports exported identifiers that were added, removed or changed
// since api.txt was written. The file has a line for each: functions and
// methods with the types of their parameters, types, their exported fields and
// methods. UPDATE_API=1 rewrites it.
func TestAPI(t *testing.T) {
	var lines []string
	for _, dir := range public() {
		lines = append(lines, exported(t, dir)...)
	}
	slices.Sort(lines)
	lines = slices.Compact(lines)
	file := filepath.Join("..", "..", "api.txt")
	if os.Getenv("UPDATE_API") == "1" {
		if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	was := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n")), "\n")
	for _, l := range lines {
		if !slices.Contains(was, l) {
			t.Errorf("new:  %s", l)
		}
	}
	for _, l := range was {
		if !slices.Contains(lines, l) {
			t.Errorf("gone: %s", l)
		}
	}
	if t.Failed() {
		t.Error("UPDATE_API=1 go test ./internal/house rewrites api.txt")
	}
}

// public returns the packages for users.
func public() (dirs []string) {
	for dir := range mayImport {
		if !strings.HasPrefix(dir, "internal/") && !strings.HasPrefix(dir, "examples/") {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs
}

// exported returns the lines of a package.
func exported(t *testing.T, dir string) (lines []string) {
	t.Helper()
	a := api{t: t, add: func(line string) { lines = append(lines, dir+": "+line) }, outer: map[string][]string{}}
	var functions []*ast.FuncDecl
	for _, file := range sources(t) {
		if path.Dir(file) != dir {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", filepath.FromSlash(file)), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				functions = append(functions, d)
			case *ast.GenDecl:
				a.declaration(d)
			}
		}
	}
	for _, d := range functions {
		a.function(d)
	}
	if len(lines) == 0 {
		t.Errorf("%s exports nothing", dir)
	}
	return lines
}

// An api collects lines for declarations.
type api struct {
	t     *testing.T
	add   func(line string)
	outer map[string][]string // exported types that embed an unexported one
}

// function adds a function, or a method for each exported type that has it.
func (a api) function(d *ast.FuncDecl) {
	if !d.Name.IsExported() {
		return
	}
	text := d.Name.Name + a.parameters(d.Type.TypeParams) + a.signature(d.Type)
	if d.Recv == nil {
		a.add("func " + text)
		return
	}
	receiver := a.text(d.Recv.List[0].Type)
	base := strings.TrimLeft(receiver, "*")
	if token.IsExported(base) {
		a.add("func (" + receiver + ") " + text)
	}
	for _, outer := range a.outer[base] {
		a.add("func (" + strings.Replace(receiver, base, outer, 1) + ") " + text)
	}
}

func (a api) declaration(d *ast.GenDecl) {
	typ := "" // of the previous constant, for those without a value
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.ValueSpec:
			if s.Type != nil {
				typ = " " + a.text(s.Type)
			} else if len(s.Values) > 0 {
				typ = ""
			}
			for _, n := range s.Names {
				if n.IsExported() {
					a.add(d.Tok.String() + " " + n.Name + typ)
				}
			}
		case *ast.TypeSpec:
			if s.Name.IsExported() {
				a.typeSpec(s)
			}
		}
	}
}

func (a api) typeSpec(s *ast.TypeSpec) {
	head := "type " + s.Name.Name + a.parameters(s.TypeParams)
	if s.Assign.IsValid() {
		head += " ="
	}
	switch t := s.Type.(type) {
	case *ast.StructType:
		a.add(head + " struct")
		for _, f := range t.Fields.List {
			if inner := strings.TrimLeft(a.text(f.Type), "*"); len(f.Names) == 0 && !token.IsExported(inner) {
				a.outer[inner] = append(a.outer[inner], s.Name.Name)
			}
		}
		a.fields(head+" struct, ", t.Fields)
	case *ast.InterfaceType:
		a.add(head + " interface")
		a.fields(head+" interface, ", t.Methods)
	default:
		a.add(head + " " + a.text(s.Type))
	}
}

// fields adds a line for each exported field or method.
func (a api) fields(head string, list *ast.FieldList) {
	for _, f := range list.List {
		typ := a.text(f.Type)
		if fn, ok := f.Type.(*ast.FuncType); ok && strings.HasSuffix(head, "interface, ") {
			typ = a.signature(fn)
		}
		for _, n := range f.Names {
			if n.IsExported() {
				a.add(head + n.Name + " " + typ)
			}
		}
		if len(f.Names) == 0 && token.IsExported(typ[strings.LastIndexAny(typ, ".*")+1:]) {
			a.add(head + "embedded " + typ)
		}
	}
}

// signature returns the types of parameters and results.
func (a api) signature(f *ast.FuncType) string {
	out := "(" + strings.Join(a.types(f.Params), ", ") + ")"
	switch results := a.types(f.Results); len(results) {
	case 0:
		return out
	case 1:
		return out + " " + results[0]
	default:
		return out + " (" + strings.Join(results, ", ") + ")"
	}
}

func (a api) types(list *ast.FieldList) (types []string) {
	if list == nil {
		return nil
	}
	for _, f := range list.List {
		for range max(len(f.Names), 1) {
			types = append(types, a.text(f.Type))
		}
	}
	return types
}

// parameters returns the type parameters with their names.
func (a api) parameters(list *ast.FieldList) string {
	if list == nil {
		return ""
	}
	var all []string
	for _, f := range list.List {
		for _, n := range f.Names {
			all = append(all, n.Name+" "+a.text(f.Type))
		}
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// text returns a type in one line, without parameter names.
func (a api) text(node ast.Expr) string {
	if f, ok := node.(*ast.FuncType); ok {
		return "func" + a.signature(f)
	}
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), node); err != nil {
		a.t.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
