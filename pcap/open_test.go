package pcap_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

func TestOpen(t *testing.T) {
	for name, b := range map[string][]byte{"a.pcap": classic(3), "b.pcapng": sections(), "c.gz": gzipped(classic(3)), "anything": classic(1)} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := pcap.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		recs, err := drain(r)
		if err != nil {
			t.Fatal(err)
		}
		if diff := compare(all(t, b), recs); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("second Close: %v", err)
		}
	}
}

// What people take for a capture file is named. The magic numbers are those of
// the formats' specifications, and of file(1).
func TestForeignFormats(t *testing.T) {
	erf := func(records ...int) (b []byte) {
		for i, size := range records {
			b = binary.LittleEndian.AppendUint32(b, 0)
			b = binary.LittleEndian.AppendUint32(b, 1700000000+uint32(i))
			b = append(b, 2, 4) // Ethernet, varying length
			b = binary.BigEndian.AppendUint16(b, uint16(size))
			b = append(b, make([]byte, size-12)...)
		}
		return b
	}
	tar := make([]byte, 1024)
	copy(tar[257:], "ustar")
	for name, b := range map[string]string{
		"zstd": "\x28\xb5\x2f\xfd\x04\x58", "lz4": "\x04\x22\x4d\x18\x64\x40", "xz": "\xfd7zXZ\x00\x00\x04", "bzip2": "BZh91AY&SY",
		"zip": "PK\x03\x04\x14\x00", "snoop": "snoop\x00\x00\x00\x00\x00\x00\x02", "Network Monitor": "GMBU\x00\x02",
		"btsnoop": "btsnoop\x00\x00\x00\x00\x01", "tar": string(tar), "ERF": string(erf(80, 100, 64)),
		"a gzip file inside": string(gzipped(gzipped(classic(1)))), "7-Zip": "7z\xbc\xaf\x27\x1c\x00\x04", "JSON": "{\"a\": 1}",
	} {
		_, err := pcap.NewReader(strings.NewReader(b))
		if !errors.Is(err, pcap.ErrMagic) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := pcap.NewReader(strings.NewReader(string(erf(80)[:70]))); strings.Contains(err.Error(), "ERF") {
		t.Errorf("one record is not enough to see an ERF file: %v", err)
	}
}

// A gzip file that is damaged or cut gives the records before the place.
func TestDamagedGzip(t *testing.T) {
	f := traffic(21, 300)
	plain := f.Bytes()
	zipped := gzipped(plain[:len(plain)/2], plain[len(plain)/2:])
	want := all(t, plain)
	check := func(name string, b []byte, least int, wanted error) {
		recs, err := read(t, pcap.Config{}, b)
		var e *pcap.Error
		if !errors.As(err, &e) || !errors.Is(err, wanted) {
			t.Fatalf("%s: %v, want %v", name, err, wanted)
		}
		if len(recs) < least || e.Record != int64(len(recs)) {
			t.Errorf("%s: %d records, %v; want at least %d", name, len(recs), err, least)
		}
		if diff := compare(want[:len(recs)], recs); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	check("cut", zipped[:len(zipped)*3/4], 200, io.ErrUnexpectedEOF)
	check("cut checksum", zipped[:len(zipped)-3], 300, io.ErrUnexpectedEOF)
	check("garbage behind", append(bytes.Clone(zipped), "garbage, ten bytes and more"...), 300, gzip.ErrHeader)
	damaged := bytes.Clone(zipped)
	damaged[len(damaged)-6] ^= 1 // of the checksum
	check("checksum", damaged, 300, gzip.ErrChecksum)
	for _, cut := range []int{3, 9} {
		if _, err := pcap.NewReader(bytes.NewReader(zipped[:cut])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("gzip header cut at %d: %v", cut, err)
		}
	}
}

// A capture of a gigabyte of zeros in about a megabyte.
func bomb(t *testing.T) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	var f build.Pcap
	w.Write(f.Bytes())
	record := new(build.Pcap).Add(noon, make([]byte, 65000)).Bytes()[24:]
	for range 1 << 30 / len(record) {
		w.Write(record)
	}
	w.Close()
	return b.Bytes()
}

func TestBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("it inflates 300 MiB")
	}
	b := bomb(t)
	var err error
	var at *pcap.Error
	used := fault.Allocated(func() {
		var r *pcap.Reader
		if r, err = pcap.NewReader(bytes.NewReader(b)); err == nil {
			for err == nil {
				_, err = r.Next()
			}
		}
	})
	if !errors.Is(err, pcap.ErrExpansion) || !errors.As(err, &at) || at.Offset < 250<<20 || at.Offset > 260<<20 {
		t.Errorf("%v, want ErrExpansion behind 256 MiB", err)
	}
	if used > 2<<20 {
		t.Errorf("%d bytes allocated", used)
	}
}
