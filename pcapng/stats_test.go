package pcapng_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// The examples of isb_starttime and isb_endtime in section 4.6 of the draft, in
// little-endian byte order, with their times.
func TestStatsTimes(t *testing.T) {
	f := new(build.Pcapng).Section().Interface(1, 0)
	f.Block(5, []uint32{0, 0, 0}, nil,
		opt(2, unhex(t, "96c30400 73896a65")...), opt(3, unhex(t, "97c30400 aa47ca64")...))
	r := pcapng.NewReaderBytes(f.Bytes())
	for b, err := range r.Blocks() {
		if err != nil {
			t.Fatal(err)
		}
		s, ok := b.Stats()
		if !ok {
			continue
		}
		i, _ := r.Interface(s.Interface)
		start, end := i.Time(s.Start.N), i.Time(s.End.N)
		if !start.Equal(time.Date(2012, 6, 29, 6, 17, 0, 834163000, time.UTC)) || !s.Start.Known {
			t.Errorf("start %v", start)
		}
		if !end.Equal(time.Date(2012, 6, 29, 7, 28, 25, 298858000, time.UTC)) || !s.End.Known {
			t.Errorf("end %v", end)
		}
		if s.Received.Known || s.Dropped.Known || s.FilterAccept.Known || s.OSDropped.Known || s.Delivered.Known {
			t.Errorf("counters in an empty block: %+v", s)
		}
	}
}

func TestStats(t *testing.T) {
	both(func(big bool) {
		f := build.Pcapng{BigEndian: big}
		f.Section().Interface(1, 0)
		n := func(code uint16, v uint64) build.Option { return build.Option{Code: code, Value: order(big, v, 8)} }
		f.Block(5, []uint32{0, 1, 2}, nil, n(4, 100), n(5, 0), n(6, 1<<40), n(7, 3), n(8, 97), opt(9, 1), opt(1, []byte("dumpcap")...))
		b := block(t, &f, pcapng.InterfaceStatistics)
		got, ok := b.Stats()
		want := pcapng.Stats{
			Time: 1<<32 | 2, Received: pcapng.Known(100), Dropped: pcapng.Known(0), FilterAccept: pcapng.Known(1 << 40),
			OSDropped: pcapng.Known(3), Delivered: pcapng.Known(97),
		}
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Error(ok, diff)
		}
	})
}

func TestStatsDamaged(t *testing.T) {
	f := new(build.Pcapng).Section().Interface(1, 0)
	f.Block(5, []uint32{0, 0}, nil).Block(5, []uint32{1, 0, 0}, nil).Block(5, []uint32{0, 0, 0}, nil, opt(4, 1, 2))
	blocks, err := read(f.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := blocks[2].Stats(); ok {
		t.Error("decoded statistics of 8 bytes")
	}
	if s, ok := blocks[4].Stats(); !ok || s.Received.Known {
		t.Errorf("a counter of 2 bytes: %+v %t", s, ok)
	}
	for _, b := range blocks[2:] {
		if err := b.Validate(); !errors.Is(err, pcap.ErrFormat) {
			t.Errorf("%v", err)
		}
	}
}

func TestWriteStats(t *testing.T) {
	full := pcapng.Stats{
		Time: 1<<40 + 5, Start: pcapng.Known(1<<40 + 1), End: pcapng.Known(1<<40 + 4), Received: pcapng.Known(0), Dropped: pcapng.Known(1),
		FilterAccept: pcapng.Known(2), OSDropped: pcapng.Known(1 << 50), Delivered: pcapng.Known(4),
	}
	both(func(big bool) {
		for _, s := range []pcapng.Stats{{Time: 1}, full} {
			var file bytes.Buffer
			w := pcapng.NewWriter(&file)
			if err := w.WriteStats(s); err == nil {
				t.Error("wrote statistics of a missing interface")
			}
			_, err := w.AddInterface(pcapng.Interface{})
			err = errors.Join(w.BeginSection(pcapng.Section{BigEndian: big}), err)
			if _, e := w.AddInterface(pcapng.Interface{}); e != nil {
				err = e
			}
			if err = errors.Join(err, w.WriteStats(s, pcapng.Comment("end"))); err != nil {
				t.Fatal(err)
			}
			blocks, err := read(file.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			last := blocks[len(blocks)-1]
			got, ok := last.Stats()
			if diff := cmp.Diff(s, got); diff != "" || !ok {
				t.Error(ok, diff)
			}
			if err := last.Validate(); err != nil {
				t.Error(err)
			}
		}
	})
}
