package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/local"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/runners/prism"
	sightline "github.com/sightline-go/sightline/examples/sightline/event"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

func TestMain(m *testing.M) {
	flag.Parse()
	beam.Init()
	os.Exit(m.Run())
}

// captures returns the captures in testdata, in the order of their names.
func captures(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("../../../testdata/*.pcap*")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d captures: %v", len(names), err)
	}
	slices.Sort(names)
	return names
}

// alone returns what sightline event writes, on one machine.
func alone(t testing.TB, format string, names ...string) string {
	t.Helper()
	var out, log bytes.Buffer
	if code := sightline.Run(append([]string{"-q", "-o", format}, names...), nil, &out, &log); code > 1 {
		t.Fatal(log.String())
	}
	return out.String()
}

var defaults = Settings{Hash: stream.HashAll, Sensor: `.*/`, Range: 64 << 20}

// on runs the pipeline on Prism, and returns the Report or event, and the problems.
func on(t testing.TB, c Settings, format string, patterns ...string) (result string, problems []map[string]string) {
	t.Helper()
	dir := t.TempDir()
	w := &Writer{Format: format, Output: filepath.Join(dir, "out")}
	execute(t, c, true, w, patterns)
	b, err := os.ReadFile(w.Output)
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(w.Output + ".problems.json")
	if err == nil {
		err = json.Unmarshal(list, &problems)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b), problems
}

func execute(t testing.TB, c Settings, merge bool, w *Writer, patterns []string) {
	t.Helper()
	p, s := beam.NewPipelineWithRoot()
	Build(s, patterns, c, merge, w)
	if _, err := beam.Run(context.Background(), "prism", p); err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, what, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Errorf("%s: line %d of %d and %d:\n%.300s\n%.300s", what, i+1, len(a), len(b), a[i], b[i])
			return
		}
	}
	t.Errorf("%s: %d lines, not %d", what, len(b), len(a))
}

// The bytes are those of sightline event on one machine, for any number of processors,
// any ranges, and files in any order.
func TestPipeline(t *testing.T) {
	names := captures(t)
	want := alone(t, "report", names...)
	for i, every := range []int64{64 << 20, 10_000, 1000} {
		for _, workers := range []int{1, 2, 4}[i:] {
			t.Run(fmt.Sprintf("ranges of %d, %d workers", every, workers), func(t *testing.T) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
				c := defaults
				c.Range = every
				order := slices.Clone(names)
				slices.Reverse(order[:len(order)/(i+1)])
				got, _ := on(t, c, "report", order...)
				same(t, "report", want, got)
			})
		}
	}
	dir := t.TempDir()
	for _, name := range names {
		copied(t, filepath.Base(name), filepath.Join(dir, filepath.Base(name)), 0)
	}
	matches, err := filepath.Glob(filepath.Join(dir, "*.pcap*"))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := on(t, defaults, "misp", filepath.Join(dir, "*.pcap*"))
	same(t, "event", alone(t, "misp", matches...), got)
}

// A capture in 1 to 64 ranges is one capture.
func TestRanges(t *testing.T) {
	const name = "../../../testdata/story.pcapng"
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	want := alone(t, "report", name)
	for _, n := range []int64{1, 3, 64} {
		c := defaults
		c.Range = info.Size()/n + 1
		got, _ := on(t, c, "report", name)
		same(t, fmt.Sprint(n, " ranges"), want, got)
	}
}

// copied copies a file of testdata to a directory, cut to size bytes if that is not 0.
func copied(t *testing.T, from, to string, size int64) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../testdata", from))
	if err == nil && size > 0 {
		b = b[:size]
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o777)
	}
	if err == nil {
		err = os.WriteFile(to, b, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Files that are not captures, damaged, or the same twice are named, and the rest is
// read.
func TestProblems(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	copied(t, "http.pcap", at("a.pcap"), 0)
	copied(t, "http.pcap", at("b.pcap"), 0)
	copied(t, "dns.pcap", at("cut.pcap"), 1000)
	copied(t, "README.md", at("readme"), 0)
	os.WriteFile(at("empty"), nil, 0o666)
	os.WriteFile(at("secret.gpg"), bytes.Repeat([]byte{0x85, 0x01, 0x0c}, 500), 0o666)
	os.Mkdir(at("directory"), 0o777)
	got, problems := on(t, defaults, "report", at("*"), at("*.pcap"))
	same(t, "report", alone(t, "report", at("a.pcap"), at("cut.pcap"), at("readme"), at("empty")), got)
	for name, text := range map[string]string{
		"b.pcap": "same contents as " + at("a.pcap"), "cut.pcap": "unexpected EOF", "readme": "not a capture",
		"empty": "", "secret.gpg": "not a capture", "directory": "is a directory",
	} {
		if !slices.ContainsFunc(problems, func(p map[string]string) bool {
			return p["name"] == at(name) && strings.Contains(p["problem"], text) && p["problem"] != ""
		}) {
			t.Errorf("%s is not among the problems: %v", name, problems)
		}
	}
	if len(problems) != 6 {
		t.Errorf("%d problems: %v", len(problems), problems)
	}
}

// Secrets after the first packets are used, as on one machine, and captures of a sensor
// that overlap are named.
func TestOverlapAndKeys(t *testing.T) {
	dir := t.TempDir()
	copied(t, "tls-secrets.pcapng", filepath.Join(dir, "1.pcapng"), 0)
	names := []string{filepath.Join(dir, "1.pcapng"), filepath.Join(dir, "2.pcap"), filepath.Join(dir, "3.pcap")}
	alternating(t, "story.pcapng", names[1], names[2])
	got, problems := on(t, defaults, "report", names...)
	same(t, "report", alone(t, "report", names...), got)
	if !strings.Contains(fmt.Sprint(problems), "overlaps ") {
		t.Errorf("no overlap: %v", problems)
	}
}

// alternating copies the packets of a file of testdata to two files in turn.
func alternating(t *testing.T, from string, to ...string) {
	t.Helper()
	files := make([][]*pcap.Record, len(to))
	for n, rec := range packetsOf(t, from) {
		files[n%len(to)] = append(files[n%len(to)], rec)
	}
	for i, recs := range files {
		save(t, to[i], recs)
	}
}

// packetsOf returns the packets of a file of testdata.
func packetsOf(t *testing.T, name string) (all []*pcap.Record) {
	t.Helper()
	r, err := pcap.Open(filepath.Join("../../../testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		own := *rec
		own.Data = bytes.Clone(rec.Data)
		all = append(all, &own)
	}
	return all
}

// save writes packets to a file.
func save(t *testing.T, name string, recs []*pcap.Record) {
	t.Helper()
	var b bytes.Buffer
	w, err := pcap.NewWriter(&b, pcap.LinkTypeEthernet)
	for i := 0; err == nil && i < len(recs); i++ {
		err = w.Write(recs[i])
	}
	if err == nil {
		err = os.WriteFile(name, b.Bytes(), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Packets at the end of a capture and at the beginning of the next are read once, in any
// ranges. A capture without packets between them makes no difference.
func TestRepeated(t *testing.T) {
	dir := t.TempDir()
	names := []string{filepath.Join(dir, "1.pcap"), filepath.Join(dir, "2.pcap"), filepath.Join(dir, "3.pcap"), filepath.Join(dir, "2-empty.pcap")}
	all := packetsOf(t, "story.pcapng")
	save(t, names[0], all[:150])
	save(t, names[1], append(slices.Clone(all[130:150]), all[100:]...)) // the first 20 are repeated
	save(t, names[2], all[165:])
	save(t, names[3], nil)
	want := alone(t, "report", names...)
	rep, err := extract.ReadJSON(strings.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if rep.Unseen.Repeated != 60 {
		t.Errorf("%d packets are repeated, not 60", rep.Unseen.Repeated)
	}
	for _, every := range []int64{64 << 20, 1000} {
		c := defaults
		c.Range = every
		got, problems := on(t, c, "report", names...)
		same(t, fmt.Sprint("ranges of ", every), want, got)
		if !strings.Contains(fmt.Sprint(problems), "overlaps ") {
			t.Errorf("no overlap: %v", problems)
		}
	}
}

// A feed has an event for each sensor, with the contents that sightline event writes
// for its files.
func TestFeed(t *testing.T) {
	dir := t.TempDir()
	copied(t, "http.pcap", filepath.Join(dir, "in", "paris", "1.pcap"), 0)
	copied(t, "dns.pcap", filepath.Join(dir, "in", "rome", "1.pcap"), 0)
	copied(t, "smtp.pcap", filepath.Join(dir, "in", "rome", "2.pcap"), 0)
	feed := filepath.Join(dir, "feed")
	w := &Writer{Format: "misp", Feed: feed, Org: misp.Org{Name: "Org", UUID: misp.NewUUID(misp.UUID{}, "organisation", "Org")}}
	c := defaults
	c.Sensor = `([^/]*)/[^/]*$`
	execute(t, c, false, w, []string{filepath.Join(dir, "in", "*", "*.pcap")})
	want := filepath.Join(dir, "want")
	for _, files := range [][]string{{"paris/1.pcap"}, {"rome/1.pcap", "rome/2.pcap"}} {
		args := []string{"-q", "-feed", want, "-org", "Org"}
		for _, name := range files {
			args = append(args, filepath.Join(dir, "in", name))
		}
		if code := sightline.Run(args, nil, io.Discard, os.Stderr); code != 0 {
			t.Fatal(code)
		}
	}
	compareFeeds(t, want, feed)
}

func compareFeeds(t *testing.T, want, got string) {
	t.Helper()
	entries, err := os.ReadDir(want)
	if err != nil || len(entries) != 4 {
		t.Fatalf("%d files: %v", len(entries), err)
	}
	for _, e := range entries {
		a, err := os.ReadFile(filepath.Join(want, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(got, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		lines := func(b []byte) string {
			l := strings.SplitAfter(string(b), "\n")
			slices.Sort(l)
			return strings.Join(l, "")
		}
		same(t, e.Name(), lines(a), lines(b))
	}
}
