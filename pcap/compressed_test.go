package pcap

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"

	"github.com/sightline-go/sightline/internal/window"
)

// The expansion limit of a compressed file, without decompressing 16 MiB.
func TestExpansionBound(t *testing.T) {
	for _, test := range []struct {
		ratio     int64
		out, read int64
		records   int64
		want      error
	}{
		{200, freeExpansion - 1, 10, 0, nil},
		{200, freeExpansion, 10, 0, ErrExpansion},
		{200, freeExpansion, freeExpansion / 100, 0, nil},
		{200, 2 * freeExpansion, freeExpansion / 100, 0, ErrExpansion},
		{1, freeExpansion, freeExpansion - 1, 0, ErrExpansion},
		{-1, 1 << 50, 10, 0, nil},
		{200, freeExpansion / 2, 10, freeExpansion/2/recordCost - 1, nil},
		{200, freeExpansion / 2, 10, freeExpansion / 2 / recordCost, ErrExpansion},
		{200, freeExpansion, freeExpansion / 100, freeExpansion / recordCost, ErrExpansion},
		{1 << 62, 1 << 50, 1 << 40, 0, nil},
	} {
		var zipped bytes.Buffer
		w := gzip.NewWriter(&zipped)
		w.Write([]byte("more"))
		w.Close()
		in := &compressed{w: window.OverBytes(zipped.Bytes())}
		zip, err := gzip.NewReader(in)
		if err != nil {
			t.Fatal(err)
		}
		in.read = test.read
		f := &expander{in: in, out: zip, format: CompressionGzip, size: test.out, ratio: test.ratio, records: &test.records}
		if _, err := f.Read(make([]byte, 4)); !errors.Is(err, test.want) && !(test.want == nil && err == io.EOF) {
			t.Errorf("ratio %d, %d bytes from %d: %v, want %v", test.ratio, test.out, test.read, err, test.want)
		}
	}
}
