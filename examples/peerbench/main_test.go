package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// The test binary also runs as the processes that the tests start.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		exit(play(role, os.Args[1:]))
	}
	os.Exit(m.Run())
}

func generated(t *testing.T, s shape) *input {
	t.Helper()
	in, err := generate(s, 1<<20, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// All contestants of a row find the same, and the result is not empty.
func TestContestantsAgree(t *testing.T) {
	rows := dnsRows()
	for _, s := range shapes {
		in := generated(t, s)
		rows = append(append(rows, readRows(in)...), decodeRows(in)...)
	}
	for _, m := range rows {
		r := m.(*row)
		finds, passes, err := r.check()
		if err != nil {
			t.Errorf("%s: %v", r, err)
			continue
		}
		if difference(r.work) == "" {
			t.Errorf("%s: nothing says what is not the same work", r)
		}
		if found := finds[0]; found.items == 0 || found.sum == 0 || len(passes) != len(r.contestants) || r.loose {
			t.Errorf("%s: %+v", r, found)
		}
	}
}

// Whole processes find everything that was generated and report their usage.
func TestProcesses(t *testing.T) {
	for _, s := range shapes {
		in := generated(t, s)
		for _, r := range endToEnd(in, nil) {
			m, err := r.measure(1)
			if err != nil {
				t.Fatal(err)
			}
			if difference(m.work) == "" {
				t.Errorf("%s: nothing says what is not the same work", r)
			}
			for _, e := range m.entries {
				if e.figure <= 0 || e.ratio <= 0 || e.elapsed <= 0 || e.note != "" {
					t.Errorf("%s: %+v", r, e)
				}
			}
		}
	}
}

// A process that misses generated values is an error.
func TestMissed(t *testing.T) {
	in := generated(t, shapes[0])
	in.want.Hellos++
	for _, r := range endToEnd(in, nil) {
		if _, err := r.measure(1); err == nil || !strings.Contains(err.Error(), " bytes) of ") {
			t.Errorf("%s: %v", r, err)
		}
	}
	if _, err := endToEnd(&input{pcap: "none"}, nil)[0].measure(1); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("missing file: %v", err)
	}
}

// The peak memory of a process is its own, not its parent's.
func TestPeakMemory(t *testing.T) {
	const much = 256 << 20
	large := bytes.Repeat([]byte{1}, much)
	in := generated(t, shapes[0])
	p := process{role: roleMessages, count: own}
	u, _, err := p.measure(in.pcap)
	if err != nil {
		t.Fatal(err)
	}
	if u.Memory >= int64(len(large)) || u.CPU <= 0 {
		t.Errorf("%+v", u)
	}
	if u.Memory == 0 {
		t.Skip("peak memory is not available on this system")
	}
}

// web has the share of out-of-order and retransmitted segments that it documents.
func TestWeb(t *testing.T) {
	in := generated(t, shapes[0])
	var d layers.Decoder
	var p layers.Packet
	last := map[layers.Flow]uint32{}
	segments, behind := 0, 0
	for _, data := range in.packets {
		d.DecodeBytes(&p, pcap.LinkTypeEthernet, data)
		h, ok := p.TCP()
		if !ok || len(h.Payload()) == 0 {
			continue
		}
		segments++
		flow, _ := p.Flow()
		end := h.Seq() + uint32(len(h.Payload()))
		if before, ok := last[flow]; ok && int32(end-before) <= 0 {
			behind++
		} else {
			last[flow] = end
		}
	}
	if part := float64(behind) / float64(segments); part < 0.015 || part > 0.045 {
		t.Errorf("%.3f of %d segments delayed or retransmitted", part, segments)
	}
	// Each conversation begins with two questions, repeated in the responses.
	if w := in.want; w.Hellos == 0 || w.Requests == 0 || w.Questions < 4*w.Hellos {
		t.Errorf("%+v", w)
	}
}

// Generated captures do not depend on the time or the run.
func TestGenerateIsDeterministic(t *testing.T) {
	for _, s := range shapes {
		a, b := generated(t, s), generated(t, s)
		if *a.want != *b.want || !bytes.Equal(bytes.Join(a.packets, nil), bytes.Join(b.packets, nil)) {
			t.Errorf("%s differs", s.name)
		}
	}
}

// Captures are joined in order, up to a size; other files are skipped.
func TestJoin(t *testing.T) {
	captures := t.TempDir()
	in := generated(t, shapes[1])
	for _, part := range []struct {
		name     string
		from, to int
	}{{"a", 0, 10}, {"b", 10, 20}} {
		p := input{name: part.name, packets: in.packets[part.from:part.to]}
		if err := p.write(captures); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(captures, "README"), []byte("text"), 0o666); err != nil {
		t.Fatal(err)
	}
	mix, err := join(captures, 1<<20, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := [][]byte{} // each input is written as pcap and as pcapng
	for _, i := range []int{0, 0, 10, 10} {
		want = append(want, in.packets[i:i+10]...)
	}
	if !bytes.Equal(bytes.Join(mix.packets, []byte("|")), bytes.Join(want, []byte("|"))) {
		t.Errorf("%d packets", len(mix.packets))
	}
	if mix, err = join(captures, 100, t.TempDir()); err != nil || len(mix.packets) != 2 {
		t.Errorf("up to a size: %v, %v", mix, err)
	}
	if _, err := join(t.TempDir(), 100, t.TempDir()); err == nil {
		t.Error("empty directory: no error")
	}
}

// A row whose contestants disagree is not measured.
func TestDisagreement(t *testing.T) {
	find := func(sum uint64, err error) func() (result, error) {
		return func() (result, error) { return result{items: 1, sum: sum}, err }
	}
	for want, second := range map[string]func() (result, error){"results differ": find(2, nil), "broken": find(1, errors.New("broken"))} {
		r := row{contestants: []contestant{{"one", find(1, nil)}, {"two", second}}}
		if _, err := r.measure(1); err == nil || !strings.Contains(err.Error(), want) {
			t.Error(err)
		}
	}
}

// Figures are medians, and ratios are medians of the ratios of each round.
func TestMedian(t *testing.T) {
	for _, test := range []struct {
		v    []float64
		want float64
	}{{[]float64{5}, 5}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 9, 2}, 3}} {
		if got := median(test.v); got != test.want {
			t.Errorf("%v: %v", test.v, got)
		}
	}
	if got := ratio([]float64{2, 30, 4}, []float64{1, 10, 4}); got != 2 {
		t.Errorf("ratio %v", got)
	}
}

// A run prints the selected rows.
func TestRun(t *testing.T) {
	var text, markdown, progress bytes.Buffer
	o := options{rounds: 1, size: 1 << 20, only: "small, read pcap, decode up"}
	if err := run(o, &text, &progress); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"gopacket v", "go1.", "small: ", "\nsmall, read pcap, decode up to TCP and UDP\n", " 1.00  sightline pcap.Reader", "DecodingLayerParser"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	o.markdown = true
	if err := run(o, &markdown, io.Discard); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(markdown.String(), "### "); got != 1 || !strings.Contains(markdown.String(), "\n| | small |\n") {
		t.Errorf("%s", &markdown)
	}
}

// writeMarkdown writes the table of the README.
func TestMarkdown(t *testing.T) {
	table := table{versions: "today", inputs: []string{"web: 1 packet"}, rows: []*measured{{title{"web", countNames, seconds}, []entry{
		{name: "ours", figure: 0.123, ratio: 1, elapsed: 1, memory: 12e6},
		{name: "theirs", figure: 4, ratio: 32.5, elapsed: 1, note: "misses 1.0 %"},
	}}}}
	var out bytes.Buffer
	if err := table.writeMarkdown(&out); err != nil {
		t.Fatal(err)
	}
	want := `### Names, URLs, agents: count

` + differences[countNames] + `

| | web |
|---|---|
| ours | 0.12 s, 12 MB |
| theirs | × 32, memory n/a (misses 1.0 %) |

Measured today.

- web: 1 packet
`
	if out.String() != want {
		t.Errorf("%s", &out)
	}
}

// countTshark counts all values of a field.
func TestCountTshark(t *testing.T) {
	lines := strings.Join([]string{
		"1\t2\t\t\ta.example,b.example\t\t\t\t\t",
		"1\t2\t\t\t\tGET\ta.example\t/\tagent\t",
		"1\t2\t\t\t\t\t\t\t\ta.example",
	}, "\n")
	f, err := countTshark(strings.NewReader(lines))
	if want := (found{Questions: 2, Requests: 1, Hellos: 1}); f != want || err != nil {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := countTshark(strings.NewReader("1\t2")); err == nil {
		t.Error("two fields: no error")
	}
}
