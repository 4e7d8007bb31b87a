package pcap_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

// What the programs zstd and bzip2 made of a capture has its records.
func TestCompressionGivesTheSame(t *testing.T) {
	plain, err := os.ReadFile(filepath.Join("..", "testdata", "nano.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	want := all(t, plain)
	for name, compression := range map[string]pcap.Compression{"nano.pcap.zst": pcap.CompressionZstd, "nano.pcap.bz2": pcap.CompressionBzip2} {
		r, err := pcap.Open(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if h := r.Header(); h.Compression != compression || h.Format != pcap.FormatPcap || !h.Nanoseconds {
			t.Errorf("%s: %+v", name, h)
		}
		recs, err := drain(r)
		if diff := compare(want, recs); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	for text, c := range map[string]pcap.Compression{
		"none": pcap.CompressionNone, "gzip": pcap.CompressionGzip, "zstd": pcap.CompressionZstd, "bzip2": pcap.CompressionBzip2, "unknown": 9,
	} {
		if c.String() != text {
			t.Errorf("%v, want %s", c, text)
		}
	}
}

// Frames of zstd follow one another, as pzstd writes them: each after a skippable
// one.
func TestZstdFrames(t *testing.T) {
	b := classic(20)
	const skippable = "\x50\x2a\x4d\x18\x04\x00\x00\x00size"
	parts := bytes.Join([][]byte{[]byte(skippable), build.Zstd(b[:100]), []byte(skippable), build.Zstd(b[100:])}, nil)
	if diff := compare(all(t, b), all(t, parts)); diff != "" {
		t.Error(diff)
	}
}

// A damaged or truncated file returns the records before the damage.
func TestDamagedCompression(t *testing.T) {
	f := traffic(21, 300)
	plain := f.Bytes()
	want := all(t, plain)
	packed := build.Zstd(plain[:len(plain)/2], plain[len(plain)/2:])
	reserved := bytes.Clone(packed)
	reserved[6] |= 3 << 1 // the type of the first block
	for _, test := range []struct {
		name  string
		b     []byte
		least int
		want  error
	}{
		{"cut", packed[:len(packed)*3/4], 100, io.ErrUnexpectedEOF},
		{"cut before the last block", packed[:len(packed)-3], 300, io.ErrUnexpectedEOF},
		{"garbage at the end", append(bytes.Clone(packed), "garbage"...), 300, nil},
		{"a reserved type", reserved, 0, nil},
		{"a dictionary", []byte("\x28\xb5\x2f\xfd\x21\x07\x05\x29\x00\x00hello"), 0, nil},
	} {
		recs, err := read(t, pcap.Config{}, test.b)
		var e *pcap.Error
		if !errors.As(err, &e) || test.want != nil && !errors.Is(err, test.want) || len(recs) < test.least || len(recs) > 0 && compare(want[:len(recs)], recs) != "" {
			t.Errorf("%s: %d records, %v", test.name, len(recs), err)
		}
	}
}

// The end of a growing file in zstd is not final.
func TestGrowingZstd(t *testing.T) {
	plain := classic(40)
	packed := build.Zstd(plain[:500], plain[500:900], plain[900:])
	var src bytes.Buffer
	src.Write(packed[:520])
	r, err := pcap.NewReader(&src)
	if err != nil {
		t.Fatal(err)
	}
	var recs []*pcap.Record
	for rest := packed[520:]; ; {
		more, err := drain(r)
		recs = append(recs, more...)
		if len(rest) == 0 {
			if err != nil {
				t.Error(err)
			}
			break
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
		n := min(100, len(rest))
		src.Write(rest[:n])
		rest = rest[n:]
	}
	if diff := compare(all(t, plain), recs); diff != "" {
		t.Error(diff)
	}
}

// A capture of 64 MiB of zeros, in a few KiB.
func TestZstdBomb(t *testing.T) {
	var f build.Pcap
	parts := [][]byte{f.Bytes()}
	record := new(build.Pcap).Add(noon, make([]byte, 65000)).Bytes()[24:]
	for range 1 << 26 / len(record) {
		parts = append(parts, record[:16], record[16:])
	}
	b := build.Zstd(parts...)
	var err error
	used := fault.Allocated(func() {
		var r *pcap.Reader
		for r, err = pcap.NewReader(bytes.NewReader(b)); err == nil; {
			_, err = r.Next()
		}
	})
	var at *pcap.Error
	if !errors.Is(err, pcap.ErrExpansion) || !errors.As(err, &at) || at.Offset < 15<<20 || at.Offset > 17<<20 {
		t.Errorf("%v, want ErrExpansion after 16 MiB", err)
	}
	if used > 32<<20 { // one and a half windows of 8 MiB, and the smaller memory before
		t.Errorf("%d bytes allocated", used)
	}
}
