package zstd_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sightline-go/sightline/internal/zstd"
)

// seq returns what seq 1 n prints.
func seq(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		b.WriteString(strings.TrimLeft(string([]byte{digit(i+1, 10000), digit(i+1, 1000), digit(i+1, 100), digit(i+1, 10), digit(i+1, 1), '\n'}), "0"))
	}
	return b.Bytes()
}

func digit(n, unit int) byte { return byte('0' + n/unit%10) }

// contents are those of the files that testdata/make.sh makes.
func contents() map[string][]byte {
	return map[string][]byte{
		"seq-1": seq(8000), "seq-5": seq(8000), "seq-19": seq(8000), "seq-12": seq(40_000), "seq-fast": seq(4000), "seq-size": seq(4000),
		"zeros": make([]byte, 300_000), "zeros-window": make([]byte, 300_000), "hello": []byte("hello"), "empty": {},
	}
}

func packed(tb testing.TB, name string) []byte {
	b, err := os.ReadFile(filepath.Join("testdata", name+".zst"))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func unpack(src io.Reader, window int) ([]byte, error) {
	var r zstd.Reader
	r.Reset(src, window)
	return io.ReadAll(&r)
}

// Files of the zstd program have their content, however they are read.
func TestFiles(t *testing.T) {
	for name, want := range contents() {
		b := packed(t, name)
		for how, src := range map[string]io.Reader{
			"whole": bytes.NewReader(b), "by bytes": iotest.OneByteReader(bytes.NewReader(b)), "data with EOF": iotest.DataErrReader(bytes.NewReader(b)),
		} {
			if got, err := unpack(src, zstd.WindowFile); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s, %s: %d bytes of %d, %v", name, how, len(got), len(want), err)
			}
		}
	}
}

// Missing bits of the last state of Huffman weights are 0 (RFC 8878 section
// 4.2.1.2). The sum is of what the zstd program decompresses.
func TestShortWeights(t *testing.T) {
	got, err := unpack(bytes.NewReader(packed(t, "short-weights")), zstd.WindowFile)
	if sum := fmt.Sprintf("%x", sha256.Sum256(got)); err != nil || len(got) != 185 || sum != "3d94d882fb38172eaaa8674c22788a97cf62209d87b3d148b9e1d73ae4cbc8e8" {
		t.Errorf("%d bytes, %s, %v", len(got), sum, err)
	}
}

// A compressed block may be longer than its content, here none, as the zstd program
// accepts.
func TestBlockWithoutContent(t *testing.T) {
	const frame = "\x28\xb5\x2f\xfd\x20\x00" + "\x15\x00\x00" + "\x00\x00" // size 0; last, compressed, 2 bytes; no literals, no sequences
	if got, err := unpack(strings.NewReader(frame), zstd.WindowHTTP); len(got) > 0 || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// Frames follow one another, skippable ones between them (RFC 8878 section 3.1.2).
func TestFrames(t *testing.T) {
	hello := packed(t, "hello")
	skippable := append([]byte("\x5a\x2a\x4d\x18\x10\x27\x00\x00"), make([]byte, 10_000)...)
	all := bytes.Join([][]byte{skippable, hello, packed(t, "empty"), []byte("\x50\x2a\x4d\x18\x00\x00\x00\x00"), hello}, nil)
	if got, err := unpack(bytes.NewReader(all), zstd.WindowHTTP); string(got) != "hellohello" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := unpack(bytes.NewReader(append(all, "junk"...)), zstd.WindowHTTP); string(got) != "hellohello" || err != zstd.ErrMagic {
		t.Errorf("%q, %v", got, err)
	}
}

// A truncated stream gives its beginning, and io.ErrUnexpectedEOF.
func TestTruncated(t *testing.T) {
	want := seq(4000)
	b := packed(t, "seq-size")
	for n := 1; n < len(b); n += max(1, min(n/7, len(b)-n-10)) {
		got, err := unpack(bytes.NewReader(b[:n]), zstd.WindowHTTP)
		if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasPrefix(want, got) {
			t.Errorf("%d bytes of %d: %d bytes, %v", n, len(b), len(got), err)
		}
		if whole := n >= len(b)-4; (err == zstd.ErrNoChecksum) != whole || whole && len(got) != len(want) {
			t.Errorf("%d bytes of %d: %d bytes, %v", n, len(b), len(got), err)
		}
	}
}

// Reading continues where a growing source ended.
func TestGrowing(t *testing.T) {
	b := packed(t, "seq-12")
	var src bytes.Buffer
	var r zstd.Reader
	r.Reset(&src, zstd.WindowHTTP)
	var got []byte
	for len(b) > 0 {
		n := min(1000, len(b))
		src.Write(b[:n])
		b = b[n:]
		more, err := io.ReadAll(&r)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
		got = append(got, more...)
	}
	if !bytes.Equal(got, seq(40_000)) {
		t.Errorf("%d bytes", len(got))
	}
}

func TestChecksum(t *testing.T) {
	hello := packed(t, "hello")
	bad := bytes.Clone(hello)
	bad[len(bad)-1] ^= 1
	var r zstd.Reader
	r.Reset(bytes.NewReader(append(bad, hello...)), zstd.WindowHTTP)
	first, err := io.ReadAll(&r)
	if string(first) != "hello" || err != zstd.ErrChecksum {
		t.Errorf("%q, %v", first, err)
	}
	if second, err := io.ReadAll(&r); string(second) != "hello" || err != nil {
		t.Errorf("%q, %v", second, err)
	}
}

// raw returns a frame with a window descriptor and raw blocks.
func raw(window byte, content string) []byte {
	b := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, window}
	b = append(b, byte(len(content)<<3|1), byte(len(content)>>5), byte(len(content)>>13))
	return append(b, content...)
}

// The Reader refuses windows larger than its limit, and dictionaries.
func TestUnsupported(t *testing.T) {
	const mib8 = 13 << 3 // RFC 8878 section 3.1.1.1.2
	for _, test := range []struct {
		frame  []byte
		window int
		want   error
	}{
		{raw(mib8, "hello"), zstd.WindowHTTP, nil},
		{raw(mib8+1, "hello"), zstd.WindowHTTP, zstd.ErrUnsupported},
		{raw(mib8+4<<3, "hello"), zstd.WindowFile, nil},
		{raw(mib8+4<<3+1, "hello"), zstd.WindowFile, zstd.ErrUnsupported},
		{raw(0xff, "hello"), zstd.WindowFile, zstd.ErrUnsupported},
		{[]byte("\x28\xb5\x2f\xfd\x21\x07\x05\x29\x00\x00hello"), zstd.WindowHTTP, zstd.ErrUnsupported}, // a dictionary
		{[]byte("\x28\xb5\x2f\xfd\x21\x00\x05\x29\x00\x00hello"), zstd.WindowHTTP, nil},                 // RFC 8878 section 3.1.1.1.3
		{[]byte("\x28\xb5\x2f\xfd\x28\x05\x29\x00\x00hello"), zstd.WindowHTTP, zstd.ErrCorrupt},         // a reserved bit
		{[]byte("\x28\xb5\x2f\xfd\x20\x04\x29\x00\x00hello"), zstd.WindowHTTP, zstd.ErrCorrupt},         // larger than its window
		{[]byte("\x28\xb5\x2f\xfd\x20\x06\x29\x00\x00hello"), zstd.WindowHTTP, zstd.ErrCorrupt},         // less than its size
	} {
		if _, err := unpack(bytes.NewReader(test.frame), test.window); err != test.want {
			t.Errorf("%x: %v, want %v", test.frame, err, test.want)
		}
	}
}

// A large window alone takes no memory, nor does a block that states its size.
func TestWindowMemory(t *testing.T) {
	for name, b := range map[string][]byte{
		"window":        raw(17<<3, "hello"),
		"block":         raw(17<<3, "hello")[:9],
		"zeros, window": packed(t, "zeros-window"),
	} {
		r := new(zstd.Reader)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r.Reset(bytes.NewReader(b), zstd.WindowFile)
		n, _ := io.Copy(io.Discard, r)
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 512<<10+4*uint64(n) {
			t.Errorf("%s: %d bytes of memory", name, got)
		}
	}
}

// Once it has memory, a Reader does not allocate.
func TestAllocations(t *testing.T) {
	b := bytes.Repeat(packed(t, "seq-fast"), 20)
	var r zstd.Reader
	src := bytes.NewReader(nil)
	piece := make([]byte, 4<<10)
	src.Reset(b)
	r.Reset(src, zstd.WindowHTTP)
	if n := testing.AllocsPerRun(300, func() { r.Read(piece) }); n > 0 {
		t.Errorf("%v allocations for a piece", n)
	}
}

// Whatever is read ends, does not exceed what blocks can hold, and is the same in
// pieces.
func FuzzZstd(f *testing.F) {
	for name := range contents() {
		f.Add(packed(f, name))
	}
	var r zstd.Reader
	f.Fuzz(func(t *testing.T, b []byte) {
		const block, header = 128 << 10, 3
		got, err := unpack(bytes.NewReader(b), zstd.WindowHTTP)
		if most := len(b) / (header + 1) * block; len(got) > most {
			t.Fatalf("%d bytes of %d", len(got), len(b))
		}
		r.Reset(iotest.OneByteReader(bytes.NewReader(b)), zstd.WindowHTTP)
		again, againErr := io.ReadAll(&r)
		if !bytes.Equal(got, again) || err != againErr {
			t.Errorf("%d bytes, %v; by bytes %d, %v", len(got), err, len(again), againErr)
		}
	})
}

func TestMagic(t *testing.T) {
	for text, want := range map[string]bool{
		"\x28\xb5\x2f\xfd": true, "\x50\x2a\x4d\x18": true, "\x5f\x2a\x4d\x18": true, "\x60\x2a\x4d\x18": false, "\x28\xb5\x2f": false, "": false,
	} {
		if got := zstd.IsMagic([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// BenchmarkTables measures blocks of three bytes, each with three tables of its own
// (RFC 8878 section 3.1.1.3): the most work for a byte.
func BenchmarkTables(b *testing.B) {
	const block = "\x6c\x00\x00\x00\x01\xa8\xe4\xff\xe3\x7f\xe4\xff\x00\x00\x00\x04"
	data := []byte("\x28\xb5\x2f\xfd\x00\x58\x40\x00\x00abcdefgh" + strings.Repeat(block, 1000) + "\x01\x00\x00")
	var r zstd.Reader
	for b.Loop() {
		r.Reset(bytes.NewReader(data), zstd.WindowHTTP)
		if n, err := io.Copy(io.Discard, &r); n != 8+3000 || err != nil {
			b.Fatal(n, err)
		}
	}
	b.SetBytes(int64(len(data)))
}
