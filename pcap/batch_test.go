package pcap_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// batches returns the records of b, read in batches, and the final error.
func batches(r *pcap.Reader) (recs []*pcap.Record, gaps []int64, err error) {
	var b pcap.Batch
	for {
		err := r.Batch(&b)
		var gap *pcap.Gap
		switch {
		case errors.As(err, &gap):
			gaps = append(gaps, gap.Offset)
			if len(b.Records) > 0 {
				panic("records with a gap")
			}
		case err == io.EOF:
			return recs, gaps, nil
		case err != nil:
			return recs, gaps, err
		}
		for i := range b.Records {
			recs = append(recs, b.Records[i].Clone())
		}
	}
}

func TestBatchesAreWhatNextGives(t *testing.T) {
	damaged := traffic(1, 300).Bytes()
	copy(damaged[all(t, damaged)[200].Offset:], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
	lost := traffic(2, 100).Bytes()
	lost = append(lost[:9000:9000], lost[9300:]...)
	for name, b := range map[string][]byte{
		"lost bytes": lost, "worse": damage(traffic(3, 100).Bytes(), 8, 20), "damaged pcapng": damage(bytes.Repeat(sections(), 20), 9, 12),
		"classic": traffic(1, 400).Bytes(), "small": classic(600), "pcapng": sections(), "cut": classic(9)[:150],
		"gzip": gzipped(classic(200)), "zstd": build.Zstd(classic(200)), "damaged": damaged,
	} {
		for _, c := range []pcap.Config{{}, resync} {
			for _, w := range ways[:2] {
				one, openErr := w.open(c, b)
				if openErr != nil {
					t.Fatal(name, openErr)
				}
				var want []*pcap.Record
				var wantErr error
				var wantGaps []int64
				for rec, err := range one.All() {
					var gap *pcap.Gap
					switch {
					case rec != nil:
						want = append(want, rec.Clone())
					case errors.As(err, &gap):
						wantGaps = append(wantGaps, gap.Offset)
					default:
						wantErr = err
					}
				}
				many, _ := w.open(c, b)
				got, gaps, err := batches(many)
				if diff := compare(want, got) + compare(wantGaps, gaps); diff != "" || text(err) != text(wantErr) {
					t.Fatalf("%s, %s, resync %t: %v, want %v (-next +batch)\n%s", name, w.name, c.Resync, err, wantErr, diff)
				}
			}
		}
	}
}

// OnBlock is called in file order, between the records.
func TestBatchEndsBeforeABlock(t *testing.T) {
	var f build.Pcapng
	f.Section().Interface(1, 0).Enhanced(0, 1, nil).Enhanced(0, 2, nil).Block(5, []uint32{0, 0, 0}, nil).Enhanced(0, 3, nil)
	var seen []uint32
	r, err := pcap.Config{OnBlock: func(b pcap.RawBlock) { seen = append(seen, b.Type) }}.NewReaderBytes(f.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var b pcap.Batch
	for _, want := range []struct{ records, blocks int }{{2, 2}, {1, 3}} {
		if err := r.Batch(&b); err != nil || len(b.Records) != want.records || len(seen) != want.blocks {
			t.Fatalf("%d records, %d blocks, %v; want %+v", len(b.Records), len(seen), err, want)
		}
	}
}

// Several goroutines work on batches while the Reader continues. The race
// detector finds memory that is reused too early.
func TestBatchesInGoroutines(t *testing.T) {
	f := traffic(2, 2000)
	b := f.Bytes()
	want := all(t, b)
	r, err := pcap.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	free, full := make(chan *pcap.Batch, 4), make(chan *pcap.Batch, 4)
	for range 4 {
		free <- new(pcap.Batch)
	}
	var mu sync.Mutex
	var got []*pcap.Record
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for batch := range full {
				var mine []*pcap.Record
				for i := range batch.Records {
					mine = append(mine, batch.Records[i].Clone())
				}
				batch.Release()
				free <- batch
				mu.Lock()
				got = append(got, mine...)
				mu.Unlock()
			}
		})
	}
	for {
		batch := <-free
		if err := r.Batch(batch); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		full <- batch
	}
	close(full)
	wg.Wait()
	slices.SortFunc(got, func(a, b *pcap.Record) int { return int(a.Number - b.Number) })
	if diff := compare(want, got); diff != "" {
		t.Error(diff)
	}
}

// A Batch remains valid while the Reader continues, with Next too, and vice
// versa.
func TestBatchIsImmutable(t *testing.T) {
	b := traffic(3, 2000).Bytes()
	want := all(t, b)
	r, err := pcap.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var kept []*pcap.Batch
	for n := 0; n < len(want); {
		batch := new(pcap.Batch)
		if err := r.Batch(batch); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, batch)
		n += len(batch.Records)
		if rec, err := r.Next(); err == nil {
			n++
			if diff := compare(want[n-1], rec); diff != "" {
				t.Fatal(diff)
			}
		}
	}
	for _, batch := range kept {
		for i := range batch.Records {
			rec := &batch.Records[i]
			if diff := compare(want[rec.Number-1], rec); diff != "" {
				t.Fatal(diff)
			}
		}
		batch.Release()
	}
}

func TestBatchPoison(t *testing.T) {
	r, err := pcap.Config{Poison: true}.NewReaderBytes(classic(3))
	if err != nil {
		t.Fatal(err)
	}
	var b pcap.Batch
	if err := r.Batch(&b); err != nil || len(b.Records) != 3 {
		t.Fatal(len(b.Records), err)
	}
	data := b.Records[2].Data
	b.Release()
	if !bytes.Equal(data, bytes.Repeat([]byte{0xdb}, 12)) {
		t.Errorf("kept bytes are still %x", data)
	}
}

func TestBatchAllocatesNothing(t *testing.T) {
	var f build.Pcap
	for i := range 40000 {
		f.Add(noon, packet(i, 600))
	}
	r, err := pcap.NewReader(bytes.NewReader(f.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var b [2]pcap.Batch
	next := func() {
		for i := range b {
			if err := r.Batch(&b[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 10 {
		next()
	}
	if n := testing.AllocsPerRun(20, next); n != 0 {
		t.Errorf("%v allocations for %d records", n, 2*len(b[0].Records))
	}
}
