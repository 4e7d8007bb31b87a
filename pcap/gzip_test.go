package pcap

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"testing"

	"github.com/sightline-go/sightline/internal/window"
)

// The bound on what a gzip file expands to, without the bytes that it takes.
func TestExpansionBound(t *testing.T) {
	for _, test := range []struct {
		ratio     int64
		out, read int64
		want      error
	}{
		{200, freeExpansion - 1, 10, nil},
		{200, freeExpansion, 10, ErrExpansion},
		{200, freeExpansion, freeExpansion / 100, nil},
		{200, 2 * freeExpansion, freeExpansion / 100, ErrExpansion},
		{1, freeExpansion, freeExpansion - 1, ErrExpansion},
		{-1, 1 << 50, 10, nil},
		{1 << 62, 1 << 50, 1 << 40, nil},
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
		f := &inflater{in: in, zip: zip, out: test.out, ratio: test.ratio}
		if _, err := f.Read(make([]byte, 4)); !errors.Is(err, test.want) && !(test.want == nil && err == io.EOF) {
			t.Errorf("ratio %d, %d bytes from %d: %v, want %v", test.ratio, test.out, test.read, err, test.want)
		}
	}
}
