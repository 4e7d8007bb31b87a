package pcap_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"reflect"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// A way is a way to pass a capture to a Reader. All of them must return the
// same records and the same error.
type way struct {
	name string
	open func(c pcap.Config, b []byte) (*pcap.Reader, error)
}

var ways = []way{
	{"memory", pcap.Config.NewReaderBytes},
	{"stream", func(c pcap.Config, b []byte) (*pcap.Reader, error) {
		return c.NewReader(bytes.NewReader(b))
	}},
	{"one byte a time", func(c pcap.Config, b []byte) (*pcap.Reader, error) {
		return c.NewReader(iotest.OneByteReader(bytes.NewReader(b)))
	}},
	{"last bytes with EOF", func(c pcap.Config, b []byte) (*pcap.Reader, error) {
		return c.NewReader(iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(b))))
	}},
	{"empty reads", func(c pcap.Config, b []byte) (*pcap.Reader, error) {
		return c.NewReader(&hesitant{r: bytes.NewReader(b)})
	}},
	{"poisoned", func(c pcap.Config, b []byte) (*pcap.Reader, error) {
		c.Poison = true
		return c.NewReader(bytes.NewReader(b))
	}},
}

// hesitant returns no bytes before it returns some.
type hesitant struct {
	r     io.Reader
	calls int
}

func (h *hesitant) Read(b []byte) (int, error) {
	if h.calls++; h.calls%3 != 0 {
		return 0, nil
	}
	return h.r.Read(b)
}

// drain returns the remaining records and the final error, nil at a clean end.
func drain(r *pcap.Reader) (recs []*pcap.Record, err error) {
	for rec, err := range r.All() {
		if err != nil {
			return recs, err
		}
		recs = append(recs, rec.Clone())
	}
	return recs, nil
}

// read returns the records of b, which must be the same in every way, and the
// final error.
func read(t *testing.T, c pcap.Config, b []byte) (recs []*pcap.Record, err error) {
	t.Helper()
	for i, w := range ways {
		var got []*pcap.Record
		r, gotErr := w.open(c, b)
		if gotErr == nil {
			got, gotErr = drain(r)
		}
		if i == 0 {
			recs, err = got, gotErr
			continue
		}
		if diff := compare(recs, got); diff != "" {
			t.Fatalf("%s differs from memory (-memory +%s):\n%s", w.name, w.name, diff)
		}
		if text(gotErr) != text(err) {
			t.Fatalf("%s ends with %v, memory with %v", w.name, gotErr, err)
		}
	}
	return recs, err
}

// compare returns the difference of got and want. It calls cmp only for records
// that differ, because it is slow, and compares bytes as a whole, because
// packets are long.
func compare(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return cmp.Diff(want, got, cmp.Comparer(bytes.Equal))
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// all reads a capture without damage.
func all(t *testing.T, b []byte) []*pcap.Record {
	t.Helper()
	recs, err := read(t, pcap.Config{}, b)
	if err != nil {
		t.Fatal(err)
	}
	return recs
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// packet returns n bytes that differ from each other and from those of any
// other i.
func packet(i, n int) []byte {
	b := make([]byte, n)
	for j := range b {
		b[j] = byte(i*31 + j)
	}
	return b
}

// classic returns a capture of n records of growing length.
func classic(n int) []byte {
	var f build.Pcap
	f.LinkType = 1
	for i := range n {
		f.AddCut(noon.Add(time.Duration(i)*time.Millisecond), packet(i, 10+i), 10+2*i)
	}
	return f.Bytes()
}

// sections returns a pcapng capture of two sections of different byte order.
func sections() []byte {
	var little build.Pcapng
	little.Section().Interface(1, 0).Interface(101, 64)
	little.Enhanced(0, 1e15, packet(1, 41)).Enhanced(1, 2e15, packet(2, 20))
	little.Simple(50, packet(3, 50))
	big := build.Pcapng{BigEndian: true}
	big.Section().Interface(113, 0)
	big.Enhanced(0, 3e15, packet(4, 33), build.Option{Code: 1, Value: []byte("hello")})
	return append(little.Bytes(), big.Bytes()...)
}

func gzipped(parts ...[]byte) []byte {
	var b bytes.Buffer
	for _, part := range parts {
		w := gzip.NewWriter(&b)
		w.Write(part)
		w.Close()
	}
	return b.Bytes()
}

func TestGzipGivesTheSame(t *testing.T) {
	for name, b := range map[string][]byte{"classic": classic(20), "pcapng": sections()} {
		plain, zipped := all(t, b), all(t, gzipped(b))
		if diff := compare(plain, zipped); diff != "" {
			t.Errorf("%s (-plain +gzip):\n%s", name, diff)
		}
		if diff := compare(plain, all(t, gzipped(b[:50], b[50:]))); diff != "" {
			t.Errorf("%s (-plain +two members):\n%s", name, diff)
		}
	}
}

func TestLargeRecords(t *testing.T) {
	var f build.Pcap
	for i, n := range []int{0, 1, 65535, 262144, 3, 262144, 262144, 70000} {
		f.Add(noon, packet(i, n))
	}
	recs := all(t, f.Bytes())
	if len(recs) != 8 {
		t.Fatalf("%d records, want 8", len(recs))
	}
	for i, rec := range recs {
		if !bytes.Equal(rec.Data, packet(i, len(rec.Data))) || len(rec.Data) != rec.WireLen {
			t.Errorf("record %d differs", rec.Number)
		}
	}
}

// late fails once, when it has no more bytes.
type late struct {
	io.Reader
	err error
}

func (l *late) Read(b []byte) (int, error) {
	n, err := l.Reader.Read(b)
	if err == io.EOF && l.err != nil {
		err, l.err = l.err, nil
	}
	return n, err
}

func TestErrorOfTheSource(t *testing.T) {
	broken := errors.New("broken pipe")
	b := classic(5)
	for _, cut := range []int{0, 3, 10, 24, 30, 60, len(b)} {
		r, err := pcap.NewReader(&late{bytes.NewReader(b[:cut]), broken})
		var recs []*pcap.Record
		if err == nil {
			recs, err = drain(r)
		}
		var at *pcap.Error
		if !errors.Is(err, broken) || !errors.As(err, &at) {
			t.Fatalf("after %d bytes: %v, want the error of the source", cut, err)
		}
		if at.Record != int64(len(recs)) || at.Offset > int64(cut) {
			t.Errorf("after %d bytes: offset %d, record %d, got %d", cut, at.Offset, at.Record, len(recs))
		}
	}
}

func TestNoProgress(t *testing.T) {
	stuck := io.MultiReader(bytes.NewReader(classic(1)), iotest.ErrReader(nil))
	r, err := pcap.NewReader(stuck)
	if err != nil {
		t.Fatal(err)
	}
	recs, err := drain(r)
	if len(recs) != 1 || !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("%d records and %v, want 1 and io.ErrNoProgress", len(recs), err)
	}
}

// Neither the end nor a truncated record is sticky: a Reader follows a growing
// input byte by byte.
func TestGrowing(t *testing.T) {
	for name, b := range map[string][]byte{"classic": classic(4), "pcapng": sections()} {
		t.Run(name, func(t *testing.T) {
			want := all(t, b)
			start := 28 // in both formats, the first header
			file := bytes.NewBuffer(bytes.Clone(b[:start]))
			r, err := pcap.NewReader(file)
			if err != nil {
				t.Fatal(err)
			}
			var got []*pcap.Record
			for i := start; ; i++ {
				recs, err := drain(r)
				got = append(got, recs...)
				if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Fatalf("after %d bytes: %v", i, err)
				}
				if i == len(b) {
					break
				}
				file.WriteByte(b[i])
			}
			if diff := compare(want, got); diff != "" {
				t.Errorf("(-at once +growing):\n%s", diff)
			}
		})
	}
}

func TestReset(t *testing.T) {
	r, err := pcap.NewReaderBytes(classic(3))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{sections(), gzipped(classic(7)), classic(2)} {
		if err := r.Reset(bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
		got, err := drain(r)
		if err != nil {
			t.Fatal(err)
		}
		if diff := compare(all(t, b), got); diff != "" {
			t.Errorf("after Reset (-fresh +reset):\n%s", diff)
		}
	}
	if err := r.Reset(bytes.NewReader(nil)); !errors.Is(err, pcap.ErrMagic) {
		t.Errorf("Reset to nothing: %v", err)
	}
}

func TestPoison(t *testing.T) {
	r, err := pcap.Config{Poison: true}.NewReaderBytes(classic(2))
	if err != nil {
		t.Fatal(err)
	}
	rec, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	keep, data := rec, rec.Data
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if want := bytes.Repeat([]byte{0xdb}, len(data)); !bytes.Equal(data, want) {
		t.Errorf("kept bytes are still %x", data)
	}
	if keep.Number == 1 {
		t.Error("a kept Record still looks valid")
	}
}

func TestMemoryIsNotWritten(t *testing.T) {
	for _, b := range [][]byte{classic(5), sections()} {
		before := bytes.Clone(b)
		read(t, pcap.Config{}, b)
		if !bytes.Equal(before, b) {
			t.Error("reading changed the input")
		}
	}
}
