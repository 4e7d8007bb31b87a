package serve

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A proposal fits MISP's page and graph, and its note says what is left out.
func TestRows(t *testing.T) {
	v := start(t)
	capture := requests(3000)
	for _, test := range []struct {
		config  string
		rows    int
		objects int // at most
		note    string
	}{
		{``, 500, 200, `8750 of 9000 attributes and 2952 of 3001 objects did not fit into 500 rows. Choose "Attributes only" in "What to propose", name topics in "Look for", or raise "Most rows" (3000 at most).`},
		{`"Most rows":"40"`, 40, 10, "did not fit into 40 rows. "},
		{`"Most rows":"1500","Most objects":"20"`, 1500, 20, `did not fit into 1500 rows and 20 objects. Choose "Attributes only" in "What to propose", name topics in "Look for", raise "Most rows" (3000 at most), or raise "Most objects".`},
		{`"Most rows":"100000","Most objects":"100000"`, maxRows, 1000, `did not fit into 3000 rows. Choose "Attributes only" in "What to propose" or name topics in "Look for".`},
		{`"What to propose":"1"`, 500, 0, `8500 of 9000 attributes did not fit into 500 rows. Name topics in "Look for" or raise "Most rows" (3000 at most).`},
		{`"What to propose":"2","Most objects":"3000"`, 500, 200, "2902 of 3001 objects did not fit into 500 rows. "},
	} {
		a := v.query(body(capture, test.config))
		if n := a.rows(); n > test.rows || n < test.rows*9/10 {
			t.Errorf("%s: %d rows, want %d", test.config, n, test.rows)
		}
		if n := len(a.Results.Object); n > test.objects {
			t.Errorf("%s: %d objects, want %d", test.config, n, test.objects)
		}
		if !strings.Contains(a.Error, test.note) {
			t.Errorf("%s: %s", test.config, a.Error)
		}
		checkReferences(t, test.config, a)
		checkBadges(t, test.config, a)
	}
}

// checkBadges asserts that the report names only items in the response, as MISP shows
// no others.
func checkBadges(t *testing.T, name string, a answered) {
	t.Helper()
	if len(a.Results.EventReport) != 1 || !strings.HasPrefix(a.Results.EventReport[0].Content, "\n\n") {
		t.Fatalf("%s: reports %+v", name, a.Results.EventReport)
	}
	there := map[string]bool{}
	for _, r := range a.Results.Attribute {
		there["attribute "+r.UUID] = true
	}
	for _, o := range a.Results.Object {
		there["object "+o.UUID] = true
	}
	badge := regexp.MustCompile(`@\[([a-z]+)\]\(([^)]*)\)`)
	all := badge.FindAllStringSubmatch(a.Results.EventReport[0].Content, -1)
	for _, m := range all {
		if !there[m[1]+" "+m[2]] {
			t.Errorf("%s: the report names %s %s, which is missing", name, m[1], m[2])
		}
	}
	if len(all) == 0 {
		t.Errorf("%s: the report names nothing", name)
	}
}

// checkReferences asserts that references lead to items in the response, that the graph
// draws all items with references, and that something refers to each object while the
// graph has room.
func checkReferences(t *testing.T, name string, a answered) {
	t.Helper()
	there, items, referred := map[string]bool{}, map[string]bool{}, map[string]bool{}
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
				t.Errorf("%s: the target of a reference is missing", name)
			}
			referred[r.ReferencedUUID] = true
		}
	}
	for _, o := range a.Results.Object {
		if !referred[o.UUID] && o.Name != "pcap-metadata" && len(items) < maxItems {
			t.Errorf("%s: nothing refers to %s %s", name, o.Name, o.UUID)
		}
	}
	if len(items) > maxItems {
		t.Errorf("%s: %d items in the graph", name, len(items))
	}
}

// objects returns n objects of a template with rows attributes each.
func objects(n int, template *misp.Template, rows int) (all []misp.Object) {
	for i := range n {
		o := misp.NewObject(misp.UUID{}, template, fmt.Sprint(i))
		o.Attributes = make([]misp.Attribute, rows)
		all = append(all, o)
	}
	return all
}

// Templates take turns, and objects are complete.
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

// The graph draws 299 items.
func TestBind(t *testing.T) {
	p := &proposal{}
	p.Objects = objects(400, misp.TemplateFile, 1)
	for i := 1; i < len(p.Objects); i++ {
		_ = p.Objects[0].Refer(p.Objects[i].UUID, misp.Contains)
	}
	_ = p.Objects[1].Refer(misp.UUID{1}, misp.Contains) // missing
	p.bind()
	if n := len(p.Objects[0].References); n != maxItems-1 {
		t.Errorf("%d references", n)
	}
	if n := len(p.Objects[1].References); n != 0 {
		t.Errorf("%d references without a target", n)
	}
}

// A proposal that is cut has no objects that nothing refers to.
func TestCutGraph(t *testing.T) {
	v := start(t)
	for _, rows := range []string{"20", "40", "60", "80"} {
		a := v.query(body(story(t), `"Most rows":"`+rows+`"`))
		if len(a.Results.Object) < 2 {
			t.Errorf("%s rows: %d objects", rows, len(a.Results.Object))
		}
		checkReferences(t, rows+" rows", a)
	}
}

// The object about the capture contains those that lost what referred to them.
func TestContain(t *testing.T) {
	p := &proposal{}
	p.Objects = append(objects(1, misp.TemplatePcapMetadata, 1), objects(3, misp.TemplateFile, 1)...)
	capture, alone, referring, referred := &p.Objects[0], &p.Objects[1], &p.Objects[2], &p.Objects[3]
	_ = alone.Refer(alone.UUID, misp.Contains)
	_ = referring.Refer(referred.UUID, misp.Contains)
	for range 2 { // the second time adds nothing
		p.contain()
		if r := capture.References; len(r) != 2 || r[0].To != alone.UUID || r[1].To != referring.UUID {
			t.Errorf("references %v", r)
		}
	}
	p.Objects = p.Objects[1:]
	p.contain() // nothing can contain them
	if len(alone.References) != 1 || len(referring.References) != 1 || len(referred.References) != 0 {
		t.Errorf("%v", p.Objects)
	}
}

// The response for a capture without indicators says why.
func TestNothing(t *testing.T) {
	v := start(t)
	empty := requests(1)[:24]
	a := v.query(body(empty, `"detail":"1"`))
	if a.Results == nil || a.rows() != 0 || a.Error != "Nothing to propose in 0 packets." {
		t.Errorf("%+v", a)
	}
	a = v.query(body(requests(2), `"detail":"1","internal_networks":"198.51.0.0/16","include":"ip"`))
	if a.Error != "Nothing to propose in 2 packets. Left out: address in an -internal network (2), private address (1)." {
		t.Errorf("%+v", a)
	}
}

// A note says how much of the request was read.
func TestStopNote(t *testing.T) {
	now := time.Now()
	in := &intake{began: now, until: now.Add(8 * time.Second), taken: 412_300_000, maxBody: 1 << 30}
	got := stopNote(errBudget, in, 933_100_000, 1)
	if want := "Time ran out after 8s: 412.3 MB of 933.1 MB (44 %) of the request and 1 packet were read. Please split the capture."; got != want {
		t.Errorf("%s", got)
	}
	if got := stopNote(errTooLarge, in, -1, 2); !strings.Contains(got, ": 412.3 MB of the request and 2 packets were read.") {
		t.Errorf("%s", got)
	}
	if got := stopNote(nil, in, 1, 0); got != "" {
		t.Errorf("%s", got)
	}
}

// Notes report what the extractor could not keep or read.
func TestReportNotes(t *testing.T) {
	rep := &extract.Report{}
	rep.Unseen.Step = 3 * time.Minute
	rep.Unseen.TooLong, rep.Unseen.Backwards, rep.Unseen.Stream.Evicted = 1, 2, 3
	got := incompleteNote(rep)
	want := "Incomplete: 2 packets up to 3m0s earlier than others before them: first and last seen are that precise; 1 values longer than the limit; 3 connections evicted at the memory limit."
	if got != want {
		t.Errorf("%s", got)
	}
}
