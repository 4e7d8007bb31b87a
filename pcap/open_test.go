package pcap_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

func TestOpen(t *testing.T) {
	for name, b := range map[string][]byte{"a.pcap": classic(3), "b.pcapng": sections(), "c.gz": gzipped(classic(3)), "d.zst": build.Zstd(classic(3)), "anything": classic(1)} {
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

// A damaged or truncated gzip file returns the records before the damage.
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
	check("garbage at the end", append(bytes.Clone(zipped), "garbage, ten bytes and more"...), 300, gzip.ErrHeader)
	damaged := bytes.Clone(zipped)
	damaged[len(damaged)-6] ^= 1 // of the checksum
	check("checksum", damaged, 300, gzip.ErrChecksum)
	for _, cut := range []int{3, 9} {
		if _, err := pcap.NewReader(bytes.NewReader(zipped[:cut])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("gzip header truncated at %d: %v", cut, err)
		}
	}
}

// A capture of 64 MiB of zeros.
func bomb(t *testing.T) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	var f build.Pcap
	w.Write(f.Bytes())
	record := new(build.Pcap).Add(noon, make([]byte, 65000)).Bytes()[24:]
	for range 1 << 26 / len(record) {
		w.Write(record)
	}
	w.Close()
	return b.Bytes()
}

func TestBomb(t *testing.T) {
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
	if !errors.Is(err, pcap.ErrExpansion) || !errors.As(err, &at) || at.Offset < 15<<20 || at.Offset > 17<<20 {
		t.Errorf("%v, want ErrExpansion after 16 MiB", err)
	}
	if used > 2<<20 {
		t.Errorf("%d bytes allocated", used)
	}
}
