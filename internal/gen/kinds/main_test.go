package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The generated files of package layers are up to date.
func TestUpToDate(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "layers")
	table, err := os.ReadFile(filepath.Join(dir, tableName))
	if err != nil {
		t.Fatal(err)
	}
	files, err := generate(string(table))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got = bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n")); !bytes.Equal(got, want) {
			t.Errorf("%s is out of date with %s: run go generate ./layers", name, tableName)
		}
	}
}

func TestGenerate(t *testing.T) {
	const table = "# comment\n" +
		"A\tname of A\tstepAB(b)\tA{b}\tParseA\taSample moreOfA\n" +
		"\n" +
		"B\tB\tstepAB(b)\tA{b}\tParseA\taSample\n" +
		"TCP\tTCP\t-\tdns.Parse(b)\tdns.Parse\tsample\n"
	files, err := generate(table)
	if err != nil {
		t.Fatal(err)
	}
	for name, wants := range map[string][]string{
		"kind_gen.go": {"KindPayload Kind = iota\n\n\tKindA\n\n\tKindB\n\tKindTCP\n\n\tkindCount\n", `"name of A"`},
		"step_gen.go": {"switch kind {\n\tcase KindA, KindB:\n\t\treturn stepAB(b)\n\t}\n"},
		"text_gen.go": {"case KindA, KindB:\n\t\tdst, _ = A{b}.AppendText(dst)\n",
			"case KindTCP:\n\t\tv, _ := dns.Parse(b)\n\t\tdst, _ = v.AppendText(dst)\n"},
		"string_gen.go":    {"package layers\n\n// String returns the text that AppendText appends.\nfunc (h A) String() string { b, _ := h.AppendText(nil); return string(b) }\n"},
		"kind_gen_test.go": {"viewtest.View{\n\tviewtest.Of(ParseA, aSample),\n\tviewtest.Of(ParseA, moreOfA),\n}\n"},
	} {
		for _, want := range wants {
			if !strings.Contains(string(files[name]), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, files[name])
			}
		}
	}
	for _, bad := range []string{"A\tA\tstepA(b)\tA{b}\tParseA", "A\t\tstepA(b)\tA{b}\tParseA\taSample", "A\tA\tstepA(\tA{b}\tParseA\taSample"} {
		if _, err := generate(bad); err == nil {
			t.Errorf("no error for %q", bad)
		}
	}
}
