package serve

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// pieces returns a source that splits s at random.
func pieces(s string, r *rand.Rand) func() ([]byte, error) {
	return func() ([]byte, error) {
		if s == "" {
			return nil, io.EOF
		}
		n := r.IntN(min(len(s), 9) + 1)
		if r.IntN(4) == 0 {
			n = r.IntN(len(s) + 1)
		}
		piece := []byte(s[:n])
		s = s[n:]
		return piece, nil
	}
}

// For any split of the text and any reads, the result is that of encoding/base64.
func TestBase64(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for size := range 300 {
		want := make([]byte, size)
		for i := range want {
			want[i] = byte(r.Uint32())
		}
		text := base64.StdEncoding.EncodeToString(want)
		for range 5 {
			var src io.Reader = &base64Reader{src: pieces(text, r)}
			if r.IntN(2) == 0 {
				src = iotest.OneByteReader(src)
			}
			got, err := io.ReadAll(src)
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%q: %x, %v, want %x", text, got, err, want)
			}
		}
	}
}

// The bytes before the first error are returned.
func TestBase64Error(t *testing.T) {
	for _, test := range []struct {
		text, want string
		at         int64
	}{
		{"!!!!", "", 4},
		{"QUJD!UJD", "ABC", 8},
		{"QUJDQUJDQUJD*", "ABCABCABC", 13},
		{"QUJDQUJDQUJDQQ==QUJD", "ABCABCABCA", 17},
		{"QUJDQQ", "ABCA", 6},
		{"QUJDQUI", "ABCAB", 7},
		{"QUJDQ", "ABC", 5},
		{"QUJD====", "ABC", 8},
		{"QUJDQ=JD", "ABC", 8},
		{"QUJD-_-_", "ABC", 8},
		{"QUJDQUJDQUJDQUJD QUJD", "ABCABCABCABC", 20},
	} {
		for range 3 {
			r := rand.New(rand.NewPCG(3, 4))
			got, err := io.ReadAll(&base64Reader{src: pieces(test.text, r)})
			var bad *base64Error
			if string(got) != test.want || !errors.As(err, &bad) || bad.at != test.at {
				t.Errorf("%q: %q, %v, want %q and an error at %d", test.text, got, err, test.want, test.at)
			}
		}
	}
}

func BenchmarkBase64(b *testing.B) {
	text := bytes.Repeat([]byte("QUJDREVG"), 8192)
	buf := make([]byte, 256<<10)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	d := &base64Reader{src: func() ([]byte, error) { return text, nil }}
	for b.Loop() {
		for n := 0; n < len(text)/4*3; {
			m, _ := d.Read(buf)
			n += m
		}
	}
}
