package zstd

import "testing"

// The predefined tables are those of RFC 8878 appendix A, of which these are the
// first and last rows: symbol, bits, and baseline of the next state.
func TestPredefined(t *testing.T) {
	for i, rows := range [3]map[int][3]int{
		{0: {0, 4, 0}, 1: {0, 4, 16}, 2: {1, 5, 32}, 3: {3, 5, 0}, 4: {4, 5, 0}, 5: {6, 5, 0}, 63: {32, 6, 0}},
		{0: {0, 5, 0}, 1: {6, 4, 0}, 2: {9, 5, 0}, 3: {15, 5, 0}, 31: {24, 5, 0}},
		{0: {0, 6, 0}, 1: {1, 4, 0}, 2: {2, 5, 32}, 3: {3, 5, 0}, 4: {5, 5, 0}, 5: {6, 5, 0}, 63: {46, 6, 0}},
	} {
		var tab table
		c := &codes[i]
		tab.predefine(c)
		for at, want := range rows {
			s := tab.states[at]
			if s.base() != int(c.base[want[0]]) || s.extra() != c.extra[want[0]] || int(s.bits()) != want[1] || s.next() != want[2] {
				t.Errorf("table %d, state %d: %+v, want %v", i, at, s, want)
			}
		}
	}
}

// The example of RFC 8878 section 4.1.1: with 156 of 256 left, 98 numbers take 7
// bits, and the rest 8.
func TestProbability(t *testing.T) {
	for _, test := range []struct{ bits, left, want, size int }{
		{0, 156, -1, 7}, {97, 156, 96, 7}, {98, 156, 97, 8}, {127, 156, 126, 8}, {98 + 128, 156, 127, 8}, {255, 156, 156, 8},
	} {
		f := forward{b: []byte{byte(test.bits), 0, 0}}
		if got := f.probability(test.left); got != test.want || f.at != test.size {
			t.Errorf("%d: %d in %d bits, want %d in %d", test.bits, got, f.at, test.want, test.size)
		}
	}
}
