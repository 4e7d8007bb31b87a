package codings

import (
	"bytes"
	"io"
	"testing"

	peer "github.com/andybalholm/brotli"

	"github.com/sightline-go/sightline/internal/brotli"
)

// brotliOf compresses with the peer.
func brotliOf(tb testing.TB, content []byte, quality, window int) []byte {
	var b bytes.Buffer
	w := peer.NewWriterOptions(&b, peer.WriterOptions{Quality: quality, LGWin: window})
	if _, err := w.Write(content); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// FuzzBrotliEncoded compresses with the peer: the content must be as before.
func FuzzBrotliEncoded(f *testing.F) {
	f.Add([]byte("hello"), uint8(0), uint16(1))
	f.Add(text(), uint8(11), uint16(3))
	f.Fuzz(func(t *testing.T, content []byte, form uint8, repeat uint16) {
		content = bytes.Repeat(content, 1+int(repeat)%64)
		var r brotli.Reader
		r.Reset(bytes.NewReader(brotliOf(t, content, int(form&0xf)%12, 10+int(form>>4)%15)))
		if got, err := io.ReadAll(&r); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes of %d, %v", len(got), len(content), err)
		}
	})
}

// FuzzBrotliDecoded decompresses anything with both: they agree on what is valid,
// and on its content.
func FuzzBrotliDecoded(f *testing.F) {
	for quality := range 12 {
		f.Add(brotliOf(f, text(), quality, 10+quality))
		f.Add(brotliOf(f, []byte("hello, the time of the people"), quality, 22))
	}
	var ours brotli.Reader
	theirs := peer.NewReader(nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 4 << 20
		theirs.Reset(bytes.NewReader(data))
		want, wantErr := io.ReadAll(io.LimitReader(theirs, most))
		ours.Reset(bytes.NewReader(data))
		got, err := io.ReadAll(io.LimitReader(&ours, most))
		if wantErr != nil && wantErr.Error() == "brotli: excessive input" {
			wantErr = nil // the peer refuses what follows the stream
		}
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
			t.Errorf("%d bytes, %v; want %d, %v: %q %q", len(got), err, len(want), wantErr, got, want)
		}
	})
}

func BenchmarkBrotli(b *testing.B) {
	for name, content := range contents(b) {
		data := brotliOf(b, content, 6, 22)
		var ours brotli.Reader
		theirs := peer.NewReader(nil)
		compare(b, name, len(content), func() io.Reader {
			ours.Reset(bytes.NewReader(data))
			return &ours
		}, func() io.Reader {
			theirs.Reset(bytes.NewReader(data))
			return theirs
		})
	}
}
