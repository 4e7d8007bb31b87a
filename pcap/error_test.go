package pcap_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

func TestNoCapture(t *testing.T) {
	for _, test := range []struct {
		name, input string
		want        error
		text        string
	}{
		{"empty", "", pcap.ErrMagic, "pcap: offset 0, after 0 records: not a capture file: only 0 bytes"},
		{"short", "\xd4\xc3\xb2", pcap.ErrMagic, "pcap: offset 0, after 0 records: not a capture file: only 3 bytes"},
		{"unknown", "\x01\x02\x03\x04\x05", pcap.ErrMagic, "pcap: offset 0, after 0 records: not a capture file: it begins with 0x01020304"},
		{"lz4", "\x04\x22\x4d\x18\x64\x40", pcap.ErrMagic, "pcap: offset 0, after 0 records: not a capture file: it is an lz4 file: decompress it first"},
		{"half of zstd", "\x28\xb5\x2f\xfd\x04\x00", io.ErrUnexpectedEOF, "pcap: offset 0, after 0 records: zstd: unexpected EOF"},
		{"half of bzip2", "BZh91AY", io.ErrUnexpectedEOF, "pcap: offset 0, after 0 records: bzip2: unexpected EOF"},
		{"half a header", string(drafted[:13]), io.ErrUnexpectedEOF, "pcap: offset 0, after 0 records: file header has 13 of 24 bytes: unexpected EOF"},
		{"half a section", string(sections()[:20]), io.ErrUnexpectedEOF, "pcap: offset 0, after 0 records: section header: unexpected EOF"},
	} {
		_, err := read(t, pcap.Config{}, []byte(test.input))
		var at *pcap.Error
		if !errors.Is(err, test.want) || !errors.As(err, &at) || err.Error() != test.text {
			t.Errorf("%s: error %v, want %s", test.name, err, test.text)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	if _, err := pcap.Open(t.TempDir() + "/absent"); err == nil {
		t.Error("opened a missing file")
	}
	if _, err := pcap.Open(t.TempDir()); err == nil {
		t.Error("opened a directory")
	}
}

// A unit is a record or block after the first header of a file.
type unit struct {
	start, end int
	packet     bool
}

// units returns the units of an undamaged file.
func units(b []byte) (units []unit) {
	le := binary.LittleEndian
	if le.Uint32(b) != 0x0a0d0d0a {
		for at := 24; at < len(b); {
			end := at + 16 + int(le.Uint32(b[at+8:]))
			units = append(units, unit{at, end, true})
			at = end
		}
		return units
	}
	var order binary.ByteOrder = le
	for at := 0; at < len(b); {
		if order = le; bytes.Contains(b[:at+12], []byte{0x1a, 0x2b, 0x3c, 0x4d}) { // sections puts the big-endian one last
			order = binary.BigEndian
		}
		typ := order.Uint32(b[at:])
		end := at + int(order.Uint32(b[at+4:]))
		units = append(units, unit{at, end, typ == 3 || typ == 6})
		at = end
	}
	return units
}

// A capture truncated anywhere returns all complete records, and never looks
// complete.
func TestCutAtEveryByte(t *testing.T) {
	for name, b := range map[string][]byte{"classic": classic(5), "pcapng": sections()} {
		whole, units := all(t, b), units(b)
		for cut := range len(b) {
			recs, err := read(t, pcap.Config{}, b[:cut])
			at := slices.IndexFunc(units, func(u unit) bool { return cut < u.end })
			wantRecs := 0
			for _, u := range units[:at] {
				if u.packet {
					wantRecs++
				}
			}
			if diff := compare(whole[:wantRecs], append([]*pcap.Record{}, recs...)); diff != "" {
				t.Fatalf("%s truncated at %d:\n%s", name, cut, diff)
			}
			switch start := units[at].start; {
			case cut == start && cut > 0: // between two units
				if err != nil {
					t.Fatalf("%s truncated at %d, where a record begins: %v", name, cut, err)
				}
			case cut < 4:
				if !errors.Is(err, pcap.ErrMagic) {
					t.Fatalf("%s truncated at %d: %v, want ErrMagic", name, cut, err)
				}
			default:
				if cut < 24 { // the file header of a classic file
					start = 0
				}
				var e *pcap.Error
				if !errors.As(err, &e) || !errors.Is(err, io.ErrUnexpectedEOF) || e.Offset != int64(start) || e.Record != int64(wantRecs) {
					t.Fatalf("%s truncated at %d: %v, want unexpected EOF at offset %d after %d records", name, cut, err, start, wantRecs)
				}
			}
		}
	}
}

func TestDamage(t *testing.T) {
	ng := func(f func(p *build.Pcapng)) []byte {
		var p build.Pcapng
		p.Section().Interface(1, 0).Enhanced(0, 1, packet(1, 8)) // 28 + 20 + 40 bytes
		f(&p)
		return p.Bytes()
	}
	edit := func(b []byte, at int, v uint32) []byte {
		b = bytes.Clone(b)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	two := ng(func(p *build.Pcapng) { p.Enhanced(0, 2, packet(2, 8)) })
	for _, test := range []struct {
		name   string
		input  []byte
		want   error
		offset int64
		record int64
	}{
		{"record too large", edit(classic(3), 24+26+27+8, 262145), pcap.ErrTooLarge, 77, 2},
		{"block too large", edit(two, 92, 1<<30), pcap.ErrTooLarge, 88, 1},
		{"block of length 0", edit(two, 92, 0), pcap.ErrFormat, 88, 1},
		{"block of length 11", edit(two, 92, 11), pcap.ErrFormat, 88, 1},
		{"lengths differ", edit(two, 124, 44), pcap.ErrFormat, 88, 1},
		{"captured beyond the block", edit(two, 108, 9), pcap.ErrFormat, 88, 1},
		{"no such interface", edit(two, 96, 1), pcap.ErrFormat, 88, 1},
		{"interface without link type", ng(func(p *build.Pcapng) { p.Block(1, nil, nil) }), pcap.ErrFormat, 88, 1},
		{"option beyond the block", ng(func(p *build.Pcapng) {
			p.Block(1, []uint32{1, 0, 9 | 5<<16}, nil)
		}), pcap.ErrFormat, 88, 1},
		{"short enhanced packet", ng(func(p *build.Pcapng) { p.Block(6, []uint32{0, 0, 0, 0}, nil) }), pcap.ErrFormat, 88, 1},
		{"short simple packet", ng(func(p *build.Pcapng) { p.Block(3, nil, nil) }), pcap.ErrFormat, 88, 1},
		{"section of version 2.0", ng(func(p *build.Pcapng) {
			p.Block(0x0a0d0d0a, []uint32{0x1a2b3c4d, 2, 0xffffffff, 0xffffffff}, nil)
		}), pcap.ErrVersion, 88, 1},
		{"section without byte order", ng(func(p *build.Pcapng) {
			p.Block(0x0a0d0d0a, []uint32{0, 1, 0xffffffff, 0xffffffff}, nil)
		}), pcap.ErrFormat, 88, 1},
		{"short section", ng(func(p *build.Pcapng) { p.Block(0x0a0d0d0a, []uint32{0x1a2b3c4d, 1}, nil) }), pcap.ErrFormat, 88, 1},
	} {
		recs, err := read(t, pcap.Config{}, test.input)
		var e *pcap.Error
		if !errors.Is(err, test.want) || !errors.As(err, &e) || e.Offset != test.offset || e.Record != test.record {
			t.Errorf("%s: %v, want %v at offset %d after %d records", test.name, err, test.want, test.offset, test.record)
		}
		if int64(len(recs)) != test.record {
			t.Errorf("%s: %d records before the damage, want %d", test.name, len(recs), test.record)
		}
	}
}

// Damage is sticky: another call returns the same error, not the bytes after
// it.
func TestDamageIsKept(t *testing.T) {
	b := classic(3)
	binary.LittleEndian.PutUint32(b[24+8:], 1<<31)
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	_, first := r.Next()
	_, second := r.Next()
	if first == nil || text(first) != text(second) {
		t.Errorf("first %v, then %v", first, second)
	}
}
