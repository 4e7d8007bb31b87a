package pcapng_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// unhex returns the bytes of hexadecimal text with white space in it.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// read returns copies of the blocks of b, and the final error, nil at a clean
// end.
func read(b []byte) (blocks []*pcapng.Block, err error) {
	r := pcapng.NewReaderBytes(b)
	for b, err := range r.Blocks() {
		if err != nil {
			return blocks, err
		}
		own := *b
		blocks = append(blocks, &own)
	}
	return blocks, nil
}

// block returns the only block of type t in a file that build makes.
func block(t *testing.T, f *build.Pcapng, typ pcapng.BlockType) *pcapng.Block {
	t.Helper()
	blocks, err := read(f.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(blocks, func(b *pcapng.Block) bool { return b.Type == typ })
	if i < 0 {
		t.Fatalf("no %s block", typ)
	}
	return blocks[i]
}

// both calls f for each byte order.
func both(f func(big bool)) {
	f(false)
	f(true)
}

func opt(code uint16, value ...byte) build.Option { return build.Option{Code: code, Value: value} }

// everything returns a file with a block of every type, in the given byte
// order, which also applies to numbers in options.
func everything(big bool) []byte {
	f := build.Pcapng{BigEndian: big}
	u32 := func(n uint32) []byte { return order(big, uint64(n), 4) }
	u64 := func(n uint64) []byte { return order(big, n, 8) }
	custom := append(u32(32473), "custom"...)
	f.Section(opt(1, []byte("first")...), opt(2, []byte("x86")...), opt(3, []byte("Plan 9")...), opt(4, []byte("test")...), build.Option{Code: 2988, Value: custom})
	f.Interface(1, 262144,
		opt(1, []byte("uplink")...), opt(2, []byte("eth0")...), opt(3, []byte("first card")...),
		opt(4, 192, 168, 1, 1, 255, 255, 255, 0), build.Option{Code: 5, Value: []byte("\x20\x01\x0d\xb8\x85\xa3\x08\xd3\x13\x19\x8a\x2e\x03\x70\x73\x44\x40")},
		opt(6, 0, 1, 2, 3, 4, 5), opt(7, 2, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x9a, 0xbc), build.Option{Code: 8, Value: u64(100e6)}, opt(9, 9),
		build.Option{Code: 10, Value: u32(3600)}, opt(11, []byte("\x00tcp port 23 and host 192.0.2.5")...), opt(12, []byte("openSUSE 10.2")...), opt(13, 4),
		build.Option{Code: 14, Value: u64(1<<64 - 10)}, opt(15, []byte("Broadcom NetXtreme")...), build.Option{Code: 16, Value: u64(1024000)},
		build.Option{Code: 17, Value: u64(8192000)}, opt(18, []byte("Europe/Berlin")...))
	f.Interface(101, 0)
	f.Block(4, nil, nameRecords(big))
	f.Block(10, []uint32{0x544c534b, 6}, []byte("keys\r\n"), opt(1, []byte("secret")...))
	f.Enhanced(0, 1_700_000_010_123_456_789, []byte("first packet"),
		opt(1, []byte("look here")...), build.Option{Code: 2, Value: u32(0x01000086)}, opt(3, 2, 0xec, 0x1d, 0x87, 0x97),
		build.Option{Code: 4, Value: u64(3)}, build.Option{Code: 5, Value: u64(77)}, build.Option{Code: 6, Value: u32(5)},
		build.Option{Code: 7, Value: append([]byte{2}, u64(2)...)}, opt(7, 0, 9), build.Option{Code: 8, Value: append(u32(1234), u32(0)...)},
		build.Option{Code: 2989, Value: custom}, build.Option{Code: 19372, Value: custom}, opt(0x8001, 1, 2, 3))
	f.Enhanced(1, 1_700_000_000_000_000, []byte("second"))
	drops := uint32(1 | 7<<16)
	if big {
		drops = 1<<16 | 7
	}
	f.Block(2, []uint32{drops, 0, 1e6, 5, 60}, []byte("third"), build.Option{Code: 2, Value: u32(2)})
	f.Simple(6, []byte("fourth"))
	f.Block(9, nil, []byte("__REALTIME_TIMESTAMP=1700000000123456\nMESSAGE=hello\nBYTES\n\x03\x00\x00\x00\x00\x00\x00\x00a\x00b\n\x00\x00"), build.Option{Code: 2, Value: slices.Concat(u32(0), u32(1_700_000_000), u32(123456789))})
	f.Block(5, []uint32{0, 0x0004c396, 0x656a8973}, nil, build.Option{Code: 2, Value: append(u32(0), u32(5)...)},
		build.Option{Code: 4, Value: u64(100)}, build.Option{Code: 7, Value: u64(0)})
	f.Block(0xbad, []uint32{32473}, []byte("copy me"))
	f.Block(0x40000bad, []uint32{32473}, []byte("or not"))
	f.Block(0x80000001, nil, []byte("local use"))
	return f.Bytes()
}

// order returns n as size bytes in a byte order.
func order(big bool, n uint64, size int) []byte {
	var b []byte
	for i := range size {
		b = append(b, byte(n>>(8*i)))
	}
	if big {
		slices.Reverse(b)
	}
	return b
}

// nameRecords returns the body of a name resolution block, with an option.
func nameRecords(big bool) []byte {
	var b []byte
	add := func(code uint64, value string) {
		b = append(append(append(b, order(big, code, 2)...), order(big, uint64(len(value)), 2)...), value...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	add(1, "\x7f\x00\x00\x01localhost\x00loopback\x00")
	add(2, "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x12\x34\x56\x78somehost\x00")
	add(3, "\x02\xca\xff\xee\xf0\x0dteapot under test\x00")
	add(4, "\x02\x34\x56\xff\xfe\x78\x9a\xbcsensor\x00")
	add(99, "later")
	add(0, "")
	add(2, "our_nameserver")
	add(3, "\xc0\xa8\x00\x01")
	add(0, "")
	return b
}

func TestBlocks(t *testing.T) {
	want := []pcapng.BlockType{
		pcapng.SectionHeader, pcapng.InterfaceDescription, pcapng.InterfaceDescription, pcapng.NameResolution,
		pcapng.DecryptionSecrets, pcapng.EnhancedPacket, pcapng.EnhancedPacket, pcapng.Packet, pcapng.SimplePacket,
		pcapng.SystemdJournal, pcapng.InterfaceStatistics, pcapng.Custom, pcapng.CustomNoCopy, 0x80000001,
	}
	both(func(big bool) {
		b := everything(big)
		blocks, err := read(b)
		if err != nil {
			t.Fatal(err)
		}
		var got []pcapng.BlockType
		at := int64(0)
		for _, block := range blocks {
			got = append(got, block.Type)
			if block.Offset != at || block.BigEndian != big || block.Section != 0 {
				t.Errorf("%s: offset %d, want %d; section %d, big-endian %t", block.Type, block.Offset, at, block.Section, block.BigEndian)
			}
			if err := block.Validate(); err != nil {
				t.Error(err)
			}
			at += int64(len(block.Body)) + 12
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

// A stream returns the same as memory, however it is split.
func TestBlocksOfStream(t *testing.T) {
	b := append(everything(false), everything(true)...)
	want, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	for name, src := range map[string]io.Reader{
		"stream": bytes.NewReader(b), "one byte a time": iotest.OneByteReader(bytes.NewReader(b)), "halves": iotest.HalfReader(bytes.NewReader(b)),
	} {
		r := pcapng.NewReader(src)
		var got []*pcapng.Block
		for block, err := range r.Blocks() {
			if err != nil {
				t.Fatal(err)
			}
			own := *block
			own.Body = bytes.Clone(block.Body)
			got = append(got, &own)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(pcapng.Block{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-memory):\n%s", name, diff)
		}
	}
}

// Record returns the records that package pcap reads.
func TestRecord(t *testing.T) {
	b := append(everything(false), everything(true)...)
	packets, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	r := pcapng.NewReaderBytes(b)
	n := 0
	for block, err := range r.Blocks() {
		if err != nil {
			t.Fatal(err)
		}
		got, ok := r.Record(block)
		if !ok {
			continue
		}
		n++
		want, err := packets.Next()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("record %d (-pcap):\n%s", n, diff)
		}
	}
	if n != 8 {
		t.Errorf("%d records, want 8", n)
	}
}

// Packet blocks that Record rejects, and the reasons.
func TestNoRecord(t *testing.T) {
	f := new(build.Pcapng)
	f.Section().Interface(1, 0).Enhanced(1, 0, nil).Block(6, []uint32{0, 0, 0, 5, 5}, nil).Block(6, []uint32{0, 0}, nil).Block(5, []uint32{0, 0, 0}, nil)
	r := pcapng.NewReaderBytes(f.Bytes())
	var got []string
	for b, err := range r.Blocks() {
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := r.Record(b); ok {
			t.Errorf("a record in a %s block at %d", b.Type, b.Offset)
		}
		if err := b.Validate(); err != nil {
			got = append(got, err.Error())
			if !errors.Is(err, pcap.ErrFormat) {
				t.Errorf("%v is not an ErrFormat", err)
			}
		}
	}
	want := []string{
		"pcapng: enhanced packet block at offset 48: malformed: interface 1, but the section has 1",
		"pcapng: enhanced packet block at offset 80: malformed: 5 captured bytes, room for 0",
		"pcapng: enhanced packet block at offset 112: malformed: 8 bytes, but the fixed part needs 20",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Interfaces belong to their section, and are numbered from their description
// on.
func TestInterfacesOfSections(t *testing.T) {
	little := new(build.Pcapng).Section().Interface(1, 0).Enhanced(0, 0, nil).Interface(101, 64).Enhanced(1, 0, nil).Bytes()
	big := build.Pcapng{BigEndian: true}
	big.Section().Interface(113, 0).Enhanced(0, 0, nil)
	r := pcapng.NewReaderBytes(append(little, big.Bytes()...))
	var links [][]pcap.LinkType
	for b, err := range r.Blocks() {
		if err != nil {
			t.Fatal(err)
		}
		if b.Type != pcapng.EnhancedPacket {
			continue
		}
		var now []pcap.LinkType
		for _, i := range r.Interfaces() {
			now = append(now, i.LinkType)
		}
		links = append(links, now)
	}
	if diff := cmp.Diff([][]pcap.LinkType{{1}, {1, 101}, {113}}, links); diff != "" {
		t.Error(diff)
	}
	for _, n := range []int{-1, 1, 1 << 30} {
		if _, ok := r.Interface(n); ok {
			t.Errorf("interface %d of a single one", n)
		}
	}
}

// A thousand interfaces, each with its own clock.
func TestThousandInterfaces(t *testing.T) {
	var f build.Pcapng
	f.Section()
	resolution := func(n int) byte { return []byte{0, 3, 6, 9, 0x80, 0x8a, 0x94}[n%7] }
	offset := func(n int) int64 { return int64(n-500) * 1000 }
	for n := range 1000 {
		f.Interface(uint16(n), 0, opt(9, resolution(n)), build.Option{Code: 14, Value: order(false, uint64(offset(n)), 8)})
	}
	units := map[byte]uint64{0: 1, 3: 1e3, 6: 1e6, 9: 1e9, 0x80: 1, 0x8a: 1 << 10, 0x94: 1 << 20}
	for n := range 1000 {
		f.Enhanced(uint32(n), uint64(n+600)*1000*units[resolution(n)], nil)
	}
	r := pcapng.NewReaderBytes(f.Bytes())
	for b, err := range r.Blocks() {
		if err != nil {
			t.Fatal(err)
		}
		rec, ok := r.Record(b)
		if !ok {
			continue
		}
		n := rec.Interface
		if want := time.Unix(int64(n+600)*1000+offset(n), 0); !rec.Time.Equal(want) || rec.LinkType != pcap.LinkType(n) {
			t.Fatalf("interface %d: time %v, want %v; link type %d", n, rec.Time, want.UTC(), rec.LinkType)
		}
	}
	if got := len(r.Interfaces()); got != 1000 {
		t.Errorf("%d interfaces", got)
	}
}

func TestReaderErrors(t *testing.T) {
	whole := new(build.Pcapng).Section().Interface(1, 0).Enhanced(0, 0, []byte("data")).Bytes()
	for _, test := range []struct {
		name   string
		b      []byte
		want   error
		blocks int
		at     *pcap.Error
	}{
		{"empty", nil, nil, 0, nil},
		{"cut", whole[:len(whole)-1], io.ErrUnexpectedEOF, 2, &pcap.Error{Offset: 48}},
		{"cut in a head", whole[:49], io.ErrUnexpectedEOF, 2, &pcap.Error{Offset: 48}},
		{"too large", append(bytes.Clone(whole), 5, 0, 0, 0, 0, 0, 0, 2), pcap.ErrTooLarge, 3, &pcap.Error{Offset: 84, Record: 1}},
		{"no section", []byte("\x01\x00\x00\x00\x0c\x00\x00\x00\x0c\x00\x00\x00"), pcap.ErrFormat, 0, &pcap.Error{}},
	} {
		blocks, err := read(test.b)
		var at *pcap.Error
		if !errors.Is(err, test.want) || len(blocks) != test.blocks || errors.As(err, &at) != (test.at != nil) {
			t.Errorf("%s: %d blocks, then %v", test.name, len(blocks), err)
			continue
		}
		if test.at != nil && (at.Offset != test.at.Offset || at.Record != test.at.Record) {
			t.Errorf("%s: at %d after %d, want %d after %d", test.name, at.Offset, at.Record, test.at.Offset, test.at.Record)
		}
	}
}

// A file that is still being written.
func TestGrowingInput(t *testing.T) {
	var src bytes.Buffer
	r := pcapng.NewReader(&src)
	b := everything(false)
	got := 0
	for i := range b {
		src.WriteByte(b[i])
		for {
			_, err := r.Next()
			if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got++
		}
	}
	if got != 14 {
		t.Errorf("%d blocks of 14", got)
	}
}

// Parse decodes a block from package pcap.
func TestParse(t *testing.T) {
	both(func(big bool) {
		var got []string
		c := pcap.Config{OnBlock: func(raw pcap.RawBlock) {
			b := pcapng.Parse(raw)
			if s, ok := b.Secrets(); ok {
				got = append(got, s.Type.String(), string(s.Data))
			}
			if err := b.Validate(); err != nil {
				t.Error(err)
			}
		}}
		r, err := c.NewReaderBytes(everything(big))
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range r.All() {
			if err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{"TLS key log", "keys\r\n"}, got); diff != "" {
			t.Error(diff)
		}
	})
}
