package lz_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/sightline-go/sightline/internal/lz"
)

// A window gives what was written, and reaches back as far as it should, whatever
// is moved.
func TestWindow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, 1000, 100_000, 1 << 20} {
		var w lz.Window
		w.Begin(size)
		var all, taken []byte
		for len(all) < 3<<20 {
			n := 1 + random.IntN(40_000)
			b := w.Reserve(n)
			reach := min(len(all), size)
			if w.Len() != reach || !bytes.Equal(b[len(b)-reach:], all[len(all)-reach:]) {
				t.Fatalf("window of %d: reaches %d bytes back, want %d", size, w.Len(), reach)
			}
			if most := size + size/2 + 40_000 + 64<<10; cap(b) > most || cap(b) > 2*len(all)+n+64<<10 {
				t.Fatalf("window of %d: memory of %d bytes for %d written", size, cap(b), len(all))
			}
			for range n {
				b = append(b, byte(random.Uint32()))
			}
			all = append(all, b[len(b)-n:]...)
			w.Wrote(b)
			for piece := make([]byte, 10_000); ; {
				k := w.Take(piece)
				if k == 0 {
					break
				}
				taken = append(taken, piece[:k]...)
			}
		}
		if !bytes.Equal(all, taken) {
			t.Errorf("window of %d: other bytes", size)
		}
	}
}

// Copy is a copy of one byte after another.
func TestCopy(t *testing.T) {
	for dist := 1; dist < 40; dist++ {
		for n := range 100 {
			want := []byte("the quick brown fox jumps over the lazy dog")
			got := append(make([]byte, 0, 200), want...)
			for range n {
				want = append(want, want[len(want)-dist])
			}
			if got = lz.Copy(got, dist, n); !bytes.Equal(got, want) {
				t.Fatalf("%d bytes, %d before: %q, want %q", n, dist, got, want)
			}
		}
	}
}

// Memory is kept, unless it is large.
func TestReset(t *testing.T) {
	var w lz.Window
	for _, size := range []int{10_000, 1 << 20, 20 << 20} {
		w.Begin(size)
		w.Wrote(append(w.Reserve(size), make([]byte, size)...))
		w.Reset()
		if n := cap(w.Reserve(0)); n > 16<<20 || size < 16<<20 && n < size {
			t.Errorf("%d bytes of memory are kept after %d", n, size)
		}
		if w.Len() != 0 || len(w.Pending()) != 0 {
			t.Errorf("%d bytes to repeat, %d to take", w.Len(), len(w.Pending()))
		}
	}
}
