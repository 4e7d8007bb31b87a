package event

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/mutate"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// fuzzed are the options of FuzzCapture.
var fuzzed = extract.Options{Stream: stream.Config{Hash: stream.HashSHA256}, Passwords: true}

// What a report promises holds of any capture, however its packets were changed:
// it is read back as written, any number of workers makes it, the packets that its
// evidence names show it, the reports of its conversations add up to it, the file's
// format does not matter, and the work is in proportion to its bytes.
func FuzzCapture(f *testing.F) {
	for _, name := range captures(f) {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if c, err := mutate.Read(b); err == nil && len(b) < 64<<10 {
			f.Add(c.Pcap(), []byte(strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))))
		}
	}
	f.Fuzz(func(t *testing.T, b, program []byte) {
		c, err := mutate.Read(b)
		if err != nil {
			return
		}
		c.Apply(program)
		b = c.Pcap()
		whole := readPcap(t, b, fuzzed)
		want := jsonText(t, whole, true)
		if back, err := extract.ReadJSON(strings.NewReader(want)); err != nil {
			t.Fatalf("written report cannot be read: %v", err)
		} else if got := jsonText(t, back, true); got != want {
			t.Error("read back\n" + firstDifference(want, got))
		}
		switch len(program) % 4 { // one of them each time: they take as long as the rest
		case 0:
			many := fuzzed
			many.Workers = 3
			if got := jsonText(t, readPcap(t, b, many), true); got != want {
				t.Error("with three workers\n" + firstDifference(want, got))
			}
		case 1:
			verified(t, b, whole)
		case 2:
			want = jsonText(t, whole, false)
			if got := jsonText(t, readPcap(t, c.Pcapng(), fuzzed), false); got != want {
				t.Error("as pcapng\n" + firstDifference(want, got))
			}
		case 3:
			addsUp(t, b, whole)
		}
		acceptable(t, Of(whole, Options{}))
		const maxWork, perByte = 4 << 20, 464 // Options.Stream.MaxWork; stream.Stats.Work, and 16 of the reserve
		if work := whole.Unseen.Stream.Work; work > maxWork+perByte*whole.Bytes {
			t.Errorf("work %d for %d bytes", work, whole.Bytes)
		}
	})
}

func readPcap(t *testing.T, b []byte, o extract.Options) *extract.Report {
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	rep, _ := extract.Read(context.Background(), r, o)
	return rep
}

func jsonText(t *testing.T, r *extract.Report, provenance bool) string {
	var b bytes.Buffer
	if err := r.WriteJSON(&b, provenance); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// verified fails the test if the packets that the evidence of an attribute names do
// not show it.
func verified(t *testing.T, b []byte, rep *extract.Report) {
	open := func(int) (*pcap.Reader, error) { return pcap.NewReaderBytes(b) }
	missing, err := Verify(context.Background(), fuzzed, Select(rep, Options{All: true, Detail: Indicators}).Attributes, open)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range missing {
		t.Errorf("%s %q is not found again", a.Type, a.Value)
	}
}

// addsUp fails the test if the reports of two halves of a capture's address pairs do
// not add up to its report.
func addsUp(t *testing.T, b []byte, rep *extract.Report) {
	var parts [2]extract.Extractor
	for i := range parts {
		parts[i].Options = fuzzed
		parts[i].Begin(string(rune('a' + i)))
	}
	var d layers.Decoder
	var p layers.Packet
	r, _ := pcap.NewReaderBytes(b)
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		d.Decode(&p, rec)
		if p.IsFragment() || p.IsTunnelled() {
			return // addresses inside others do not show what belongs together
		}
		parts[half(&p)].Add(&p, rec)
	}
	sum := parts[0].Finish()
	if err := sum.Merge(parts[1].Finish()); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*extract.Report{rep, sum} {
		r.Unseen.Backwards, r.Unseen.Early, r.Unseen.Step = 0, 0, 0 // a part does not show all steps of the clock
	}
	want, got := jsonText(t, rep, false), jsonText(t, sum, false)
	if want != got {
		t.Error("the parts' sum\n" + firstDifference(want, got))
	}
}

// half returns the half of the address pairs that a packet belongs to.
func half(p *layers.Packet) int {
	sum := 0
	if src, dst, ok := p.Addrs(); ok {
		for _, b := range slices.Concat(src.AsSlice(), dst.AsSlice()) {
			sum += int(b)
		}
	}
	return sum % 2
}

// firstDifference returns the first lines in which two texts differ.
func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "want " + a[i] + "\ngot  " + b[i]
		}
	}
	return "one is longer"
}
