package serve

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// What goes out fits MISP's page and its graph, and says what does not.
func TestRows(t *testing.T) {
	v := start(t)
	capture := requests(3000)
	for _, test := range []struct {
		config    string
		rows      int
		objects   int // at most; at least most of them
		atAnyRate string
	}{
		{``, 500, 200, "as 500 rows are all that was asked for"},
		{`"most_rows":"40"`, 40, 10, "as 40 rows are all that was asked for"},
		{`"most_rows":"1500","most_objects":"20"`, 1500, 20, "as 1500 rows are all that was asked for"},
		{`"most_rows":"100000","most_objects":"100000"`, maxRows, 1000, "as 3000 rows are all that was asked for. Look for less."},
		{`"detail":"1"`, 500, 0, "as 500 rows are all that was asked for"},
		{`"detail":"2","most_objects":"3000"`, 500, 200, "0 attributes and "},
	} {
		a := v.query(body(capture, test.config))
		if n := a.rows(); n > test.rows || n < test.rows*9/10 {
			t.Errorf("%s: %d rows, want %d", test.config, n, test.rows)
		}
		if n := len(a.Results.Object); n > test.objects {
			t.Errorf("%s: %d objects, want %d", test.config, n, test.objects)
		}
		if !strings.Contains(a.Error, test.atAnyRate) {
			t.Errorf("%s: %s", test.config, a.Error)
		}
		checkReferences(t, test.config, a)
	}
}

// checkReferences asserts that references lead to what is in the answer, and
// that the graph draws all items that they join.
func checkReferences(t *testing.T, name string, a answered) {
	t.Helper()
	there, items := map[string]bool{}, map[string]bool{}
	for _, r := range a.Results.Attribute {
		there[r.UUID] = true
	}
	for _, o := range a.Results.Object {
		there[o.UUID] = true
	}
	for _, o := range a.Results.Object {
		for _, r := range o.ObjectReference {
			items[o.UUID], items[r.ReferencedUUID] = true, true
			if !there[r.ReferencedUUID] {
				t.Errorf("%s: a reference leads to nothing", name)
			}
		}
	}
	if len(items) > maxItems {
		t.Errorf("%s: %d items in the graph", name, len(items))
	}
}

// objects returns n objects of a template, of rows attributes each.
func objects(n int, template *misp.Template, rows int) (all []misp.Object) {
	for i := range n {
		o := misp.NewObject(misp.UUID{}, template, fmt.Sprint(i))
		o.Attributes = make([]misp.Attribute, rows)
		all = append(all, o)
	}
	return all
}

// Each template has its turn, and objects are whole.
func TestFit(t *testing.T) {
	all := append(objects(5, misp.TemplateFile, 4), objects(5, misp.TemplateX509, 10)...)
	for _, test := range []struct{ rows, files, certificates int }{
		{0, 0, 0}, {3, 0, 0}, {4, 1, 0}, {14, 1, 1}, {18, 2, 1}, {28, 2, 2}, {60, 5, 4}, {70, 5, 5}, {1000, 5, 5},
	} {
		got := map[*misp.Template]int{}
		kept := fit(all, test.rows)
		for i := range kept {
			got[kept[i].Template]++
		}
		if got[misp.TemplateFile] != test.files || got[misp.TemplateX509] != test.certificates || rowsOf(kept) > test.rows {
			t.Errorf("%d rows: %d files, %d certificates", test.rows, got[misp.TemplateFile], got[misp.TemplateX509])
		}
	}
}

// The graph has room for 299 items.
func TestBind(t *testing.T) {
	p := &proposal{}
	p.Objects = objects(400, misp.TemplateFile, 1)
	for i := 1; i < len(p.Objects); i++ {
		_ = p.Objects[0].Refer(p.Objects[i].UUID, misp.Contains)
	}
	_ = p.Objects[1].Refer(misp.UUID{1}, misp.Contains) // which is not there
	p.bind()
	if n := len(p.Objects[0].References); n != maxItems-1 {
		t.Errorf("%d references", n)
	}
	if n := len(p.Objects[1].References); n != 0 {
		t.Errorf("%d references to nothing", n)
	}
}

// A capture that yields nothing is answered with why.
func TestNothing(t *testing.T) {
	v := start(t)
	empty := requests(1)[:24]
	a := v.query(body(empty, `"detail":"1"`))
	if a.Results == nil || a.rows() != 0 || a.Error != "Nothing to propose in 0 packets." {
		t.Errorf("%+v", a)
	}
	a = v.query(body(requests(2), `"detail":"1","internal_networks":"198.51.0.0/16","include":"ip"`))
	if a.Error != "Nothing to propose in 2 packets. Left out: address of an own network (2), private address (1)." {
		t.Errorf("%+v", a)
	}
}

// A note names the place, in the units of the request.
func TestStopNote(t *testing.T) {
	now := time.Now()
	in := &intake{began: now, until: now.Add(8 * time.Second), taken: 412_300_000, maxBody: 1 << 30}
	got := stopNote(errBudget, in, 933_100_000, 1)
	if want := "Time ran out after 8s: 412.3 MB of 933.1 MB (44 %) of the request and 1 packet were looked at. Please split the capture."; got != want {
		t.Errorf("%s", got)
	}
	if got := stopNote(errTooLarge, in, -1, 2); !strings.Contains(got, ": 412.3 MB of the request and 2 packets were looked at.") {
		t.Errorf("%s", got)
	}
	if got := stopNote(nil, in, 1, 0); got != "" {
		t.Errorf("%s", got)
	}
}

// What the extractor could not keep or read is told.
func TestReportNotes(t *testing.T) {
	rep := &extract.Report{}
	rep.Unseen.TooLong, rep.Unseen.Backwards, rep.Unseen.Stream.Evicted = 1, 2, 3
	got := join(reportNotes(rep))
	want := "Not kept, beyond the bounds of the service: 1 observation. Given up, as too many went on at once: 3 connections. Times are left out, as packets run backwards in time."
	if got != want {
		t.Errorf("%s", got)
	}
}
