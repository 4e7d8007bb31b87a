package stream

import (
	"math/rand/v2"
	"testing"
)

// depth returns the depth of the tree.
func (s *segment) depth() int {
	if s == nil {
		return 0
	}
	return 1 + max(s.left.depth(), s.right.depth())
}

// In any order of insertion, and across the wrap, the tree stays shallow: with
// 2^17 segments a balanced tree is 17 deep, a random one about 40, and a
// degenerate one 2^17.
func TestSegmentsDepth(t *testing.T) {
	const n = 1 << 17
	orders := map[string]func(i int) int{
		"ascending":  func(i int) int { return i },
		"descending": func(i int) int { return n - 1 - i },
		"zigzag":     func(i int) int { return (i>>1)*(1-i&1) + (n-1-i>>1)*(i&1) },
	}
	for name, order := range orders {
		var q segments
		base := uint32(1<<32 - n)
		for i := range n {
			q.insert(&segment{seq: base + 2*uint32(order(i)), data: []byte{'x'}, cost: 1})
		}
		if d := q.root.depth(); d > 100 {
			t.Errorf("%s: %d deep", name, d)
		}
		if q.size != n || q.cost != n {
			t.Errorf("%s: size %d, cost %d, want %d", name, q.size, q.cost, n)
		}
	}
}

// A set matches an array of its bytes through random insertions, cuts and
// removals.
func TestSegmentsTwin(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	base := uint32(1<<32 - 500)
	var q segments
	var want [1000]bool
	mark := func(s *segment, from, to int, v bool) {
		for i := max(from, int(s.seq-base)); i < min(to, int(s.end()-base)); i++ {
			want[i] = v
		}
	}
	for range 20000 {
		from := rnd.IntN(980)
		s := &segment{seq: base + uint32(from), data: make([]byte, 1+rnd.IntN(20)), cost: 1}
		to := int(s.end() - base)
		switch w := q.after(s.seq); {
		case w == nil || int32(w.seq-s.end()) >= 0:
			q.insert(s)
			mark(s, from, to, true)
		case rnd.IntN(3) > 0:
			mark(w, from, to, false)
			q.cut(w, s.seq, s.end())
		default:
			mark(w, 0, len(want), false)
			q.remove(w)
		}
		var got [1000]bool
		size := 0
		for s := q.first(); s != nil; s = q.after(s.end()) {
			for i := range s.data {
				got[int(s.seq-base)+i] = true
			}
			size += len(s.data)
			if q.last().seq != s.seq && int32(q.last().seq-s.seq) < 0 {
				t.Fatalf("last is at %d, want %d", q.last().seq-base, s.seq-base)
			}
		}
		if got != want || size != q.size {
			t.Fatalf("%d bytes, counted %d, want\n%v, got\n%v", size, q.size, want, got)
		}
	}
	for q.root != nil {
		q.remove(q.first())
	}
	if q.size != 0 || q.cost != 0 {
		t.Errorf("an empty set has size %d, cost %d", q.size, q.cost)
	}
}
