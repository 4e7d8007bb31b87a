package stream_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// FuzzRecords checks that conversations in TLS with known secrets, of which any bytes
// were replaced, yield the same messages however they are split; and that they, and
// the same ones with a gap, cost no more than their bytes pay for, and leave nothing
// held.
func FuzzRecords(f *testing.F) {
	all := recorded(f)
	names := slices.Sorted(maps.Keys(all))
	for i := range names {
		f.Add(uint8(i), uint16(2000), []byte{}, uint16(100), uint8(0))
		f.Add(uint8(i), uint16(300), []byte("\x17\x03\x03\x00\x20"), uint16(7), uint8(9))
		f.Add(uint8(i), uint16(3300), []byte("\x14\x03\x03\x00\x01\x01"), uint16(1000), uint8(3))
	}
	f.Fuzz(func(t *testing.T, which uint8, at uint16, b []byte, cut uint16, gap uint8) {
		st := all[names[int(which)%len(names)]]
		tk := slices.Clone(st.talk)
		for i, off := 0, int(at); i < len(tk); i++ {
			if d := tk[i].data; off < len(d) {
				tk[i].data = d[:off] + string(b) + d[min(off+len(b), len(d)):]
				break
			} else {
				off -= len(d)
			}
		}
		var out [2][]string
		for i, size := range []int{1 << 14, max(int(cut), 50)} {
			a := &stream.Assembler{Config: stream.Config{Keys: st.keys, MaxWork: 1 << 18}}
			segs := tk.segs(size)
			out[i] = append(httpIn(t, a, segs), cmp.Diff(stream.Stats{}, stream.Stats{Unauthentic: a.Stats().Unauthentic}))
			checkWork(t, a, segs)
			if n := len(segs); gap > 0 && n > 4 {
				from := 2 + int(gap)%(n-3)
				a = &stream.Assembler{Config: stream.Config{Keys: st.keys, MaxWork: 1 << 18}}
				httpIn(t, a, slices.Delete(segs, from, min(from+1+int(gap)/64, n-1)))
				checkWork(t, a, segs)
			}
		}
		if diff := cmp.Diff(out[0], out[1]); diff != "" {
			t.Errorf("segments of %d bytes (-whole +split):\n%s", cut, diff)
		}
	})
}

// checkWork checks the limit that Stats.Work documents.
func checkWork(t *testing.T, a *stream.Assembler, segs []seg) {
	captured := 0
	for _, s := range segs {
		captured += len(s.bytes())
	}
	if work, most := a.Stats().Work, int64(a.MaxWork+448*captured); work > most {
		t.Errorf("work of %d, at most %d", work, most)
	}
}
