package pcap_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

// seeds are captures of every kind, complete and truncated, and small ones of
// real programs.
func seeds(t testing.TB) [][]byte {
	var oldest, modified, fcs build.Pcap
	oldest.Minor = 2
	oldest.AddRaw([]uint32{1, 2, 60, 4}, packet(1, 4))
	modified.Magic = 0xa1b2cd34
	modified.AddRaw([]uint32{1, 2, 4, 60, 3, 8}, packet(1, 4))
	fcs.LinkType = 1 | 1<<26 | 2<<28
	nanos := build.Pcap{BigEndian: true, Nanoseconds: true}
	var other build.Pcapng
	other.Section().Interface(1, 0).Block(2, []uint32{0, 1, 2, 4, 60}, packet(1, 4)).Block(5, []uint32{0, 1, 2}, nil)
	all := [][]byte{
		classic(4), oldest.Bytes(), modified.Bytes(), fcs.Add(noon, packet(1, 9)).Bytes(), nanos.Add(noon, packet(1, 9)).Bytes(),
		modified.Bytes()[:24+16], sections(), other.Bytes(), gzipped(classic(3)), gzipped(sections()), build.Zstd(classic(3)), drafted,
	}
	for _, b := range all {
		all = append(all, b[:len(b)-3], b[:len(b)/2])
	}
	liars := liars()
	for _, name := range slices.Sorted(maps.Keys(liars)) {
		all = append(all, liars[name])
	}
	for _, name := range []string{"dhcp.pcap", "gzipped.pcap.gz", "raw.pcap", "snaplen.pcap", "tls-secrets.pcapng", "two-interfaces.pcapng"} {
		b, err := os.ReadFile("../testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// FuzzReader reads any input in every way, with the same result, and with
// memory that does not exceed the input.
func FuzzReader(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n := fault.Allocated(func() {
			r, err := pcap.NewReader(bytes.NewReader(b))
			for err == nil {
				_, err = r.Next()
			}
		})
		// An input may describe an interface every 20 bytes, each of which
		// takes about 100 bytes of memory.
		if limit := uint64(1<<20 + 20*len(b)); n > limit && !compressed(b) {
			t.Errorf("%d bytes allocated for an input of %d", n, len(b))
		}
		recs, err := read(t, pcap.Config{}, b)
		for i, rec := range recs {
			if rec.Number != int64(i)+1 || rec.WireLen < 0 || len(rec.Data) > 262144 {
				t.Fatalf("record %d: number %d, %d of %d bytes", i+1, rec.Number, len(rec.Data), rec.WireLen)
			}
			if i > 0 && rec.Offset <= recs[i-1].Offset {
				t.Fatalf("record %d begins at %d, the previous one at %d", i+1, rec.Offset, recs[i-1].Offset)
			}
		}
		if e, ok := err.(*pcap.Error); ok && e.Record != int64(len(recs)) {
			t.Fatalf("%v after %d records", e, len(recs))
		}
		if _, err := pieces(t, b); err == nil && !compressed(b) {
			account(t, "resync", resync, b)
		}
	})
}

// compressed reports whether b begins like a compressed file.
func compressed(b []byte) bool {
	if len(b) < 4 {
		return bytes.HasPrefix(b, []byte{0x1f, 0x8b})
	}
	return b[0] == 0x1f && b[1] == 0x8b || string(b[:3]) == "BZh" || string(b[:4]) == "\x28\xb5\x2f\xfd" || b[0]>>4 == 5 && string(b[1:4]) == "\x2a\x4d\x18"
}

// FuzzRanges reads any input in ranges that begin anywhere: together they equal
// the output of a single Reader.
func FuzzRanges(f *testing.F) {
	for i, b := range seeds(f) {
		f.Add(b, uint64(i))
		if len(b) > 30 {
			f.Add(damage(b, uint64(i), 1+i%3), uint64(i))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		if compressed(b) {
			return
		}
		r := rand.New(rand.NewPCG(seed, 0))
		for _, c := range []pcap.Config{{}, resync} {
			guessed, err := c.Ranges(bytes.NewReader(b), int64(len(b)), 2+r.IntN(4))
			if err == nil {
				checkRanges(t, "guessed", c, b, guessed)
			}
			wrong := make([]pcap.Range, 1+r.IntN(5))
			for i := range wrong {
				wrong[i].From = pcap.Place{Offset: r.Int64N(int64(len(b)) + 2), Section: r.IntN(3) - 1}
				wrong[i].To = r.Int64N(int64(len(b)) + 2)
			}
			wrong[len(wrong)-1].To = int64(len(b))
			checkRanges(t, "wrong", c, b, wrong)
		}
	})
}
