package serve

import (
	"bytes"
	"io"
	"testing"
)

// BenchmarkQuery measures the decoding of a body into the bytes of its capture.
func BenchmarkQuery(b *testing.B) {
	text := []byte(body(bytes.Repeat([]byte("packets\x00\xff\x80"), 1<<20), ""))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := readQuery(bytes.NewReader(text), func(_ *query, data *base64Reader) error {
			_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, data, make([]byte, 256<<10))
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
