package pcap_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

// fields returns the offsets of the 32-bit numbers in a file's headers:
// lengths, counts, types, times and the rest.
func fields(b []byte) (at []int) {
	if b[0] != 0x0a {
		for i := 0; i < 24; i += 4 {
			at = append(at, i)
		}
	}
	for _, u := range units(b) {
		head := 16
		if b[0] == 0x0a {
			head = min(28, u.end-u.start)
			at = append(at, u.end-4)
		}
		for i := 0; i < head; i += 4 {
			at = append(at, u.start+i)
		}
	}
	return at
}

// Set every number in every header to values that lengths, counts and types
// must not have. Reading ends, memory does not exceed the input and a MiB,
// records do not overlap, and with Resync all bytes are accounted for.
func TestHostileNumbers(t *testing.T) {
	var ng build.Pcapng
	ng.Section(build.Option{Code: 4, Value: []byte("program")}).Interface(1, 96, build.Option{Code: 9, Value: []byte{9}})
	for i := range 6 {
		ng.Enhanced(0, uint64(i), packet(i, 40+i), build.Option{Code: 1, Value: []byte("comment")})
	}
	ng.Simple(50, packet(7, 50)).Block(2, []uint32{0, 0, 7, 4, 4}, packet(8, 4))
	ng.Block(4, []uint32{1 | 8<<16, 0x0100007f, 0x00636261, 0}, nil).Block(10, []uint32{0x544c534b, 4}, []byte("keys"))
	ng.Block(5, []uint32{0, 0, 1}, nil, build.Option{Code: 4, Value: make([]byte, 8)})
	r := rand.New(rand.NewPCG(31, 7))
	for name, b := range map[string][]byte{"classic": classic(8), "pcapng": ng.Bytes(), "sections": sections()} {
		for i, at := range fields(b) {
			if i%fault.Size(1, 5) > 0 {
				continue
			}
			before := binary.LittleEndian.Uint32(b[at:])
			for _, v := range []uint32{0, 1, 3, 4, 0xffff, 0x10000, 1 << 30, 1<<31 - 1, 1 << 31, 1<<32 - 1, r.Uint32(), before + 1, before - 1, before + 4} {
				hostile := bytes.Clone(b)
				binary.LittleEndian.PutUint32(hostile[at:], v)
				survive(t, fmt.Sprintf("%s, %#x at %d", name, v, at), hostile)
			}
		}
	}
}

// survive reads hostile input in all modes.
func survive(t *testing.T, name string, b []byte) {
	t.Helper()
	for _, c := range []pcap.Config{{}, resync, {OnBlock: func(pcap.RawBlock) {}, Resync: true}} {
		n := fault.Allocated(func() {
			if r, err := c.NewReader(bytes.NewReader(b)); err == nil {
				for range r.All() {
				}
			}
		})
		var out outcome
		r, err := c.NewReader(bytes.NewReader(b))
		if err == nil {
			err = out.read(r)
		}
		if n > uint64(len(b)+1<<20) {
			t.Errorf("%s: %d bytes allocated for %d", name, n, len(b))
		}
		var e *pcap.Error
		if err != nil && (!errors.As(err, &e) || e.Offset < 0 || e.Offset > int64(len(b)) || e.Record != int64(len(out.Records))) {
			t.Errorf("%s: error %v after %d records", name, err, len(out.Records))
		}
		for i, rec := range out.Records {
			if rec.Offset+int64(len(rec.Data)) > int64(len(b)) || i > 0 && rec.Offset < out.Records[i-1].Offset+int64(len(out.Records[i-1].Data)) {
				t.Errorf("%s: record %d overlaps", name, i+1)
			}
		}
		if c.Resync && err == nil {
			account(t, name, c, b)
		}
	}
}

// account checks that records and gaps cover all of a classic file.
func account(t *testing.T, name string, c pcap.Config, b []byte) {
	t.Helper()
	r, err := c.NewReaderBytes(b)
	if err != nil || r.Header().Format != pcap.FormatPcap {
		return
	}
	header := int64(16)
	if r.Header().Modified {
		header = 24
	}
	at := int64(24)
	for {
		rec, err := r.Next()
		var gap *pcap.Gap
		begin, length := at, int64(0)
		switch {
		case errors.As(err, &gap):
			begin, length = gap.Offset, gap.Length
		case err != nil:
			if at != int64(len(b)) {
				t.Errorf("%s: ended at %d of %d: %v", name, at, len(b), err)
			}
			return
		default:
			begin, length = rec.Offset, header+int64(len(rec.Data))
		}
		if begin != at || length <= 0 {
			t.Fatalf("%s: %d bytes at %d, want offset %d", name, length, begin, at)
		}
		at += length
	}
}

// Damage all over a file takes as long as damage in one place.
func TestResyncIsLinear(t *testing.T) {
	f := new(build.Pcap)
	for i := range 20000 {
		f.Add(noon.Add(time.Duration(i)*time.Microsecond), packet(i, 40))
	}
	b := f.Bytes()
	took := func(every int) time.Duration {
		damaged := bytes.Clone(b)
		for at, i := 24, 0; at < len(b); at, i = at+56, i+1 {
			if i%every == every-1 {
				binary.LittleEndian.PutUint32(damaged[at+8:], 1<<30) // and a length on the wire that leads far away
				binary.LittleEndian.PutUint32(damaged[at+12:], uint32(200000+i%7))
			}
		}
		r, err := resync.NewReaderBytes(damaged)
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		gaps := 0
		for _, err := range r.All() {
			if err != nil {
				gaps++
			}
		}
		if want := 20000 / every; gaps < want*9/10 || gaps > want {
			t.Errorf("%d gaps, want about %d", gaps, want)
		}
		return time.Since(begin)
	}
	few, many := took(2000), took(4)
	// A quadratic algorithm takes a thousand times as long.
	if many > 20*few+time.Second {
		t.Errorf("5000 gaps took %v, 10 took %v", many, few)
	}
}

// A file that is expensive to search: every place is a candidate.
func TestCandidatesEverywhere(t *testing.T) {
	header := []byte{1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0} // plausible at any alignment
	b := append(classic(0), bytes.Repeat(header, 1<<15)...)
	ones := append(classic(0), bytes.Repeat([]byte{1, 0, 0, 0}, 1<<17)...)
	copy(b[24+8:], "\xff\xff\xff\xff")
	copy(ones[24+8:], "\xff\xff\xff\xff")
	for name, b := range map[string][]byte{"headers": b, "ones": ones} {
		survive(t, name, b)
		checkRanges(t, name, resync, b, []pcap.Range{{To: 300000}, {From: pcap.Place{Offset: 300001}, To: int64(len(b))}})
	}
}

func TestLongChainOfSmallBlocks(t *testing.T) {
	var f build.Pcapng
	f.Section().Interface(1, 0)
	for range 100000 {
		f.Block(77, nil, nil)
	}
	f.Enhanced(0, 1, packet(1, 8))
	b := f.Bytes()
	if recs := all(t, b); len(recs) != 1 {
		t.Errorf("%d records after 100,000 empty blocks", len(recs))
	}
	survive(t, "blocks", b)
}
