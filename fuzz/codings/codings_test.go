// Package codings compares the decompressors of internal/brotli and internal/zstd
// with those of other libraries: fuzz targets, and benchmarks.
package codings

import (
	"io"
	"os"
	"strings"
	"testing"
)

// text returns some content that compresses.
func text() []byte {
	return []byte(strings.Repeat("It does not depend on time, so neither do the files found. <a href=\"https://www.example.com/\">", 40))
}

// contents returns what benchmarks decompress.
func contents(tb testing.TB) map[string][]byte {
	all := map[string][]byte{}
	program, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	for name, file := range map[string]string{"program": program, "text": "../../api.txt"} {
		b, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		all[name] = b[:min(len(b), 4<<20)]
	}
	return all
}

// compare measures two readers of the same content.
func compare(b *testing.B, name string, size int, ours, theirs func() io.Reader) {
	piece := make([]byte, 32<<10)
	for who, reader := range map[string]func() io.Reader{"ours": ours, "theirs": theirs} {
		b.Run(name+"/"+who, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				r, n := reader(), 0
				for {
					k, err := r.Read(piece)
					n += k
					if err == io.EOF && n == size {
						break
					}
					if err != nil {
						b.Fatal(n, err)
					}
				}
			}
		})
	}
}
