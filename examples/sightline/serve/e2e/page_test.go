package e2e_test

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/sightline-go/sightline/extract/misp"
)

// TestStory does an analyst's work: open a capture, drop some indicators, download
// the event.
func TestStory(t *testing.T) {
	x := open(t, serve(t), wide)
	x.choose(story)
	whole := event(x)
	if len(whole.Attributes) < 20 || len(whole.Objects) < 10 {
		t.Fatalf("%d attributes and %d objects", len(whole.Attributes), len(whole.Objects))
	}

	if !value[bool](x, `localStorage.length + sessionStorage.length === 0 && document.cookie === ""`) {
		t.Error("the page stored data")
	}

	// Drop the first row, then all rows that match a filter.
	const unwanted = "www.news.example"
	first := value[string](x, `document.querySelector("#row-0 .c-value").textContent`)
	x.run(chromedp.Click("#row-0 input", chromedp.ByQuery))
	x.run(chromedp.SendKeys("#filter-text", unwanted, chromedp.ByQuery))
	x.until(`document.getElementById("shown").textContent.includes(" of ")`)
	x.run(chromedp.Click("#drop-shown", chromedp.ByQuery))
	part := event(x)
	if len(part.Attributes) >= len(whole.Attributes) || len(part.Attributes) == 0 {
		t.Errorf("%d of %d attributes", len(part.Attributes), len(whole.Attributes))
	}
	for _, a := range part.Attributes {
		if a.Value == first || strings.Contains(a.Value, unwanted) {
			t.Errorf("%s %q was dropped but is in the event", a.Type, a.Value)
		}
	}
	for _, o := range part.Objects {
		for _, a := range o.Attributes {
			if a.Value == first || a.Value == unwanted {
				t.Errorf("%s of an object %s was dropped but is in the event", a.Value, o.Template.Name)
			}
		}
	}
	if len(part.Objects) == 0 || len(part.Objects) >= len(whole.Objects) {
		t.Errorf("%d of %d objects", len(part.Objects), len(whole.Objects))
	}

	x.run(chromedp.Click("#event-options", chromedp.ByQuery))
	x.until(`document.getElementById("event-dialog").open`) // which fills it
	x.run(
		chromedp.SetValue("#event-info", "Case 42 \U0001f600", chromedp.ByQuery), // a four-byte character, which MISP cannot store
		chromedp.SetValue("#event-tlp", "tlp:amber", chromedp.ByQuery),
		chromedp.Click("#event-dialog .primary", chromedp.ByQuery),
	)
	if e := event(x); e.Info != "Case 42 \ufffd" || !slices.Equal(e.Tags, []string{"tlp:amber"}) {
		t.Errorf("the event has the title %q and the tags %q", e.Info, e.Tags)
	}

	x.run(chromedp.Evaluate(`document.getElementById("objects").value = "none"; document.getElementById("objects").dispatchEvent(new Event("change"))`, nil))
	if n := len(event(x).Objects); n != 0 {
		t.Errorf("%d objects after none were selected", n)
	}
}

// event downloads the MISP event and checks that a server would accept it.
func event(x *tab) *misp.Event {
	x.Helper()
	name, data := x.download("#download-misp")
	if !strings.HasPrefix(name, "misp-event-") || filepath.Ext(name) != ".json" {
		x.Errorf("the file has the name %q", name)
	}
	var e misp.Event
	if err := json.Unmarshal(data, &e); err != nil {
		x.Fatal(err)
	}
	for _, a := range e.Attributes {
		if v, err := misp.Normalize(a.Type, a.Value); err != nil || v != a.Value {
			x.Errorf("%s %q: %q, %v", a.Type, a.Value, v, err)
		}
	}
	there := map[misp.UUID]bool{}
	for _, a := range e.Attributes {
		there[a.UUID] = true
	}
	for _, o := range e.Objects {
		there[o.UUID] = true
		if err := o.Check(); err != nil {
			x.Error(err)
		}
		for _, a := range o.Attributes {
			there[a.UUID] = true
		}
	}
	for _, o := range e.Objects {
		for _, r := range o.References {
			if !there[r.To] {
				x.Errorf("%s %s has a reference without a target", o.Template.Name, o.Comment)
			}
		}
	}
	validate(x, data)
	return &e
}

// validate runs a script with MISP's own rules, if there is one.
func validate(x *tab, data []byte) {
	x.Helper()
	dir := os.Getenv("SIGHTLINE_MISP")
	if dir == "" {
		return
	}
	cmd := exec.Command("python3", filepath.Join(dir, "validate.py"), "--strict", "-")
	cmd.Stdin = strings.NewReader(string(data))
	if out, err := cmd.CombinedOutput(); err != nil {
		x.Errorf("validate.py: %v\n%s", err, out)
	}
}

func TestTables(t *testing.T) {
	x := open(t, serve(t), wide)
	x.choose(story)
	_, data := x.download("#download-csv")
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	value := slices.Index(rows[0], "value")
	if i := slices.IndexFunc(rows, func(r []string) bool { return r[value] == "telemetry.quietpanel.example|198.51.100.44" }); i < 0 {
		t.Errorf("no row for the address of telemetry.quietpanel.example in %q", data)
	}
	_, data = x.download("#download-ndjson")
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) != len(rows)-1 {
		t.Errorf("%d lines of NDJSON, %d rows of CSV", len(lines), len(rows)-1)
	}
	for _, line := range lines {
		var a struct {
			Value    string
			Evidence []struct {
				First struct {
					Capture string
					Number  int64
				}
			}
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil || a.Value == "" || len(a.Evidence) == 0 ||
			a.Evidence[0].First.Capture != "story.pcapng" || a.Evidence[0].First.Number < 1 {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestFormulas checks that a spreadsheet treats no value as a formula.
func TestFormulas(t *testing.T) {
	values := []string{"=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\r=1", "plain", `a "quoted", one`}
	x := open(t, serveStub(t, answerWith(values)), wide)
	x.choose(story)
	_, data := x.download("#download-csv")
	rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows[1:] {
		want := values[i]
		if strings.ContainsAny(want[:1], "=+-@\t\r") {
			want = "'" + want
		}
		if row[2] != want {
			t.Errorf("%q is %q, want %q", values[i], row[2], want)
		}
	}
}

// TestSeveralCaptures checks that a value in two captures gives one row.
func TestSeveralCaptures(t *testing.T) {
	x := open(t, serve(t), wide)
	x.choose("../../../../testdata/http.pcap", story, "../../../../testdata/tls12.pcap")
	e := event(x)
	seen := map[string]bool{}
	for _, a := range e.Attributes {
		key := string(a.Type) + " " + a.Value
		if seen[key] {
			t.Errorf("%s twice", key)
		}
		seen[key] = true
	}
	const both = "url http://cdn.badfiles.example/files/9f2c/update.bin"
	if !seen[both] {
		t.Errorf("no %s", both)
	}
	i := slices.IndexFunc(e.Attributes, func(a misp.Attribute) bool { return "url "+a.Value == both })
	if a := e.Attributes[i]; !strings.Contains(a.Comment, "in story.pcapng:") || a.LastSeen.Sub(a.FirstSeen).Seconds() < 1 {
		t.Errorf("%s: %s to %s, %s", a.Value, a.FirstSeen, a.LastSeen, a.Comment)
	}
	for _, view := range []string{"connections", "certificates", "files", "left-out", "captures"} {
		x.run(chromedp.Click("#tab-"+view, chromedp.ByQuery))
		if text := value[string](x, `document.getElementById("view-`+view+`").textContent`); len(text) < 40 {
			t.Errorf("%s shows %q", view, text)
		}
	}
	if n := value[int](x, `document.querySelectorAll("#view-captures .card").length`); n != 3 {
		t.Errorf("%d captures", n)
	}
	// The same capture again adds nothing.
	x.run(chromedp.Click("#tab-indicators", chromedp.ByQuery))
	x.choose(story)
	if n := len(event(x).Attributes); n != len(e.Attributes) {
		t.Errorf("%d attributes, %d before", n, len(e.Attributes))
	}
}

func TestProblemsInPlainWords(t *testing.T) {
	x := open(t, serve(t), wide)
	dir := t.TempDir()
	text, empty, cut := filepath.Join(dir, "notes.txt"), filepath.Join(dir, "empty.pcap"), filepath.Join(dir, "cut.pcapng")
	whole, err := os.ReadFile(story)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{text: []byte("some notes"), empty: nil, cut: whole[:len(whole)/2]} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	x.choose(text, empty)
	if n := value[int](x, `document.querySelectorAll(".job.failed").length`); n != 2 {
		t.Errorf("%d captures failed", n)
	}
	if state := value[string](x, `document.body.dataset.state`); state != "start" {
		t.Errorf("the page shows %s", state)
	}
	x.choose(cut)
	if rows := value[int](x, `document.querySelectorAll(".grid-body .row").length`); rows == 0 {
		t.Error("no indicators of half a capture")
	}
	said := value[string](x, `document.getElementById("jobs").textContent`)
	if !strings.Contains(strings.ToLower(said), "damaged") {
		t.Errorf("half a capture: %q", said)
	}
}

// TestOwnNetworks checks that the options reach the server.
func TestOwnNetworks(t *testing.T) {
	x := open(t, serve(t), wide)
	x.run(chromedp.SendKeys("#option-internal", "198.51.100.0/24", chromedp.ByQuery), chromedp.Click("#option-private", chromedp.ByQuery))
	x.choose(story)
	e := event(x)
	if !slices.ContainsFunc(e.Attributes, func(a misp.Attribute) bool { return a.Value == "10.20.30.17" }) {
		t.Error("no private address, although they are included")
	}
	x.run(chromedp.Click("#start-over", chromedp.ByQuery), chromedp.Click("#option-private", chromedp.ByQuery))
	x.choose(story)
	if i := slices.IndexFunc(event(x).Attributes, func(a misp.Attribute) bool { return a.Value == "198.51.100.44" }); i >= 0 {
		t.Error("an address in an -internal network")
	}
}

// TestCancel cancels a capture that the server is still reading.
func TestCancel(t *testing.T) {
	asked, gone := make(chan bool, 1), make(chan bool, 1)
	x := open(t, serveStub(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		asked <- true
		<-r.Context().Done()
		gone <- true
	}), wide)
	x.run(chromedp.SetUploadFiles("#files", []string{abs(t, story)}, chromedp.ByQuery))
	<-asked
	x.until(`document.querySelector(".job-state").textContent === "analysing"`)
	x.run(chromedp.Click("#cancel", chromedp.ByQuery))
	x.until(`document.querySelector(".job-state").textContent === "Cancelled."`)
	<-gone
	x.run(chromedp.Click("#dismiss", chromedp.ByQuery))
	if state := value[string](x, `document.body.dataset.state`); state != "start" {
		t.Errorf("the page shows %s", state)
	}
}
