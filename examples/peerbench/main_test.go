package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// All contestants of all rows find the same.
func TestContestantsAgree(t *testing.T) {
	rows := dnsRows()
	for _, s := range shapes {
		in, err := generate(s, 1<<20, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		rows = append(append(rows, readRows(in)...), decodeRow(in))
	}
	for _, r := range rows {
		found, passes, err := r.check()
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
		if found.items == 0 || found.sum == 0 || len(passes) != len(r.contestants) {
			t.Errorf("%s: %+v", r.name, found)
		}
	}
}

// A row whose contestants disagree is not measured.
func TestNoComparison(t *testing.T) {
	find := func(sum uint64, err error) func() (result, error) {
		return func() (result, error) { return result{items: 1, sum: sum}, err }
	}
	for want, second := range map[string]func() (result, error){"no comparison": find(2, nil), "broken": find(1, errors.New("broken"))} {
		r := row{"row", []contestant{{"one", find(1, nil)}, {"two", second}}}
		var out bytes.Buffer
		if err := r.run(&out, 1, ""); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("%v, %q", err, &out)
		}
	}
}

// The figures are medians, and the ratios those of each round.
func TestMedian(t *testing.T) {
	for _, test := range []struct {
		v    []float64
		want float64
	}{{[]float64{5}, 5}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 9, 2}, 3}} {
		if got := median(test.v); got != test.want {
			t.Errorf("%v: %v", test.v, got)
		}
	}
}
