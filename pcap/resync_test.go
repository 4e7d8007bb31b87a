package pcap_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

var resync = pcap.Config{Resync: true}

// A piece is a record or a gap.
type piece struct {
	Offset, Length int64 // of a gap; 0 for a record
	Number         int64
}

// pieces returns the output of a Reader with Resync, and the final error.
func pieces(t *testing.T, b []byte) (got []piece, err error) {
	t.Helper()
	for i, w := range ways[:2] {
		var now []piece
		r, nowErr := w.open(resync, b)
		for nowErr == nil {
			var rec *pcap.Record
			var gap *pcap.Gap
			switch rec, nowErr = r.Next(); {
			case nowErr == nil:
				now = append(now, piece{rec.Offset, 0, rec.Number})
			case errors.As(nowErr, &gap):
				now = append(now, piece{gap.Offset, gap.Length, 0})
				nowErr = nil
			}
		}
		if nowErr == io.EOF {
			nowErr = nil
		}
		if i == 0 {
			got, err = now, nowErr
			continue
		}
		if diff := compare(got, now); diff != "" || text(err) != text(nowErr) {
			t.Fatalf("%s differs from memory: %v, %v\n%s", w.name, err, nowErr, diff)
		}
	}
	return got, err
}

// want returns the records at offsets as pieces, with a gap before the one at
// index i.
func want(offsets []int64, gapAt int, gap piece) (out []piece) {
	for i, offset := range offsets {
		if i == gapAt {
			out = append(out, gap)
		}
		out = append(out, piece{offset, 0, int64(i) + 1})
	}
	if gapAt == len(offsets) {
		out = append(out, gap)
	}
	return out
}

func offsets(recs []*pcap.Record, without ...int) (out []int64) {
	for i, rec := range recs {
		if len(without) == 0 || i != without[0] {
			out = append(out, rec.Offset)
		}
	}
	return out
}

// traffic returns a capture of n packets of random bytes and length.
func traffic(seed uint64, n int) *build.Pcap {
	r := rand.New(rand.NewPCG(seed, 1))
	f := new(build.Pcap)
	for i := range n {
		f.Add(noon.Add(time.Duration(i)*time.Millisecond), random(r, r.IntN(1500)))
	}
	return f
}

func random(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestResyncChangesNothingWithoutDamage(t *testing.T) {
	for name, b := range map[string][]byte{"classic": traffic(1, 1000).Bytes(), "small": classic(50), "one": classic(1), "pcapng": sections()} {
		recs := all(t, b)
		got, err := pieces(t, b)
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := compare(want(offsets(recs), -1, piece{}), got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// An overwritten header loses only its record.
func TestResyncOverwrittenHeader(t *testing.T) {
	for _, n := range []int{2, 20, 500} {
		b := traffic(2, n).Bytes()
		recs := all(t, b)
		r := rand.New(rand.NewPCG(3, uint64(n)))
		for range 6 {
			k := r.IntN(n)
			damaged := bytes.Clone(b)
			at := int(recs[k].Offset)
			for i := range 16 {
				damaged[at+i] = byte(r.Uint32()) | 1<<7 // lengths that are too large
			}
			end := int64(len(b))
			if k+1 < n {
				end = recs[k+1].Offset
			}
			got, err := pieces(t, damaged)
			if err != nil {
				t.Fatal(err)
			}
			if diff := compare(want(offsets(recs, k), k, piece{int64(at), end - int64(at), 0}), got); diff != "" {
				t.Fatalf("record %d of %d (-want +got):\n%s", k, n, diff)
			}
		}
	}
}

// Missing bytes in a packet make its length wrong: the record is in the gap,
// the next one is not.
func TestResyncLostBytes(t *testing.T) {
	b := traffic(4, 200).Bytes()
	recs := all(t, b)
	for k := 10; k < 190; k += 7 {
		n := len(recs[k].Data) / 2
		if n < 20 {
			continue
		}
		at := int(recs[k].Offset) + 16
		damaged := append(bytes.Clone(b[:at]), b[at+n:]...)
		got, err := pieces(t, damaged)
		if err != nil {
			t.Fatal(err)
		}
		left := offsets(recs, k)
		for i := k; i < len(left); i++ {
			left[i] -= int64(n)
		}
		gap := piece{recs[k].Offset, left[k] - recs[k].Offset, 0}
		if diff := compare(want(left, k, gap), got); diff != "" {
			t.Errorf("record %d lost %d bytes (-want +got):\n%s", k, n, diff)
		}
	}
}

// Damage of different kinds in many places loses only the damaged records.
func TestResyncManyPlaces(t *testing.T) {
	b := traffic(14, 400).Bytes()
	recs := all(t, b)
	for name, wound := range map[string]func(r *rand.Rand, rec []byte) []byte{
		"captured length": func(_ *rand.Rand, rec []byte) []byte {
			binary.LittleEndian.PutUint32(rec[8:], 1<<31)
			return rec
		},
		"whole header": func(_ *rand.Rand, rec []byte) []byte {
			copy(rec, bytes.Repeat([]byte{0xff}, 16))
			return rec
		},
		"garbage in place of it": func(r *rand.Rand, rec []byte) []byte {
			garbage := random(r, 30+r.IntN(400))
			garbage[11] |= 1 // so its length is too large
			return garbage
		},
	} {
		r := rand.New(rand.NewPCG(15, 1))
		damaged := bytes.Clone(b[:24])
		var expected []piece
		for i, rec := range recs {
			record := bytes.Clone(b[rec.Offset : rec.Offset+16+int64(len(rec.Data))])
			at := int64(len(damaged))
			if i%20 == 13 {
				record = wound(r, record)
				expected = append(expected, piece{at, int64(len(record)), 0})
			} else {
				expected = append(expected, piece{at, 0, int64(i - (i+6)/20 + 1)})
			}
			damaged = append(damaged, record...)
		}
		got, err := pieces(t, damaged)
		if err != nil {
			t.Fatal(err)
		}
		if diff := compare(expected, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A hole of zeros is a single gap, however many records it replaces.
func TestResyncHole(t *testing.T) {
	b := traffic(5, 500).Bytes()
	recs := all(t, b)
	damaged := bytes.Clone(b)
	from, to := int(recs[100].Offset), int(recs[140].Offset)+300
	clear(damaged[from:to])
	got, err := pieces(t, damaged)
	if err != nil {
		t.Fatal(err)
	}
	next := 140
	for recs[next].Offset < int64(to) {
		next++
	}
	left := append(offsets(recs[:100]), offsets(recs[next:])...)
	if diff := compare(want(left, 100, piece{int64(from), recs[next].Offset - int64(from), 0}), got); diff != "" {
		t.Error(diff)
	}
}

// carrier returns a capture in which packet 10 holds a whole capture of inner
// packets, followed by tail bytes.
func carrier(inner []byte, tail int) (b []byte, at int) {
	f := traffic(6, 10)
	at = len(f.Bytes())
	f.Add(noon.Add(time.Second), append(bytes.Clone(inner), make([]byte, tail)...))
	for i := range 10 {
		f.Add(noon.Add(time.Duration(2+i)*time.Second), packet(i, 100+i))
	}
	return f.Bytes(), at
}

func TestResyncCaptureInAPacket(t *testing.T) {
	inner := traffic(7, 40).Bytes()
	for _, tail := range []int{0, 4, 33} {
		b, at := carrier(inner, tail)
		recs := all(t, b)
		for name, damage := range map[string]func(b []byte){
			"captured length":            func(b []byte) { copy(b[at+8:], "\xff\xff\xff\xff") },
			"whole header":               func(b []byte) { copy(b[at:], bytes.Repeat([]byte{0xff}, 16)) },
			"header of the record after": func(b []byte) { copy(b[recs[11].Offset:], bytes.Repeat([]byte{0xff}, 16)) },
		} {
			damaged := bytes.Clone(b)
			damage(damaged)
			got, err := pieces(t, damaged)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range got {
				if p.Number > 0 && p.Offset > int64(at) && p.Offset < int64(at+16+len(inner)+tail) {
					t.Fatalf("%s, %d bytes after: a record at %d, inside the packet at %d", name, tail, p.Offset, at)
				}
			}
			if lost := len(recs) - countRecords(got); lost > 1 && (name != "whole header" || tail > 0) {
				t.Errorf("%s, %d bytes after: %d records lost", name, tail, lost)
			}
		}
	}
}

func countRecords(ps []piece) (n int) {
	for _, p := range ps {
		if p.Number > 0 {
			n++
		}
	}
	return n
}

func TestResyncPcapng(t *testing.T) {
	var f build.Pcapng
	f.Section().Interface(1, 0)
	inner := sections()
	for i := range 50 {
		f.Enhanced(0, uint64(i), append(packet(i, 60+i), inner...))
	}
	b := f.Bytes()
	recs := all(t, b)
	for k := 0; k < 49; k += 6 {
		at := recs[k].Offset
		for name, damage := range map[string]func(b []byte){
			"type":      func(b []byte) { b[0] = 77; b[4] = 0xff },
			"length":    func(b []byte) { b[4]++ },
			"zero":      func(b []byte) { clear(b[:8]) },
			"huge":      func(b []byte) { b[7] = 0x7f },
			"end":       func(b []byte) { b[binary.LittleEndian.Uint32(b[4:])-1]++ },
			"captured":  func(b []byte) { b[23] = 1 },
			"interface": func(b []byte) { b[8] = 9 },
		} {
			damaged := bytes.Clone(b)
			damage(damaged[at:])
			got, err := pieces(t, damaged)
			if err != nil {
				t.Fatal(err)
			}
			if diff := compare(want(offsets(recs, k), k, piece{at, recs[k+1].Offset - at, 0}), got); diff != "" {
				t.Errorf("%s of record %d (-want +got):\n%s", name, k, diff)
			}
		}
	}
}

// An unreadable section header loses its section, because the interfaces of its
// packets are unknown.
func TestResyncLostSection(t *testing.T) {
	one, two := sections(), bytes.Clone(sections())
	two[8] = 0 // byte-order magic of its first section
	got, err := pieces(t, append(append(bytes.Clone(one), two...), one...))
	if err != nil {
		t.Fatal(err)
	}
	size := int64(len(one))
	big := int64(bytes.Index(two, []byte{0x1a, 0x2b, 0x3c, 0x4d})) - 8
	first := offsets(all(t, one))
	left := append([]int64{}, first...)
	left = append(left, size+first[3])
	for _, o := range first {
		left = append(left, 2*size+o)
	}
	if diff := compare(want(left, 4, piece{size, big, 0}), got); diff != "" {
		t.Error(diff)
	}
}

// Truncation is not a gap: the input may grow.
func TestResyncCut(t *testing.T) {
	for name, b := range map[string][]byte{"classic": traffic(8, 20).Bytes(), "pcapng": sections()} {
		recs := all(t, b)
		got, err := pieces(t, b[:len(b)-5])
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(got) != len(recs)-1 {
			t.Errorf("%s: %d of %d records, %v", name, len(got), len(recs), err)
		}
	}
}

func TestResyncGarbageBehind(t *testing.T) {
	b := traffic(9, 20).Bytes()
	recs := all(t, b)
	garbage := bytes.Repeat([]byte{0xff}, 1<<20)
	got, err := pieces(t, append(bytes.Clone(b), garbage...))
	if err != nil {
		t.Fatal(err)
	}
	if diff := compare(want(offsets(recs), 20, piece{int64(len(b)), 1 << 20, 0}), got); diff != "" {
		t.Error(diff)
	}
}

func TestGapText(t *testing.T) {
	b := classic(3)
	copy(b[24+8:], "\xff\xff\xff\xff")
	r, err := resync.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Next()
	const text = "pcap: gap of 26 bytes at offset 24: record of 4294967295 bytes is larger than the limit of 262144"
	if !errors.Is(err, pcap.ErrTooLarge) || err.Error() != text {
		t.Errorf("%v, want %s", err, text)
	}
}
