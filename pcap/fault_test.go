package pcap_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

// With a source that fails at any byte, all records before it are returned, and
// then the source's error, however the bytes arrive.
func TestSourceFailsAtEveryByte(t *testing.T) {
	broken := errors.New("broken")
	for name, b := range map[string][]byte{"classic": classic(5), "pcapng": sections(), "gzip": gzipped(classic(5)), "zstd": build.Zstd(classic(5))} {
		want := all(t, b)
		for at := range b {
			whole := 0
			if r, err := pcap.NewReaderBytes(b[:at]); err == nil {
				recs, _ := drain(r)
				whole = len(recs)
			}
			for how, src := range map[string]io.Reader{
				"at once":       bytes.NewReader(b[:at]),
				"a byte a time": iotest.OneByteReader(bytes.NewReader(b[:at])),
				"with data":     iotest.DataErrReader(bytes.NewReader(b[:at])),
			} {
				var recs []*pcap.Record
				r, err := pcap.NewReader(io.MultiReader(src, iotest.ErrReader(broken)))
				if err == nil {
					recs, err = drain(r)
				}
				if !errors.Is(err, broken) {
					t.Fatalf("%s, %s: failing at %d of %d bytes: %v", name, how, at, len(b), err)
				}
				if name != "gzip" && name != "zstd" && len(recs) != whole || len(recs) > 0 && compare(want[:len(recs)], recs) != "" {
					t.Fatalf("%s, %s: failing at %d of %d bytes: %d records, want %d", name, how, at, len(b), len(recs), whole)
				}
			}
		}
	}
}

// Ranges of a source that fails at any byte end with its error, and no
// goroutine leaks.
func TestRangesOfFailingSource(t *testing.T) {
	b := classic(200)
	before := runtime.NumGoroutine()
	for at := 0; at < len(b); at += 97 {
		src := fault.ReaderAt(bytes.NewReader(b), int64(at))
		ranges, err := pcap.Config{}.Ranges(src, int64(len(b)), 4)
		if err == nil {
			_, err = pcap.Config{}.ReadRanges(src, int64(len(b)), ranges, func(_ int, r *pcap.Reader) error {
				_, err := drain(r)
				return err
			})
		}
		if !errors.Is(err, syscall.EIO) {
			t.Fatalf("failing at %d: %v", at, err)
		}
	}
	fault.Ended(t, before)
}

// With a disk that is full at any byte, the error is the disk's, further calls
// return it too, and the bytes written are a prefix of the file.
func TestDiskFullAtEveryByte(t *testing.T) {
	b := classic(5)
	recs := all(t, b)
	whole := fault.FullDisk(t, func(dst io.Writer) (func() error, error) {
		w, err := pcap.NewWriter(dst, recs[0].LinkType)
		for _, rec := range recs {
			if err == nil {
				err = w.Write(rec)
			}
		}
		return func() error { return w.Write(recs[0]) }, err
	})
	if !bytes.Equal(whole, b) {
		t.Errorf("%d bytes written, not the %d of the file", len(whole), len(b))
	}
}
