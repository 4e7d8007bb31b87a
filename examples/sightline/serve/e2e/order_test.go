package e2e_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// shownValues returns the values of the rows that are drawn, in order.
func shownValues(x *tab) []string {
	x.Helper()
	return value[[]string](x, `[...document.querySelectorAll(".grid-body .row:not([hidden]) .c-value")].map((c) => c.textContent)`)
}

// What weighs most comes first: the file and the URL that it came from, names,
// addresses, and what is context last. Columns sort, and the order returns.
func TestWeight(t *testing.T) {
	x := open(t, serve(t), wide)
	x.choose(story)
	rows := shownValues(x)
	last := -1
	for _, v := range []string{
		"update.bin|b3c3a7598f4d0a06fde1b83dd8f16a7d22c10d25e850df8f4e29460f291e2dc7", "http://cdn.badfiles.example/files/9f2c/update.bin",
		"cdn.badfiles.example", "203.0.113.80", "edge7.hosting.example", "UpdateHelper/1.3",
	} {
		i := slices.Index(rows, v)
		if i <= last {
			t.Errorf("%s is row %d, after row %d in %q", v, i, last, rows)
		}
		last = i
	}
	if help := value[string](x, `document.querySelector("#row-0 .c-verdict").title`); !strings.HasSuffix(help, "downloaded file: A host of the capture received this file.") {
		t.Errorf("the first verdict says %q", help)
	}
	var exported []string
	for _, a := range event(x).Attributes {
		exported = append(exported, a.Value)
	}
	if !slices.Equal(exported, rows) {
		t.Errorf("the event has %q\nthe page %q", exported, rows)
	}
	x.run(chromedp.Click(".grid-head .c-value button", chromedp.ByQuery))
	if got := shownValues(x); slices.Equal(got, rows) || !slices.IsSorted(got[slices.Index(got, "cdn.badfiles.example"):]) {
		t.Errorf("sorted by value: %q", got)
	}
	x.run(chromedp.Click(".grid-head .c-value button", chromedp.ByQuery), chromedp.Click(".grid-head .c-value button", chromedp.ByQuery))
	if got := shownValues(x); !slices.Equal(got, rows) {
		t.Errorf("unsorted again: %q, want %q", got, rows)
	}
}

// Values of several captures keep their weight: those for detection come first, and
// then those that come first in their captures.
func TestWeightOfSeveral(t *testing.T) {
	captures := [][]struct{ value, verdict string }{
		{{"a1", "detect"}, {"both", "detect"}, {"late", "detect"}, {"a4", "context"}},
		{{"late", "detect"}, {"b2", "detect"}, {"both", "context"}, {"b4", "context"}},
	}
	answers := make(chan int, len(captures))
	for i := range captures {
		answers <- i
	}
	x := open(t, serveStub(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		n := <-answers
		answerOf(w, n, len(captures[n]), 1, func(i int) map[string]any {
			a := attribute(10*n+i, "text", captures[n][i].value)
			a["verdict"], a["to_ids"] = captures[n][i].verdict, captures[n][i].verdict == "detect"
			return a
		})
	}), wide)
	x.choose(story, "../../../../testdata/http.pcap")
	want := []string{"a1", "late", "b2", "both", "a4", "b4"}
	if got := shownValues(x); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
