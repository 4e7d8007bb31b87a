package pcap_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/sightline-go/sightline/pcap"
)

// A source that fails at any byte: all that came before is returned, and the
// source's error, however the bytes came.
func TestSourceFailsAtEveryByte(t *testing.T) {
	broken := errors.New("broken")
	for name, b := range map[string][]byte{"classic": classic(5), "pcapng": sections(), "gzip": gzipped(classic(5))} {
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
				if name != "gzip" && len(recs) != whole || len(recs) > 0 && compare(want[:len(recs)], recs) != "" {
					t.Fatalf("%s, %s: failing at %d of %d bytes: %d records, want %d", name, how, at, len(b), len(recs), whole)
				}
			}
		}
	}
}

// Ranges of a source that fails at any byte end with its error, and no goroutine
// stays behind.
func TestRangesOfFailingSource(t *testing.T) {
	b := classic(200)
	before := runtime.NumGoroutine()
	for at := 0; at < len(b); at += 97 {
		src := failingAt{bytes.NewReader(b), int64(at)}
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
	ended(t, before)
}

// failingAt fails from a byte on.
type failingAt struct {
	r  *bytes.Reader
	at int64
}

func (f failingAt) ReadAt(b []byte, off int64) (int, error) {
	if off+int64(len(b)) <= f.at {
		return f.r.ReadAt(b, off)
	}
	n, _ := f.r.ReadAt(b[:max(f.at-off, 0)], off)
	return n, syscall.EIO
}

// ended fails when there are more goroutines than before.
func ended(t *testing.T, before int) {
	t.Helper()
	for range 1_000_000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%d goroutines, before %d", runtime.NumGoroutine(), before)
}

// A full takes so many bytes, and then fails as a full disk does, or, against the
// rule, without an error.
type full struct {
	b    bytes.Buffer
	room int
	err  error
}

func (w *full) Write(b []byte) (int, error) {
	n := min(len(b), w.room)
	w.b.Write(b[:n])
	w.room -= n
	if n < len(b) {
		return n, w.err
	}
	return n, nil
}

// A disk that is full at any byte: the error is that of the disk, further calls
// return it too, and what was written is the beginning of the file.
func TestDiskFullAtEveryByte(t *testing.T) {
	b := classic(5)
	recs := all(t, b)
	for _, disk := range []error{syscall.ENOSPC, nil} {
		want := disk
		if disk == nil {
			want = io.ErrShortWrite
		}
		for room := range b {
			dst := &full{room: room, err: disk}
			w, err := pcap.NewWriter(dst, recs[0].LinkType)
			for _, rec := range recs {
				if err == nil {
					err = w.Write(rec)
				}
			}
			if !errors.Is(err, want) {
				t.Fatalf("full at %d of %d bytes: %v", room, len(b), err)
			}
			dst.room = 1 << 20
			if err := w.Write(recs[0]); !errors.Is(err, want) {
				t.Fatalf("full at %d of %d bytes: goes on with %v", room, len(b), err)
			}
			if !bytes.Equal(dst.b.Bytes(), b[:room]) {
				t.Fatalf("full at %d of %d bytes: %d other bytes written", room, len(b), dst.b.Len())
			}
		}
	}
}
