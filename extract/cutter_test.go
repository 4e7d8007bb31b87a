package extract

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// A cutter cuts a capture into files.
type cutter struct {
	recs []*pcap.Record
}

func newCutter(t testing.TB, name string) *cutter {
	r, err := pcap.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return readCutter(r)
}

func newCutterOf(t testing.TB, b []byte) *cutter {
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	return readCutter(r)
}

func readCutter(r *pcap.Reader) *cutter {
	c := new(cutter)
	for rec, err := range r.All() {
		if err != nil {
			break
		}
		c.recs = append(c.recs, rec.Clone())
	}
	return c
}

// file returns records from and up to to as a file.
func (c *cutter) file(t testing.TB, from, to int) []byte {
	var out bytes.Buffer
	w := pcapng.NewWriter(&out)
	links := map[pcap.LinkType]int{}
	for _, rec := range c.recs[from:to] {
		own := *rec
		own.Options = nil
		n, ok := links[own.LinkType]
		if !ok {
			var err error
			if n, err = w.AddInterface(pcapng.Interface{LinkType: own.LinkType, Resolution: pcapng.Nanoseconds, FCSLen: own.FCSLen}); err != nil {
				t.Fatal(err)
			}
			links[own.LinkType] = n
		}
		own.Interface = n
		if err := w.Write(&own); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// cut returns the files between cuts.
func (c *cutter) cut(t testing.TB, cuts ...int) (files [][]byte) {
	from := 0
	for _, to := range append(cuts, len(c.recs)) {
		if to > from {
			files = append(files, c.file(t, from, to))
		}
		from = to
	}
	return files
}

// stretch multiplies the time between packets.
func (c *cutter) stretch(factor int) {
	first := c.recs[0].Time
	for _, rec := range c.recs {
		rec.Time = first.Add(time.Duration(factor) * rec.Time.Sub(first))
	}
}

// together returns the packets of all captures of testdata, as if they had begun at
// the same time.
func together(t testing.TB) *cutter {
	names, err := filepath.Glob("../testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	all := new(cutter)
	for _, name := range names {
		c := newCutter(t, name)
		shift := start.Sub(c.recs[0].Time)
		for _, rec := range c.recs {
			rec.Time = rec.Time.Add(shift)
		}
		all.recs = append(all.recs, c.recs...)
	}
	all.sort()
	return all
}

func (c *cutter) sort() {
	slices.SortStableFunc(c.recs, func(a, b *pcap.Record) int { return a.Time.Compare(b.Time) })
}

// damage drops one of ten packets, repeats one of twenty much later, and moves some
// a little.
func (c *cutter) damage(rng *rand.Rand) {
	var recs []*pcap.Record
	last := c.recs[len(c.recs)-1].Time.Sub(c.recs[0].Time)
	for _, rec := range c.recs {
		if rng.IntN(10) > 0 {
			recs = append(recs, rec)
		}
		if rng.IntN(20) == 0 {
			again := rec.Clone()
			again.Time = again.Time.Add(time.Duration(rng.Int64N(int64(last))))
			recs = append(recs, again)
		}
	}
	c.recs = recs
	c.sort()
	for _, rec := range c.recs {
		if rng.IntN(10) == 0 {
			rec.Time = rec.Time.Add(-time.Duration(rng.IntN(80)) * time.Millisecond)
		}
	}
}
