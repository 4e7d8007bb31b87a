package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// captures returns the names of the captures in testdata.
func captures(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("../testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatal("no captures", err)
	}
	return names
}

// withCorpus returns the captures in testdata and those in SIGHTLINE_CORPUS, if it is
// set, that can be opened.
func withCorpus(t testing.TB) []string {
	t.Helper()
	names := captures(t)
	corpus := os.Getenv("SIGHTLINE_CORPUS")
	if corpus == "" {
		return names
	}
	more, err := filepath.Glob(filepath.Join(corpus, "dev", "*", "*"))
	if err != nil || len(more) == 0 {
		t.Fatalf("no captures in SIGHTLINE_CORPUS: %v", err)
	}
	for _, name := range more {
		if r, err := pcap.Open(name); err == nil {
			r.Close()
			names = append(names, name)
		}
	}
	return names
}

// readFile returns the report of a file, which may be damaged.
func readFile(t testing.TB, name string, o Options) *Report {
	t.Helper()
	r, err := pcap.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := Extractor{Options: o}
	x.Read(context.Background(), filepath.Base(name), r)
	return x.Finish()
}

func jsonOf(t testing.TB, r *Report, provenance bool) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteJSON(&b, provenance); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sameText(t *testing.T, name, a, b string) {
	t.Helper()
	if a != b {
		t.Errorf("%s: %s", name, cmp.Diff(strings.Split(a, "\n"), strings.Split(b, "\n")))
	}
}

func readBytes(t testing.TB, b []byte, o Options) *Report {
	t.Helper()
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	rep, _ := Read(context.Background(), r, o)
	return rep
}

// parts splits a capture into n captures.
func parts(b []byte, n int) [][]byte {
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		panic(err)
	}
	files := make([]bytes.Buffer, n)
	writers := make([]*pcap.Writer, n)
	for i := range files {
		if writers[i], err = pcap.NewWriter(&files[i], r.Header().LinkType); err != nil {
			panic(err)
		}
	}
	var all []*pcap.Record
	for rec, err := range r.All() {
		if err != nil {
			panic(err)
		}
		all = append(all, rec.Clone())
	}
	out := make([][]byte, n)
	for i, rec := range all {
		writers[i*n/len(all)].Write(rec)
	}
	for i := range out {
		out[i] = files[i].Bytes()
	}
	return out
}

// Reports can be merged in any order and grouping, and merging with an empty one
// changes nothing.
func TestMergeIsMonoid(t *testing.T) {
	read := func() []*Report {
		var reports []*Report
		for i, b := range parts(crowd(), 3) {
			r, _ := pcap.NewReaderBytes(b)
			x := Extractor{Options: small}
			x.Read(context.Background(), fmt.Sprint("part ", i), r)
			reports = append(reports, x.Finish())
		}
		return reports
	}
	merge := func(into *Report, others ...*Report) *Report {
		for _, o := range others {
			if err := into.Merge(o); err != nil {
				t.Fatal(err)
			}
		}
		return into
	}
	p := read()
	want := jsonOf(t, merge(p[0], p[1], p[2]), true)
	p = read()
	sameText(t, "another grouping", want, jsonOf(t, merge(p[0], merge(p[1], p[2])), true))
	p = read()
	sameText(t, "another order", want, jsonOf(t, merge(p[2], p[0], p[1]), true))
	p = read()
	sameText(t, "with empty ones", want, jsonOf(t, merge(new(Report), p[1], new(Report), p[2], p[0]), true))
}

// The observations of single packets are the same in a capture and in its parts.
func TestPartsAndWhole(t *testing.T) {
	b := crowd()
	o := small
	o.Only = TopicSetOf(DNS, DHCP)
	whole := readBytes(t, b, o)
	for _, n := range []int{2, 5, 20} {
		sum := new(Report)
		for i, part := range parts(b, n) {
			r, _ := pcap.NewReaderBytes(part)
			x := Extractor{Options: o}
			x.Read(context.Background(), fmt.Sprint(i), r)
			if err := sum.Merge(x.Finish()); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range []*Report{whole, sum} {
			r.Unseen.Stream = stream.Stats{} // counts connections, which the parts divide
		}
		sameText(t, fmt.Sprint(n, " parts"), jsonOf(t, whole, false), jsonOf(t, sum, false))
	}
}

func TestMergeTwice(t *testing.T) {
	b := crowd()
	r := readBytes(t, b, small)
	want := jsonOf(t, r, true)
	if err := r.Merge(readBytes(t, b, small)); err == nil {
		t.Error("the same capture can be merged twice")
	}
	sameText(t, "after the refusal", want, jsonOf(t, r, true))
}

// The same packets in another container, or compressed, give the same report except
// for their offsets.
func TestContainers(t *testing.T) {
	plain := jsonOf(t, readFile(t, "../testdata/http.pcap", Options{}), false)
	b, err := os.ReadFile("../testdata/http.pcap")
	if err != nil {
		t.Fatal(err)
	}
	r, _ := pcap.NewReaderBytes(b)
	ng := new(build.Pcapng).Section().Interface(uint16(r.Header().LinkType), 0)
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		ng.Enhanced(0, uint64(rec.Time.UnixMicro()), rec.Data)
	}
	sameText(t, "pcapng", plain, jsonOf(t, readBytes(t, ng.Bytes(), Options{}), false))
	sameText(t, "gzip", plain, jsonOf(t, readBytes(t, gzipped(t, b), Options{}), false))
}

func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
