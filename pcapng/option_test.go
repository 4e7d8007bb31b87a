package pcapng_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// collect returns the options of a block.
func collect(b *pcapng.Block) (opts []pcapng.Option) {
	for o := range b.Options() {
		opts = append(opts, o)
	}
	return opts
}

func TestOptions(t *testing.T) {
	both(func(big bool) {
		f := build.Pcapng{BigEndian: big}
		f.Section().Interface(1, 0)
		f.Enhanced(0, 0, []byte("abc"), opt(1, []byte("one")...), opt(1), opt(4, order(big, 1<<40, 8)...), opt(6, order(big, 0x01020304, 4)...))
		b := block(t, &f, pcapng.EnhancedPacket)
		want := []pcapng.Option{
			{Code: 1, Value: []byte("one"), BigEndian: big},
			{Code: 1, Value: []byte{}, BigEndian: big},
			{Code: 4, Value: order(big, 1<<40, 8), BigEndian: big},
			{Code: 6, Value: order(big, 0x01020304, 4), BigEndian: big},
		}
		got := collect(b)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if n, ok := got[2].Uint64(); n != 1<<40 || !ok {
			t.Errorf("Uint64: %d %t", n, ok)
		}
		if n, ok := got[3].Uint32(); n != 0x01020304 || !ok {
			t.Errorf("Uint32: %#x %t", n, ok)
		}
		if _, ok := got[2].Uint32(); ok {
			t.Error("decoded 8 bytes as a Uint32")
		}
		if _, ok := got[3].Uint64(); ok {
			t.Error("decoded 4 bytes as a Uint64")
		}
		if _, _, ok := got[3].ProcessThread(); ok {
			t.Error("decoded 4 bytes as a process and a thread")
		}
	})
}

// "Software that reads these files MUST NOT assume that strings are
// zero-terminated, and MUST treat a zero-value octet as a string terminator"
// (draft section 3.5).
func TestText(t *testing.T) {
	for value, want := range map[string]string{"": "", "plain": "plain", "ended\x00": "ended", "more\x00behind\x00": "more", "\x00": "", "\xff": "\xff"} {
		if got := (pcapng.Option{Value: []byte(value)}).Text(); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// Options need no end-of-options, and bytes after it are ignored.
func TestOptionsEnd(t *testing.T) {
	for _, test := range []struct {
		name  string
		bytes string
		want  int
		err   error
	}{
		{"none", "", 0, nil},
		{"end alone", "\x00\x00\x00\x00", 0, nil},
		{"no end", "\x01\x00\x01\x00x\x00\x00\x00", 1, nil},
		{"bytes after the end", "\x01\x00\x01\x00x\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01\x00y\x00\x00\x00", 1, nil},
		{"junk after the end", "\x00\x00\x00\x00\xff\xff\xff\xff", 0, nil},
		{"runs out", "\x01\x00\x01\x00x\x00\x00\x00\x01\x00\x05\x00yyyy", 1, pcapng.ErrOption},
		{"all that 16 bits say", "\x01\x00\xff\xffabcd", 0, pcapng.ErrOption},
		{"padding that is not zero", "\x01\x00\x01\x00xabc\x01\x00\x01\x00ydef", 2, nil},
	} {
		f := new(build.Pcapng)
		f.Section().Interface(1, 0).Block(6, []uint32{0, 0, 0, 0, 0}, []byte(test.bytes))
		b := block(t, f, pcapng.EnhancedPacket)
		if got := collect(b); len(got) != test.want {
			t.Errorf("%s: %d options, want %d", test.name, len(got), test.want)
		}
		if err := b.Validate(); !errors.Is(err, test.err) || err != nil && !errors.Is(err, pcap.ErrFormat) {
			t.Errorf("%s: %v, want %v", test.name, err, test.err)
		}
		r, err := pcap.NewReaderBytes(f.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		rec, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for range pcapng.PacketOptions(rec) {
			n++
		}
		if err := pcapng.ValidatePacketOptions(rec); n != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: the record has %d options, then %v", test.name, n, err)
		}
	}
}

// Lengths of options (tables in section 4 of the draft): each code is valid
// with these and no others.
func TestOptionLengths(t *testing.T) {
	const any = -1
	for _, test := range []struct {
		typ  uint32
		code uint16
		size int
	}{
		{1, 2, any}, {1, 4, 8}, {1, 5, 17}, {1, 6, 6}, {1, 7, 8}, {1, 8, 8}, {1, 9, 1}, {1, 10, 4}, {1, 13, 1}, {1, 14, 8},
		{1, 15, any}, {1, 16, 8}, {1, 17, 8}, {1, 18, any}, {1, 0x8000, any},
		{6, 2, 4}, {6, 4, 8}, {6, 5, 8}, {6, 6, 4}, {6, 8, 8}, {6, 9, any}, {2, 2, 4}, {2, 4, any},
		{4, 2, any}, {4, 3, 4}, {4, 4, 16}, {5, 2, 8}, {5, 3, 8}, {5, 4, 8}, {5, 5, 8}, {5, 6, 8}, {5, 7, 8}, {5, 8, 8}, {5, 9, any},
		{9, 2, 12}, {9, 3, any}, {10, 2, any},
	} {
		fixed := map[uint32][]uint32{1: {1, 0}, 2: {0, 0, 0, 0, 0}, 4: {0}, 5: {0, 0, 0}, 6: {0, 0, 0, 0, 0}, 10: {1, 0}}[test.typ]
		var data []byte
		if test.typ == 9 {
			data = []byte("__REALTIME_TIMESTAMP=1\n\x00")
		}
		for size := range 40 {
			f := new(build.Pcapng)
			f.Section().Interface(1, 0).Block(test.typ, fixed, data, opt(test.code, make([]byte, size)...))
			blocks, err := read(f.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			b := blocks[len(blocks)-1]
			if err := b.Validate(); (err == nil) != (size == test.size || test.size == any) || err != nil && !errors.Is(err, pcapng.ErrOption) {
				t.Errorf("%s, option %d of %d bytes: %v", b.Type, test.code, size, err)
			}
		}
	}
}
