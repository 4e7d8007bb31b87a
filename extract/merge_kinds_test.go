package extract_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// The second of two captures repeats the first an hour later, so every row of one
// report has an equal in the other. Merging doubles the counts, extends the times to
// both, and keeps the rest.
func TestMergeRepeated(t *testing.T) {
	met := map[string]int{}
	for _, name := range testdata(t) {
		packets := packetsOf(t, name)
		first := written(t, packets)
		for i := range packets {
			packets[i].Time = packets[i].Time.Add(time.Hour)
		}
		second := written(t, packets)
		name = filepath.Base(name)

		there := merge(t, read(t, first), read(t, second))
		back := merge(t, read(t, second), read(t, first))
		sameTables(t, name+", in the other order", tables(t, there, true), tables(t, back, true))

		got := tables(t, there, false)
		one, other := tables(t, read(t, first), false), tables(t, read(t, second), false)
		for kind := range got {
			if kind == "" {
				continue
			}
			if len(got[kind]) != len(one[kind]) || len(got[kind]) != len(other[kind]) {
				t.Errorf("%s: %d rows of %s, of %d and %d", name, len(got[kind]), kind, len(one[kind]), len(other[kind]))
				continue
			}
			for i, row := range got[kind] {
				if diff := gocmp.Diff(sum(t, "", one[kind][i], other[kind][i]), row); diff != "" {
					t.Errorf("%s: row %d of %s: %s", name, i, kind, diff)
				}
			}
			met[kind] += len(got[kind])
		}
	}
	everyKind(t, met)
}

// counters are the fields of rows that are counts, or have counts as fields.
var counters = []string{
	"count", "untimed", "answered", "failed", "nxdomain", "arp", "client", "server",
	"packets", "bytes", "closed", "opened", "bare", "reset", "refused", "unanswered", "open", "statuses",
	"recursive", "other", "odd", "requests", "replies",
}

// sum returns the row that a and b, which are equal but for their times, merge to.
func sum(t *testing.T, field string, a, b any) any {
	t.Helper()
	switch x := a.(type) {
	case map[string]any:
		y := b.(map[string]any)
		all := map[string]any{}
		for name := range x {
			if field == "statuses" {
				all[name] = sum(t, field, x[name], y[name])
			} else {
				all[name] = sum(t, name, x[name], y[name])
			}
		}
		return all
	case float64:
		if slices.Contains(counters, field) {
			return x + b.(float64)
		}
	case string:
		switch field {
		case "first_seen":
			return a
		case "last_seen":
			return b
		}
	}
	if diff := gocmp.Diff(a, b); diff != "" {
		t.Errorf("%s differs: %s", field, diff)
	}
	return a
}

// If each conversation of a capture is moved to one of two captures, merging their
// reports gives that of the original.
func TestMergeDealt(t *testing.T) {
	met := map[string]int{}
	for _, name := range testdata(t) {
		packets := packetsOf(t, name)
		want := tables(t, read(t, written(t, packets)), false)
		for bit := range 3 {
			var halves [2][]*pcap.Record
			for i, pair := range pairs(packets) {
				half := pair >> bit & 1
				halves[half] = append(halves[half], packets[i])
			}
			if len(halves[0]) == 0 || len(halves[1]) == 0 {
				continue
			}
			one, other := written(t, halves[0]), written(t, halves[1])
			for _, merged := range []*extract.Report{merge(t, read(t, one), read(t, other)), merge(t, read(t, other), read(t, one))} {
				sameTables(t, fmt.Sprintf("%s, bit %d", filepath.Base(name), bit), want, tables(t, merged, false))
			}
			a, b := tables(t, read(t, one), false), tables(t, read(t, other), false)
			for kind := range want {
				if len(a[kind]) > 0 && len(b[kind]) > 0 {
					met[kind]++
				}
			}
		}
	}
	for _, kind := range []string{
		"connections", "files", "flows", "hosts", "leases", "links", "queries", "redirects", "requests", "resolutions",
	} {
		if met[kind] == 0 {
			t.Errorf("no capture has rows of %s on both sides", kind)
		}
	}
}

// testdata returns the names of the captures in testdata.
func testdata(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatal("no captures", err)
	}
	return names
}

func packetsOf(t *testing.T, name string) (all []*pcap.Record) {
	t.Helper()
	r, err := pcap.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		rec = rec.Clone()
		rec.Interface, rec.Options = 0, nil
		all = append(all, rec)
	}
	slices.SortStableFunc(all, func(a, b *pcap.Record) int { return a.Time.Compare(b.Time) })
	return all
}

// pairs numbers the pairs of outermost addresses, and returns the number of each
// packet's pair.
func pairs(packets []*pcap.Record) (numbers []int) {
	known := map[string]int{}
	var d layers.Decoder
	var p layers.Packet
	for _, rec := range packets {
		d.Decode(&p, rec)
		pair := []string{"", ""}
		for layer := range p.Layers() {
			if ip, err := layers.ParseIPv4(layer.Bytes); err == nil && layer.Kind == layers.KindIPv4 {
				pair = []string{ip.Src().String(), ip.Dst().String()}
				break
			}
			if ip, err := layers.ParseIPv6(layer.Bytes); err == nil && layer.Kind == layers.KindIPv6 {
				pair = []string{ip.Src().String(), ip.Dst().String()}
				break
			}
		}
		slices.Sort(pair)
		key := strings.Join(pair, " ")
		if _, ok := known[key]; !ok {
			known[key] = len(known)
		}
		numbers = append(numbers, known[key])
	}
	return numbers
}

func written(t *testing.T, packets []*pcap.Record) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := pcap.NewWriter(&file, packets[0].LinkType)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range packets {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	return file.Bytes()
}

func read(t *testing.T, captures ...[]byte) *extract.Report {
	t.Helper()
	x := extract.Extractor{Options: extract.Options{Stream: stream.Config{Hash: stream.HashAll}}}
	for _, b := range captures {
		if err := x.ReadInput(t.Context(), "", bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
	}
	return x.Finish()
}

func merge(t *testing.T, into, from *extract.Report) *extract.Report {
	t.Helper()
	if err := into.Merge(from); err != nil {
		t.Fatal(err)
	}
	return into
}

// tables returns the rows of each kind in JSON, and the rest of a report as rows of
// kind "".
func tables(t *testing.T, rep *extract.Report, provenance bool) map[string][]any {
	t.Helper()
	var b bytes.Buffer
	if err := rep.WriteJSON(&b, provenance); err != nil {
		t.Fatal(err)
	}
	var parts map[string]any
	if err := json.Unmarshal(b.Bytes(), &parts); err != nil {
		t.Fatal(err)
	}
	kinds := map[string][]any{}
	for name, part := range parts {
		if rows, ok := part.([]any); ok && name != "captures" {
			kinds[name] = rows
		} else {
			kinds[""] = append(kinds[""], map[string]any{name: part})
		}
	}
	slices.SortFunc(kinds[""], func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return kinds
}

func sameTables(t *testing.T, name string, want, got map[string][]any) {
	t.Helper()
	for kind := range want {
		if diff := gocmp.Diff(want[kind], got[kind]); diff != "" {
			t.Errorf("%s: %s: %s", name, kind, diff)
		}
	}
}

// everyKind fails for a kind of a Report that has no rows.
func everyKind(t *testing.T, rows map[string]int) {
	t.Helper()
	kinds := 0
	for kind := range tables(t, new(extract.Report), false) {
		if kind == "" {
			continue
		}
		kinds++
		if rows[kind] == 0 {
			t.Errorf("no rows of %s were merged", kind)
		}
	}
	t.Logf("%d kinds: %v", kinds, rows)
}
