package stream

import (
	"math/rand/v2"
	"testing"
)

// A replay window agrees with a set of numbers, for those that are not too old.
func TestReplayWindow(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		var w replayWindow
		seen := map[uint64]bool{}
		at := uint64(0)
		if seed%2 == 1 {
			at = 1<<48 - 1<<16
		}
		for range 20_000 {
			at += uint64(r.IntN(3))
			if r.IntN(500) == 0 {
				at += uint64(r.IntN(3000))
			}
			n := at - min(at, uint64(r.IntN(1500)))
			old := n < w.next && w.next-n > replayLen
			if got, want := w.fresh(n), !seen[n] && !old; got != want {
				t.Fatalf("seed %d: number %d after %d: %t", seed, n, w.next, got)
			}
			if !old {
				w.add(n)
				seen[n] = true
			}
		}
	}
}
