package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// object returns a file object with a comment and these file names.
func object(name string, values ...string) misp.Object {
	o := misp.NewObject(misp.UUID{1}, misp.TemplateFile, name)
	o.Comment = name
	for _, v := range append(values, "a.bin") {
		if err := o.Add("filename", v); err != nil {
			panic(err)
		}
	}
	return o
}

func svg(t *testing.T, e *misp.Event) string {
	t.Helper()
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	if status := Run(nil, bytes.NewReader(b), &out, &errs); status != 0 {
		t.Fatalf("status %d, %s", status, &errs)
	}
	return out.String()
}

// texts returns the text of all elements of a well-formed drawing.
func texts(t *testing.T, s string) (all []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.CharData:
			all = append(all, string(token))
		case xml.StartElement:
			if token.Name.Local == "script" || token.Name.Local == "image" {
				t.Errorf("an element %s", token.Name.Local)
			}
		}
	}
}

// The drawing in the README is that of the story.
func TestStory(t *testing.T) {
	r, err := pcap.Open("../../../testdata/story.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := extract.Extractor{Options: extract.Options{Stream: stream.Config{Hash: stream.HashAll}}}
	if err := x.Read(context.Background(), "story.pcapng", r); err != nil {
		t.Fatal(err)
	}
	got := svg(t, event.Of(x.Finish(), event.Options{}))
	want, err := os.ReadFile("../../../docs/story.svg")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))) {
		t.Error("docs/story.svg is outdated: regenerate it with sightline event -q testdata/story.pcapng | sightline graph > docs/story.svg")
	}
	all := strings.Join(texts(t, got), "\n")
	for _, want := range []string{"capture story.pcapng", "to 198.51.100.44:443 TLS", "redirects-to", "update.bin"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q", want)
		}
	}
}

// An attacker's text cannot add elements or control characters.
func TestEscapes(t *testing.T) {
	const bad = "</text><script>alert('1')</script>]]>&amp;\"\x00\u202ea"
	e := misp.Event{Info: bad, Objects: []misp.Object{object("a"), object(bad)}}
	if err := e.Objects[0].Refer(e.Objects[1].UUID, "<b>&"); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(texts(t, svg(t, &e)), "\n")
	if !strings.Contains(all, "</text><script>alert('1')</script>]]>&amp;") || !strings.Contains(all, "<b>&") {
		t.Error("the text is missing")
	}
	if strings.ContainsAny(all, "\x00\u202e") {
		t.Error("there are control characters")
	}
}

// Objects and references beyond the limits are counted.
func TestBounds(t *testing.T) {
	var e misp.Event
	for i := range 100 {
		e.Objects = append(e.Objects, object(fmt.Sprint("object ", i)))
	}
	for i := range e.Objects {
		for j := range e.Objects {
			if err := e.Objects[i].Refer(e.Objects[j].UUID, misp.References); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := svg(t, &e)
	if n := strings.Count(s, "<g class="); n != maxNodes {
		t.Errorf("%d boxes", n)
	}
	if n := strings.Count(s, `<path class="line`); n != maxEdges {
		t.Errorf("%d lines", n)
	}
	// 60 references of an object to itself are not counted.
	if want := fmt.Sprintf("not drawn: 40 objects and attributes, %d references", 100*100-maxEdges-60); !strings.Contains(s, want) {
		t.Errorf("no %q in %s", want, s[len(s)-300:])
	}
}

// An attribute is drawn if an object refers to it. A dashed line connects it with
// another object that has its value.
func TestSharedValue(t *testing.T) {
	a, err := misp.NewAttribute(misp.UUID{1}, misp.Filename, "shared.exe")
	if err != nil {
		t.Fatal(err)
	}
	e := misp.Event{Attributes: []misp.Attribute{a}, Objects: []misp.Object{object("a"), object("b", "shared.exe"), object("c")}}
	if s := svg(t, &e); strings.Contains(s, `class="attribute"`) {
		t.Error("an attribute without references is drawn")
	}
	if err := e.Objects[0].Refer(a.UUID, misp.Drops); err != nil {
		t.Fatal(err)
	}
	s := svg(t, &e)
	if strings.Count(s, `class="attribute"`) != 1 || strings.Count(s, `<path class="line same"`) != 1 || strings.Count(s, "marker-end") != 1 {
		t.Error(s)
	}
}

// For random references, no box overlaps another or leaves the page, and the drawing
// is deterministic.
func TestAnyGraph(t *testing.T) {
	templates := []*misp.Template{misp.TemplateFile, misp.TemplateX509, misp.TemplateHTTPRequest, misp.TemplateDNSRecord}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var e misp.Event
		for i := range 1 + random.IntN(30) {
			o := object(strings.Repeat(fmt.Sprint("/ object ", i), 1+random.IntN(8)))
			o.Template = templates[random.IntN(len(templates))]
			e.Objects = append(e.Objects, o)
		}
		for range random.IntN(60) {
			from, to := random.IntN(len(e.Objects)), random.IntN(len(e.Objects))
			if err := e.Objects[from].Refer(e.Objects[to].UUID, "leads-to"); err != nil {
				t.Fatal(err)
			}
		}
		first := svg(t, &e)
		texts(t, first)
		if svg(t, &e) != first {
			t.Fatal("two drawings of one event differ")
		}
		g := newGraph(&e)
		g.layOut()
		highest := g.nodes[0].y - g.nodes[0].h/2
		for i, n := range g.nodes {
			if n.x < 0 || n.y-n.h/2 < titleHeight || n.x+n.w > g.width || n.y+n.h/2 > g.height {
				t.Fatalf("%q is outside the page", n.text)
			}
			for _, m := range g.nodes[:i] {
				if n.x < m.x+m.w && m.x < n.x+n.w && n.y-n.h/2 < m.y+m.h/2 && m.y-m.h/2 < n.y+n.h/2 {
					t.Fatalf("%q overlaps %q", n.text, m.text)
				}
			}
		}
		for _, n := range slices.Concat(g.columns...) { // with the bends of lines
			highest = min(highest, n.y-n.h/2)
		}
		if highest > margin+titleHeight+2*rowGap {
			t.Fatalf("the first box is at %d of %d", highest, g.height)
		}
	}
}

func TestBreakLines(t *testing.T) {
	for in, want := range map[string][2]string{
		"":      {},
		"short": {"short"},
		"GET http://cdn.badfiles.example/files/9f2c/update.bin": {"GET http://cdn.badfiles.example/", "files/9f2c/update.bin"},
		"TLS to telemetry.quietpanel.example":                   {"TLS to ", "telemetry.quietpanel.example"},
		strings.Repeat("ü", 80):                                 {strings.Repeat("ü", 32), strings.Repeat("ü", 31) + "…"},
	} {
		got := breakLines(in)
		if strings.Join(got, "|") != strings.TrimRight(want[0]+"|"+want[1], "|") {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestStatus(t *testing.T) {
	file := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(file, []byte(`{"Event": {"info": "x"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		stdin  string
		status int
		says   string
	}{
		{[]string{"-h"}, "", 0, usage},
		{[]string{"-x"}, "", 2, "sightline graph -h"},
		{[]string{"a", "b"}, "", 2, "got 2"},
		{[]string{file}, "", 1, "no objects"},
		{[]string{file + "x"}, "", 1, "event.jsonx"},
		{nil, "", 1, "not a MISP event"},
		{[]string{"-"}, `{"Event": {"Object": 7}}`, 1, "not a MISP event"},
	} {
		var out, errs bytes.Buffer
		status := Run(c.args, strings.NewReader(c.stdin), &out, &errs)
		if said := out.String() + errs.String(); status != c.status || !strings.Contains(said, c.says) {
			t.Errorf("%q: status %d, %s", c.args, status, said)
		}
	}
}
