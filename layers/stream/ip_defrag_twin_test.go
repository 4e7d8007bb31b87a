package stream_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// defragTwin reassembles a datagram byte by byte.
type defragTwin struct {
	have  map[int]byte
	size  int
	six   bool
	dead  bool
	pairs map[[2]int]string // the fragments received, by position
}

func (w *defragTwin) push(f frag) (string, bool) {
	end, head := f.off+len(f.data), 20
	if w.six {
		head = 8 // the destination options count
	}
	if head+end > 65535 || f.more && len(f.data)%8 != 0 || f.more && f.data == "" || w.dead {
		return "", false
	}
	top := 0
	for i := range w.have {
		top = max(top, i+1)
	}
	if w.size >= 0 && (end > w.size || !f.more && end != w.size) || !f.more && end < top {
		w.dead = w.six
		return "", false
	}
	if !f.more {
		w.size = end
	}
	overlaps := false
	for i := range f.data {
		_, ok := w.have[f.off+i]
		overlaps = overlaps || ok
	}
	if w.six && overlaps && w.pairs[[2]int{f.off, end}] != f.data {
		w.dead = true
		return "", false
	}
	w.pairs[[2]int{f.off, end}] = f.data
	for i := range f.data {
		if _, ok := w.have[f.off+i]; !ok {
			w.have[f.off+i] = f.data[i]
		}
	}
	if w.size < 0 || len(w.have) != w.size {
		return "", false
	}
	b := make([]byte, w.size)
	for i := range b {
		b[i] = w.have[i]
	}
	return string(b), true
}

func compareDefragTwin(t *testing.T, six bool, in []byte) {
	t.Helper()
	fresh := func() *defragTwin {
		return &defragTwin{have: map[int]byte{}, size: -1, six: six, pairs: map[[2]int]string{}}
	}
	w := fresh()
	var d stream.Defragmenter
	for n := 0; len(in) >= 3 && n < 100; in, n = in[3:], n+1 {
		f := frag{off: int(in[0]&15) * 8, more: in[1]&0x80 == 0, data: strings.Repeat(string('a'+rune(in[2]%5)), int(in[1]&7)*8)}
		if in[2] > 240 {
			f.data += "odd"
		}
		if in[2] == 200 {
			f.off = 65528
		}
		packet := f.ipv4(253)
		if six {
			packet = f.ipv6(253)
		}
		if !f.more && f.off == 0 {
			continue // atomic
		}
		want, ok := w.push(f)
		got, _ := defragment(&d, packet)
		if (len(got) == 1) != ok || ok && got[0] != want {
			t.Fatalf("fragment %d, %+v: got %q, the twin has %q, %v", n, f, got, want, ok)
		}
		if ok {
			w = fresh()
		}
	}
	d.Flush()
	if s := d.Stats(); s.Held != 0 || s.Open != 0 {
		t.Fatalf("after Flush: %+v", s)
	}
}

func FuzzDefrag(f *testing.F) {
	f.Add(false, []byte{0, 1, 0, 1, 1, 1, 2, 0x81, 2})
	f.Add(true, []byte{2, 0x81, 2, 1, 1, 1, 0, 1, 0, 0, 2, 3})
	f.Fuzz(compareDefragTwin)
}

func TestDefragTwin(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		b := make([]byte, 3*(1+rnd.IntN(30)))
		for i := range b {
			b[i] = byte(rnd.Uint32())
		}
		compareDefragTwin(t, rnd.IntN(2) == 0, b)
	}
}
