package codings

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	peer "github.com/klauspost/compress/zstd"

	"github.com/sightline-go/sightline/internal/zstd"
)

// window is the largest window of both.
const window = zstd.WindowHTTP

// shortWeights is how the peer refuses Huffman weights whose last state lacks bits.
// They are 0 by RFC 8878 section 4.2.1.2, and for the zstd program.
const shortWeights = "fse decompress returned: unexpected EOF"

// FuzzZstdEncoded compresses with the peer: the content must be as before.
func FuzzZstdEncoded(f *testing.F) {
	f.Add([]byte("hello"), uint8(0), uint16(1))
	f.Add(text(), uint8(7), uint16(3))
	f.Fuzz(func(t *testing.T, content []byte, form uint8, repeat uint16) {
		content = bytes.Repeat(content, 1+int(repeat)%64)
		w, err := peer.NewWriter(nil, peer.WithEncoderConcurrency(1), peer.WithEncoderLevel(peer.EncoderLevel(1+form%4)),
			peer.WithEncoderCRC(form&4 != 0), peer.WithSingleSegment(form&8 != 0), peer.WithWindowSize(1<<(10+form>>4&7)))
		if err != nil {
			t.Fatal(err)
		}
		var r zstd.Reader
		r.Reset(bytes.NewReader(w.EncodeAll(content, nil)), window)
		if got, err := io.ReadAll(&r); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes of %d, %v", len(got), len(content), err)
		}
	})
}

// FuzzZstdDecoded decompresses anything with both: they agree on what is valid,
// and on its content.
func FuzzZstdDecoded(f *testing.F) {
	for level := range 4 {
		w, _ := peer.NewWriter(nil, peer.WithEncoderConcurrency(1), peer.WithEncoderLevel(peer.EncoderLevel(1+level)))
		f.Add(w.EncodeAll(text(), nil))
		f.Add(w.EncodeAll([]byte("hello"), nil))
	}
	theirs, err := peer.NewReader(nil, peer.WithDecoderConcurrency(1), peer.WithDecoderLowmem(true), peer.WithDecoderMaxWindow(window))
	if err != nil {
		f.Fatal(err)
	}
	var ours zstd.Reader
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := theirs.Reset(bytes.NewReader(data)); err != nil {
			t.Skip()
		}
		const most = 4 << 20
		want, wantErr := io.ReadAll(io.LimitReader(theirs, most))
		ours.Reset(bytes.NewReader(data), window)
		got, err := io.ReadAll(io.LimitReader(&ours, most))
		if errors.Is(wantErr, peer.ErrUnknownDictionary) || errors.Is(wantErr, peer.ErrWindowSizeExceeded) {
			return
		}
		if err == nil && wantErr != nil && strings.Contains(wantErr.Error(), shortWeights) {
			return
		}
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(got, want) {
			t.Errorf("%d bytes, %v; want %d, %v", len(got), err, len(want), wantErr)
		}
	})
}

func BenchmarkZstd(b *testing.B) {
	for name, content := range contents(b) {
		w, _ := peer.NewWriter(nil, peer.WithEncoderConcurrency(1), peer.WithEncoderLevel(peer.SpeedBetterCompression))
		data := w.EncodeAll(content, nil)
		var ours zstd.Reader
		theirs, _ := peer.NewReader(nil, peer.WithDecoderConcurrency(1))
		compare(b, name, len(content), func() io.Reader {
			ours.Reset(bytes.NewReader(data), window)
			return &ours
		}, func() io.Reader {
			theirs.Reset(bytes.NewReader(data))
			return theirs
		})
	}
}
