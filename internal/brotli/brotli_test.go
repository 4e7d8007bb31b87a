package brotli_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sightline-go/sightline/internal/brotli"
)

// seq returns what seq 1 n prints.
func seq(n int) (b []byte) {
	for i := range n {
		b = append(strconv.AppendInt(b, int64(i+1), 10), '\n')
	}
	return b
}

const words = "The time of the people is not the only one: it was available for more than 1,000 days. Download this, and read it with Microsoft."

// contents are those of the files that testdata/make.py makes.
func contents() map[string][]byte {
	return map[string][]byte{
		"seq-0": seq(8000), "seq-1": seq(8000), "seq-2": seq(8000), "seq-5": seq(40_000), "seq-9": seq(8000), "seq-11": seq(8000),
		"seq-window": seq(40_000), "seq-font": seq(8000),
		"words": []byte(words), "zeros": make([]byte, 300_000), "hello": []byte("hello"), "empty": {},
	}
}

func packed(tb testing.TB, name string) []byte {
	b, err := os.ReadFile(filepath.Join("testdata", name+".br"))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func unpack(src io.Reader) ([]byte, error) {
	var r brotli.Reader
	r.Reset(src)
	return io.ReadAll(&r)
}

// What libbrotlienc compressed has its content, however it is read.
func TestFiles(t *testing.T) {
	for name, want := range contents() {
		b := packed(t, name)
		for how, src := range map[string]io.Reader{
			"whole": bytes.NewReader(b), "by bytes": iotest.OneByteReader(bytes.NewReader(b)), "data with EOF": iotest.DataErrReader(bytes.NewReader(b)),
		} {
			if got, err := unpack(src); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s, %s: %d bytes of %d, %v", name, how, len(got), len(want), err)
			}
		}
	}
}

// The last word of a meta-block may be longer in the dictionary than what a transform
// leaves of it: the brotli program decompresses this stream to the same.
func TestShortenedWord(t *testing.T) {
	const stream = "\x1b\x1c\x00\x00\xa4@X`\x03\x0e\xd8+].+]\xd8`_F\xdah\x03"
	got, err := unpack(strings.NewReader(stream))
	if want := ",reserve Crisis 机会, crisi"; err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}

// A truncated stream gives its beginning, and io.ErrUnexpectedEOF.
func TestTruncated(t *testing.T) {
	for name, want := range contents() {
		b := packed(t, name)
		for n := 0; n < len(b); n += 1 + n/7 {
			if got, err := unpack(bytes.NewReader(b[:n])); err != io.ErrUnexpectedEOF || !bytes.HasPrefix(want, got) {
				t.Errorf("%s, %d bytes of %d: %d bytes, %v", name, n, len(b), len(got), err)
			}
		}
	}
}

// What follows the stream is ignored.
func TestTail(t *testing.T) {
	if got, err := unpack(bytes.NewReader(append(packed(t, "hello"), "junk"...))); string(got) != "hello" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// A bitWriter writes numbers from their lowest bit.
type bitWriter struct {
	b []byte
	n int
}

func (w *bitWriter) put(numbers ...[2]int) {
	for _, x := range numbers {
		for i := range x[1] {
			if w.n%8 == 0 {
				w.b = append(w.b, 0)
			}
			w.b[w.n/8] |= byte(x[0]>>i&1) << (w.n % 8)
			w.n++
		}
	}
}

func (w *bitWriter) align() { w.n = 8 * len(w.b) }

// stored adds a meta-block of uncompressed content (RFC 7932 section 9.2).
func (w *bitWriter) stored(content string) {
	w.put([2]int{0, 1}, [2]int{0, 2}, [2]int{len(content) - 1, 16}, [2]int{1, 1})
	w.align()
	w.b = append(w.b, content...)
	w.align()
}

// single adds a simple code of one symbol (RFC 7932 section 3.4).
func (w *bitWriter) single(symbol, bits int) {
	w.put([2]int{1, 2}, [2]int{0, 2}, [2]int{symbol, bits})
}

// commands adds the last meta-block, of size bytes of a command that needs no
// bits.
func (w *bitWriter) commands(size, command int) {
	w.put([2]int{1, 1}, [2]int{0, 1}, [2]int{2, 2}, [2]int{size - 1, 24})
	w.put([2]int{0, 3}, [2]int{0, 2}, [2]int{0, 4}, [2]int{0, 2}, [2]int{0, 2})
	w.single('x', 8)
	w.single(command, 10)
	w.single(0, 6)
}

// Windows have the sizes of RFC 7932 section 9.1; larger ones are refused.
func TestWindow(t *testing.T) {
	for bits, header := range map[int][2]int{
		10: {0x21, 7}, 11: {0x31, 7}, 12: {0x41, 7}, 13: {0x51, 7}, 14: {0x61, 7}, 15: {0x71, 7}, 16: {0, 1}, 17: {1, 7},
		18: {3, 4}, 19: {5, 4}, 20: {7, 4}, 21: {9, 4}, 22: {11, 4}, 23: {13, 4}, 24: {15, 4},
	} {
		var w bitWriter
		w.put(header)
		w.stored("abcd")
		w.commands(1<<21, 0) // copies two bytes, again and again
		var r brotli.Reader
		r.Reset(bytes.NewReader(w.b))
		got := make([]byte, 1000)
		if _, err := io.ReadFull(&r, got); err != nil || !bytes.Equal(got, bytes.Repeat([]byte("abcd"), 250)) {
			t.Errorf("window of %d bits: %q, %v", bits, got, err)
		}
		if n, err := io.Copy(io.Discard, &r); n != 4+1<<21-1000 || err != nil {
			t.Errorf("window of %d bits: %d bytes, %v", bits, n, err)
		}
	}
	var w bitWriter
	w.put([2]int{0x11, 7}, [2]int{0, 20})
	if _, err := unpack(bytes.NewReader(w.b)); err != brotli.ErrUnsupported {
		t.Error(err)
	}
}

// Streams that violate RFC 7932.
func TestCorrupt(t *testing.T) {
	for name, add := range map[string]func(w *bitWriter){
		"a bit set before stored bytes": func(w *bitWriter) { w.put([2]int{0, 1}, [2]int{0, 2}, [2]int{0, 16}, [2]int{1, 1}, [2]int{1, 1}) },
		"a bit set after the end":       func(w *bitWriter) { w.put([2]int{3, 2}, [2]int{1, 1}) },
		"a length with a zero nibble":   func(w *bitWriter) { w.put([2]int{0, 1}, [2]int{1, 2}, [2]int{1, 20}, [2]int{1, 1}) },
		"a reserved bit":                func(w *bitWriter) { w.put([2]int{0, 1}, [2]int{3, 2}, [2]int{1, 1}) },
		"a copy without content":        func(w *bitWriter) { w.commands(100, 0) },
		"a copy beyond the end":         func(w *bitWriter) { w.stored("abcd"); w.commands(1, 0) },
		"literals beyond the end":       func(w *bitWriter) { w.commands(4, 5<<3|1<<6) },
		"a symbol twice": func(w *bitWriter) {
			w.put([2]int{1, 1}, [2]int{0, 1}, [2]int{0, 2}, [2]int{0, 16}, [2]int{0, 3}, [2]int{0, 6}, [2]int{0, 4})
			w.put([2]int{1, 2}, [2]int{1, 2}, [2]int{'x', 8}, [2]int{'x', 8})
		},
	} {
		var w bitWriter
		w.put([2]int{0, 1})
		add(&w)
		w.put([2]int{0, 64})
		if got, err := unpack(bytes.NewReader(w.b)); err != brotli.ErrCorrupt {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// A large window alone takes no memory.
func TestWindowMemory(t *testing.T) {
	b := packed(t, "hello")
	r := new(brotli.Reader)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r.Reset(bytes.NewReader(b))
	_, err := io.Copy(io.Discard, r)
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 256<<10 || err != nil {
		t.Errorf("%d bytes of memory, %v", got, err)
	}
}

// Once it has memory, a Reader does not allocate.
func TestAllocations(t *testing.T) {
	var w bitWriter
	w.put([2]int{0, 1})
	w.stored("abcd")
	w.commands(1<<24, 0)
	var r brotli.Reader
	r.Reset(bytes.NewReader(w.b))
	piece := make([]byte, 16<<10)
	for range 20 {
		r.Read(piece)
	}
	if n := testing.AllocsPerRun(300, func() { r.Read(piece) }); n > 0 {
		t.Errorf("%v allocations for a piece", n)
	}
}

// Whatever is read ends, and is the same in pieces.
func FuzzBrotli(f *testing.F) {
	for name := range contents() {
		f.Add(packed(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		const most = 1 << 20
		var whole, pieces brotli.Reader
		whole.Reset(bytes.NewReader(b))
		pieces.Reset(iotest.OneByteReader(bytes.NewReader(b)))
		got, err := io.ReadAll(io.LimitReader(&whole, most))
		again, againErr := io.ReadAll(io.LimitReader(&pieces, most))
		if !bytes.Equal(got, again) || err != againErr {
			t.Errorf("%d bytes, %v; by bytes %d, %v", len(got), err, len(again), againErr)
		}
	})
}

// The work of a stream is that of its bytes: a few of them, without content.
func BenchmarkHeaders(b *testing.B) {
	headers := map[string]func(w *bitWriter){
		"codes": func(w *bitWriter) { // one of each alphabet, with repeated zeros
			w.put([2]int{0, 1}, [2]int{0, 2}, [2]int{0, 16}, [2]int{0, 1})
			w.put([2]int{0, 3}, [2]int{0, 6}, [2]int{0, 2}, [2]int{0, 2})
			w.single('x', 8)
			w.single(1<<3, 10)
			w.single(0, 6)
		},
		"context map": func(w *bitWriter) {
			w.put([2]int{0, 1}, [2]int{0, 2}, [2]int{0, 16}, [2]int{0, 1})
			w.put([2]int{1, 1}, [2]int{7, 3}, [2]int{127, 7}) // 256 block types
			w.single(0, 9)
			w.single(0, 5)
			w.put([2]int{0, 2})  // their length
			w.put([2]int{0, 2})  // types of commands and distances
			w.put([2]int{0, 6})  // distances
			w.put([2]int{0, 64}) // modes
			for range 7 {
				w.put([2]int{0, 64})
			}
			w.put([2]int{1, 1}, [2]int{0, 3}) // two codes
			w.put([2]int{0, 1})
			w.single(1, 1)
			w.put([2]int{1, 1}) // move to front
			w.put([2]int{0, 1}) // one code of distances
			w.single('x', 8)
			w.single('x', 8)
			w.single(1<<3, 10)
			w.single(0, 6)
		},
	}
	for name, add := range headers {
		b.Run(name, func(b *testing.B) {
			var w bitWriter
			w.put([2]int{0, 1})
			const n = 1000
			for range n {
				add(&w)
			}
			w.put([2]int{3, 2})
			var r brotli.Reader
			for b.Loop() {
				r.Reset(bytes.NewReader(w.b))
				if got, err := io.Copy(io.Discard, &r); err != nil || got != n {
					b.Fatal(got, err)
				}
			}
			b.SetBytes(int64(len(w.b)))
		})
	}
	b.Run("commands", func(b *testing.B) {
		var w bitWriter
		w.put([2]int{0, 1})
		w.stored("abcd")
		w.commands(1<<24, 0)
		var r brotli.Reader
		for b.Loop() {
			r.Reset(bytes.NewReader(w.b))
			io.Copy(io.Discard, &r)
		}
		b.SetBytes(1 << 24)
	})
}

// A distance of the first code after the short ones is remembered, too. This is
// what an encoder makes of 160 zeros at quality 0.
func TestFirstDistance(t *testing.T) {
	const stream = "\x83\x4f\x00\x00\x20\x60\xfe\xef\xaa\x7f\xcf\xbd\xd5\x3d\xa3\xba\xbc\x8d\xe1\xae\x78\xb1\xb0\xb0\xb0\xb1\xb1\xaa\x97\x19\xd5\xc1" +
		"\x87\x0f\x3f\x06\x83\xc1\x38\xce\x64\x55\x0d\x06\x83\xc1\x60\x30\x98\x43\x9d\x11\xa9\x28\x8d\xc2\x61\xa1\x9d\x64\xef\x09\x7c\xf3\xd3\xe5\x06"
	if got, err := unpack(strings.NewReader(stream)); err != nil || string(got) != strings.Repeat("0", 160) {
		t.Errorf("%q, %v", got, err)
	}
}

// BenchmarkCopies decompresses commands that copy two bytes, and take no bits.
func BenchmarkCopies(b *testing.B) {
	const size = 1 << 21
	var w bitWriter
	w.put([2]int{15, 4})
	w.stored("abcd")
	w.commands(size, 0)
	var r brotli.Reader
	b.SetBytes(size)
	for b.Loop() {
		r.Reset(bytes.NewReader(w.b))
		if n, err := io.Copy(io.Discard, &r); n != 4+size || err != nil {
			b.Fatal(n, err)
		}
	}
}
