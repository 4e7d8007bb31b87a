package extract

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Each kind of a report is written, in order of the names, and returned by a method
// of Report.
func TestKinds(t *testing.T) {
	var names, members []string
	for _, k := range kinds {
		names = append(names, k.name)
		members = append(members, fmt.Sprintf(`%q:[{"count":1}]`, k.name))
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("%q are unsorted or not unique", names)
	}
	r := readReport(t, "{"+strings.Join(members, ",")+"}")
	text := jsonOf(t, r, true)
	at := 0
	for i, name := range names {
		n := strings.Index(text[at:], fmt.Sprintf("\n%q:[\n{", name))
		if n < 0 {
			t.Errorf("%s is not written after %q", name, names[:i])
		}
		at += max(n, 0)
	}
	rows := map[reflect.Type]bool{}
	report := reflect.ValueOf(r)
	for i := range report.NumMethod() {
		if m := report.Method(i).Type(); m.NumIn() > 0 || m.NumOut() != 1 || m.Out(0).Kind() != reflect.Func {
			continue
		}
		for row := range report.Method(i).Call(nil)[0].Seq() {
			if f, ok := row.Interface().(interface{ fact() *Fact }); ok && f.fact().Count == 1 {
				rows[row.Type()] = true
			}
		}
	}
	if len(rows) != len(kinds) {
		t.Errorf("the methods of Report return %d kinds of %d: %v", len(rows), len(kinds), rows)
	}
}

// A zero Report is empty, and can be read.
func TestZeroReport(t *testing.T) {
	var r Report
	for range r.Requests() {
		t.Error("there is a request")
	}
	if n := len(r.LeftOut()); n != 0 {
		t.Errorf("%d kinds left out", n)
	}
	if text := jsonOf(t, &r, true); strings.Count(text, "[]") != len(kinds) {
		t.Error(text)
	}
}

func readReport(t *testing.T, json string) *Report {
	t.Helper()
	r, err := ReadJSON(strings.NewReader(json))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
