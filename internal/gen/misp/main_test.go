package main

import (
	"os"
	"strings"
	"testing"
)

// The generated file is up to date with the table.
func TestTemplatesAreGenerated(t *testing.T) {
	const dir = "../../../extract/misp/"
	table, err := os.ReadFile(dir + "templates.tsv")
	if err != nil {
		t.Fatal(err)
	}
	want, err := generate(string(table))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(dir + "templates.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("templates.go is not generated from templates.tsv: run go generate ./extract/misp")
	}
}

func TestDamagedTable(t *testing.T) {
	const template = "template\tx\tX\t0784aefa-ec3a-4eca-a431-c31ed7058bd3\t1\tnetwork\t\ta\tText\n"
	for _, test := range []struct{ table, want string }{
		{template + "relation\ta\ttext\t\t\t\n", ""},
		{"relation\ta\ttext\t\t\t\n", "line 1: not a template or relation"},
		{template + "relation\ta\ttext\t\t\n", "line 2: not a template or relation"},
		{template + "relation\ta\tsentence\t\t\t\n", "line 2: relation a: no type sentence"},
		{template + "relation\ta\ttext\t\tmany\t\n", `line 2: relation a: "many", want "multiple" or nothing`},
	} {
		_, err := generate(test.table)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%q: %v, want %s", test.table, err, test.want)
		}
	}
}
