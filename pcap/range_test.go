package pcap_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// An outcome is the complete output of reading.
type outcome struct {
	Records []*pcap.Record
	Gaps    []string
	Err     string
}

// sequential reads b with one Reader.
func sequential(c pcap.Config, b []byte) (out outcome) {
	r, err := c.NewReaderBytes(b)
	if err == nil {
		err = out.read(r)
	}
	out.Err = text(err)
	return out
}

// read reads r to its end.
func (o *outcome) read(r *pcap.Reader) error {
	for rec, err := range r.All() {
		var gap *pcap.Gap
		switch {
		case err == nil:
			o.Records = append(o.Records, rec.Clone())
		case errors.As(err, &gap):
			o.Gaps = append(o.Gaps, gap.Error())
		default:
			return err
		}
	}
	return nil
}

// union reads b in ranges.
func union(c pcap.Config, b []byte, ranges []pcap.Range) (out outcome) {
	src, size := bytes.NewReader(b), int64(len(b))
	parts := make([]outcome, len(ranges))
	done, err := c.ReadRanges(src, size, ranges, func(i int, r *pcap.Reader) error {
		parts[i] = outcome{}
		return parts[i].read(r)
	})
	for i := range done {
		for k, rec := range parts[i].Records {
			if rec.Number != 0 {
				return outcome{Err: "a record has a number before it is stitched"}
			}
			rec.Number = done[i].From.Number + int64(k) + 1
		}
		out.Records = append(out.Records, parts[i].Records...)
		out.Gaps = append(out.Gaps, parts[i].Gaps...)
	}
	out.Err = text(err)
	return out
}

func checkRanges(t *testing.T, name string, c pcap.Config, b []byte, ranges []pcap.Range) {
	t.Helper()
	want := sequential(c, b)
	if diff := compare(want, union(c, b, ranges)); diff != "" {
		t.Fatalf("%s, resync %t, %d ranges (-sequential +ranges):\n%s", name, c.Resync, len(ranges), diff)
	}
}

// damage overwrites some bytes of b.
func damage(b []byte, seed uint64, times int) []byte {
	b = bytes.Clone(b)
	r := rand.New(rand.NewPCG(seed, 5))
	for range times {
		if len(b) <= 24 {
			break
		}
		at := 24 + r.IntN(len(b)-24)
		n := copy(b[at:], random(r, 1+r.IntN(40)))
		if r.IntN(4) == 0 {
			b = append(b[:at], b[at+n:]...)
		}
	}
	return b
}

func rangeInputs() map[string][]byte {
	var many build.Pcapng
	many.Section()
	for i := range 300 {
		many.Interface(uint16(i), 0)
		many.Enhanced(uint32(i), uint64(i)*1e6, packet(i, 100+i))
	}
	var long build.Pcapng
	long.Section().Interface(1, 0).Enhanced(0, 1, packet(1, 20)).Block(0xbad, []uint32{1}, bytes.Repeat(sections(), 1200))
	long.Enhanced(0, 2, packet(2, 20)).Interface(1, 0).Enhanced(1, 2, packet(2, 20))
	plain := traffic(11, 300).Bytes()
	ng := bytes.Repeat(sections(), 80)
	embedded, _ := carrier(plain[:100000], 0)
	return map[string][]byte{
		"classic": plain, "damaged": damage(plain, 1, 30), "worse": damage(plain, 2, 400), "cut": plain[:len(plain)-7],
		"pcapng": ng, "damaged pcapng": damage(ng, 3, 30), "interfaces": many.Bytes(), "damaged interfaces": damage(many.Bytes(), 4, 10),
		"long block": long.Bytes(), "small": classic(3), "header": classic(0), "embedded": embedded, "garbage": damage(plain, 5, 10000),
		"large": slices.Concat(plain, make([]byte, 100), plain[24:]),
	}
}

func TestRangesAreWhatOneReaderGives(t *testing.T) {
	for name, b := range rangeInputs() {
		for _, c := range []pcap.Config{{}, resync} {
			for _, n := range []int{1, 3, 8} {
				ranges, err := c.Ranges(bytes.NewReader(b), int64(len(b)), n)
				if err != nil {
					t.Fatal(name, err)
				}
				checkRanges(t, name, c, b, ranges)
			}
		}
	}
}

// Ranges give the same result together, wherever they begin.
func TestWrongRanges(t *testing.T) {
	for name, b := range rangeInputs() {
		for _, c := range []pcap.Config{{}, resync} {
			r := rand.New(rand.NewPCG(9, 9))
			ranges := make([]pcap.Range, 6)
			for i := range ranges {
				ranges[i].From.Offset = r.Int64N(int64(len(b)) + 10)
				ranges[i].From.SectionAt = r.Int64N(3)
				ranges[i].To = r.Int64N(int64(len(b)))
			}
			ranges[5].To = math.MaxInt64
			checkRanges(t, name, c, b, ranges)
		}
	}
}

// An ordinary capture is divided at the requested places, and no range is read
// twice.
func TestRangesOfAnOrdinaryCapture(t *testing.T) {
	var ng build.Pcapng
	ng.Section().Interface(1, 0).Interface(1, 0)
	for i := range 3000 {
		ng.Enhanced(uint32(i%2), uint64(i), packet(i, 700))
	}
	for name, b := range map[string][]byte{"classic": traffic(12, 3000).Bytes(), "pcapng": ng.Bytes()} {
		size := int64(len(b))
		ranges, err := pcap.Config{}.Ranges(bytes.NewReader(b), size, 8)
		if err != nil {
			t.Fatal(err)
		}
		if len(ranges) != 8 {
			t.Fatalf("%s: %d ranges, want 8", name, len(ranges))
		}
		for i, rg := range ranges {
			if at := size / 8 * int64(i); rg.From.Offset < at-1600 || rg.From.Offset > at+1600 {
				t.Errorf("%s: range %d begins at %d, far from %d", name, i, rg.From.Offset, at)
			}
		}
		calls := make([]int, 8)
		if _, err := (pcap.Config{}).ReadRanges(bytes.NewReader(b), size, ranges, func(i int, r *pcap.Reader) error {
			calls[i]++
			_, err := drain(r)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if slices.Max(calls) > 1 {
			t.Errorf("%s: calls %v, want one for each", name, calls)
		}
	}
}

// A panic while a range is read is an error of that range.
func TestRangePanics(t *testing.T) {
	b := traffic(11, 300).Bytes()
	ranges, err := pcap.Config{}.Ranges(bytes.NewReader(b), int64(len(b)), 4)
	if err != nil || len(ranges) < 3 {
		t.Fatal(ranges, err)
	}
	got, err := pcap.Config{}.ReadRanges(bytes.NewReader(b), int64(len(b)), ranges, func(i int, r *pcap.Reader) error {
		if i == 1 {
			panic("out of order")
		}
		_, err := drain(r)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "panic: out of order") || len(got) != 2 {
		t.Errorf("%d ranges, %v", len(got), err)
	}
}

func TestRangesOfCompressed(t *testing.T) {
	for _, b := range [][]byte{gzipped(classic(3)), build.Zstd(classic(3)), []byte("BZh91AY&SY")} {
		if _, err := (pcap.Config{}).Ranges(bytes.NewReader(b), int64(len(b)), 2); !errors.Is(err, pcap.ErrCompressed) {
			t.Errorf("%v, want ErrCompressed", err)
		}
	}
	for _, b := range [][]byte{nil, []byte("x"), []byte("nonsense, longer than a header"), drafted[:20], sections()[:20]} {
		_, want := pcap.NewReaderBytes(b)
		if _, err := (pcap.Config{}).Ranges(bytes.NewReader(b), int64(len(b)), 2); text(err) != text(want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
}

// A Reader can continue where another stopped.
func TestPlace(t *testing.T) {
	for name, b := range rangeInputs() {
		want := sequential(resync, b)
		r, err := resync.NewReaderBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		var got []*pcap.Record
		for i := 0; ; i++ {
			if i%97 == 50 {
				if r, err = resync.OpenRange(bytes.NewReader(b), int64(len(b)), pcap.Range{From: r.Place(), To: math.MaxInt64}); err != nil {
					t.Fatal(name, err)
				}
			}
			rec, err := r.Next()
			if err == nil {
				got = append(got, rec.Clone())
			} else if !errors.As(err, new(*pcap.Gap)) {
				break
			}
		}
		if diff := compare(want.Records, got); diff != "" {
			t.Errorf("%s (-sequential +reopened):\n%s", name, diff)
		}
	}
}

func TestIndex(t *testing.T) {
	for name, b := range rangeInputs() {
		want := sequential(resync, b).Records
		src, size := bytes.NewReader(b), int64(len(b))
		x, err := resync.Index(src, size, 64)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(name, err)
		}
		if n := (len(want) + 63) / 64; len(x.Entries) != n {
			t.Fatalf("%s: %d entries for %d records", name, len(x.Entries), len(want))
		}
		saved, err := x.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		loaded := new(pcap.Index)
		if err := loaded.UnmarshalBinary(saved); err != nil {
			t.Fatal(err)
		}
		if diff := compare(x, loaded); diff != "" {
			t.Fatalf("%s (-saved +loaded):\n%s", name, diff)
		}
		for i := 0; i < len(want); i += 29 {
			r, err := resync.OpenRecord(src, loaded, int64(i)+1)
			if err != nil {
				t.Fatal(name, err)
			}
			rec, err := r.Next()
			if errors.As(err, new(*pcap.Gap)) {
				rec, err = r.Next()
			}
			if err != nil || compare(want[i], rec) != "" {
				t.Fatalf("%s: record %d: %v\n%s", name, i+1, err, compare(want[i], rec))
			}
		}
		if _, err := resync.OpenRecord(src, loaded, int64(len(want))+2); err == nil {
			t.Errorf("%s: opened at a record after the last", name)
		}
		for cut := range min(len(saved), 300) {
			if err := new(pcap.Index).UnmarshalBinary(saved[:cut]); err == nil {
				t.Fatalf("%s: an index of %d of %d bytes was loaded", name, cut, len(saved))
			}
		}
	}
}

func TestIndexByTime(t *testing.T) {
	b := traffic(13, 1000).Bytes()
	x, err := pcap.Config{}.Index(bytes.NewReader(b), int64(len(b)), 100)
	if err != nil {
		t.Fatal(err)
	}
	recs := all(t, b)
	e, ok := x.At(recs[555].Time)
	if !ok || e.Number != 500 || !e.Time.Equal(recs[500].Time) {
		t.Errorf("%+v, %t: want the entry of record 501", e, ok)
	}
	if _, ok := x.At(recs[0].Time.Add(-1)); ok {
		t.Error("an entry before the first record")
	}
}

// The entries of an Index share their common interfaces.
func TestIndexSharesInterfaces(t *testing.T) {
	const n = 1000
	var f build.Pcapng
	f.Section()
	for i := range n {
		f.Interface(1, 0).Enhanced(uint32(i), uint64(i), packet(i, 4))
	}
	b := f.Bytes()
	x, err := pcap.Config{}.Index(bytes.NewReader(b), int64(len(b)), 1)
	if err != nil || len(x.Entries) != n {
		t.Fatal(len(x.Entries), err)
	}
	arrays := map[*int64]bool{}
	for i, e := range x.Entries {
		if len(e.Interfaces) != i { // its own comes after the place
			t.Fatalf("entry %d has %d interfaces", i, len(e.Interfaces))
		}
		if len(e.Interfaces) > 0 {
			arrays[&e.Interfaces[0]] = true
		}
	}
	if len(arrays) > 30 {
		t.Errorf("%d arrays for %d entries", len(arrays), n)
	}
}
