package window_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/sightline-go/sightline/internal/window"
)

// input is longer than two chunks.
var input = func() []byte {
	b := make([]byte, 3<<20)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return b
}()

// over returns windows over b of each kind.
func over(b []byte) map[string]window.Window {
	return map[string]window.Window{
		"slice":  window.OverBytes(b),
		"reader": window.OverReader(bytes.NewReader(b), window.Window{}),
		"halves": window.OverReader(iotest.HalfReader(bytes.NewReader(b)), window.Window{}),
	}
}

func TestPeekAndSkip(t *testing.T) {
	for name, w := range over(input) {
		r := rand.New(rand.NewPCG(1, 2))
		for at := 0; ; {
			if w.Offset() != int64(at) {
				t.Fatalf("%s: offset %d, want %d", name, w.Offset(), at)
			}
			n := r.IntN(100)
			if r.IntN(50) == 0 {
				n = r.IntN(2 << 20)
			}
			b, err := w.Peek(n)
			want := input[at:min(at+n, len(input))]
			if !bytes.Equal(b, want) {
				t.Fatalf("%s: Peek(%d) at %d returns wrong bytes", name, n, at)
			}
			if (err != nil) != (len(want) < n) || err != nil && err != io.EOF {
				t.Fatalf("%s: Peek(%d) at %d of %d: %v", name, n, at, len(input), err)
			}
			if err != nil {
				break
			}
			if r.IntN(2) == 0 {
				w.Advance(n)
			} else if k, err := w.Skip(int64(n)); k != int64(n) || err != nil {
				t.Fatalf("%s: Skip(%d) returned %d, %v", name, n, k, err)
			}
			at += n
		}
	}
}

func TestSkipBeyondTheEnd(t *testing.T) {
	for name, w := range over(input) {
		if n, err := w.Skip(1 << 40); n != int64(len(input)) || err != io.EOF {
			t.Errorf("%s: skipped %d, %v", name, n, err)
		}
	}
}

func TestErrorsComeLateAndOnce(t *testing.T) {
	broken := errors.New("broken")
	w := window.OverReader(io.MultiReader(bytes.NewReader([]byte("abc")), iotest.ErrReader(broken)), window.Window{})
	if b, err := w.Peek(2); string(b) != "ab" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if b, err := w.Peek(4); string(b) != "abc" || !errors.Is(err, broken) {
		t.Errorf("%q, %v", b, err)
	}
}
