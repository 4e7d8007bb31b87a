package pcap

import (
	"io"
	"math/bits"

	"github.com/sightline-go/sightline/internal/window"
)

// A finder finds records that are certain, in the sense of Gap's documentation.
// Its result depends only on the input and the offset, not on what was read
// before, so that Readers of different ranges agree.
//
// It examines the input once, in pieces at multiples of their size, so that the
// time is linear however many gaps there are.
const (
	piece   = 128 << 10 // where starts are searched
	horizon = 264 << 10 // how far chains are followed beyond it

	longChain = 16 // records of a chain that is far in time from the last record
)

// A trail knows how the records of a format lead to each other.
type trail interface {
	// orders returns the number of possible byte orders in a file: 1, which r
	// has, or 2.
	orders() int

	// hop returns where the candidate at b[i], in byte order big, leads, and
	// the byte order there. whole means that b extends to the end of the input.
	hop(b []byte, i int, big, whole bool) (next int, nextBig bool, kind hop)
}

// A hop is the result of following a candidate.
type hop uint8

const (
	hopNone   hop = iota // not a record
	hopBeyond            // leads beyond the available bytes
	hopFar               // leads to a candidate far in time
	hopNear              // leads to a candidate, so it is a start
	hopEnd               // leads to the exact end of the input, so it is a start
)

type finder struct {
	trail  trail
	pieces [4]candidates // by number modulo 4: a record may extend into the next two
	alive  [2]bitset     // by byte order: candidates whose chains reach the end of the available bytes
	exact  [2]bitset     // those whose chains end exactly at the end of the input
	sound  [2]bitset     // candidates that lead to a candidate
	seen   bitset
}

// candidates holds the result of examining a piece: its bounds, and starts by
// byte order. A chain that ends exactly at the end of the input is better than
// one that extends beyond, which is better than one that ends before.
type candidates struct {
	from, to int64
	exact    [2]starts
	open     [2]starts
	brief    [2]bitset // of chains of at least three candidates
}

// starts holds the starts of a piece.
type starts struct {
	at        bitset // relative to the first byte examined
	ambiguous int    // the last one whose chain does not join the others, or -1
}

// A quest is a query to a finder.
type quest struct {
	big   bool              // byte order at the offset
	brief func([]byte) bool // accepts starts of brief chains by their first bytes; nil: none
	back  int64             // bytes before the offset to keep in the window; -1: all
}

// find returns the first certain record at or after lo and before limit. It
// returns limit if there is none, and io.EOF at the end of the input.
func (f *finder) find(w *window.Window, lo, limit int64, q quest) (at int64, err error) {
	for lo < limit {
		if back := lo - q.back - w.Offset(); q.back >= 0 && back > 0 {
			if _, err := w.Skip(back); err != nil {
				return 0, err
			}
		}
		c, err := f.look(w, lo)
		if err != nil {
			return 0, err
		}
		if i := f.choose(c, int(lo-c.from), w, q); i >= 0 {
			return min(c.from+int64(i), limit), nil
		}
		lo = c.to
	}
	return limit, nil
}

// first returns the first start from i on whose chain continues, or -1 if there
// is none or it is not certain.
func (c *candidates) first(i int, big bool) int {
	for _, s := range []*starts{&c.exact[order(big)], &c.open[order(big)]} {
		if at := s.at.next(i); at > s.ambiguous {
			return at
		} else if at >= 0 {
			return -1
		}
	}
	return -1
}

// choose returns the first certain start of c from i on, or -1.
func (f *finder) choose(c *candidates, i int, w *window.Window, q quest) int {
	sure := c.first(i, q.big)
	if q.brief == nil {
		return sure
	}
	b, _ := w.Ahead(int(c.to-w.Offset()) + horizon)
	base, long := int(c.from-w.Offset()), -1 // of the examined bytes, in b
	for i = c.brief[order(q.big)].next(i); i >= 0 && (sure < 0 || i < sure); i = c.brief[order(q.big)].next(i + 1) {
		switch {
		case base+i+recordHeaderLen > len(b):
		case q.brief(b[base+i:]):
			return i
		case long < 0 && sure < 0 && f.isLong(b, base+i, q.big):
			long = i
		}
	}
	return max(sure, long)
}

// isLong reports whether the chain at b[i] has longChain records.
func (f *finder) isLong(b []byte, i int, big bool) bool {
	for range longChain {
		var kind hop
		if i, big, kind = f.trail.hop(b, i, big, false); kind != hopNear {
			return false
		}
	}
	return true
}

func order(big bool) int {
	if big {
		return 1
	}
	return 0
}

// look returns the candidates of the piece that contains lo.
func (f *finder) look(w *window.Window, lo int64) (*candidates, error) {
	c := &f.pieces[lo/piece%int64(len(f.pieces))]
	if c.from <= lo && lo < c.to {
		return c, nil
	}
	begin := lo / piece * piece
	from, to := max(begin, w.Offset()), begin+piece
	skip := int(from - w.Offset())
	b, err := w.Ahead(skip + int(to-from) + horizon)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if int64(len(b)) <= lo-w.Offset() {
		return nil, io.EOF
	}
	b = b[skip:]
	c.from, c.to = from, to
	n := min(len(b), int(to-from))
	f.follow(c, b, n, err == io.EOF)
	for o := range f.trail.orders() {
		f.settle(&c.exact[o], b, n, o, err == io.EOF)
		f.settle(&c.open[o], b, n, o, err == io.EOF)
	}
	return c, nil
}

// follow finds the candidates of b, and the starts among its first n bytes.
func (f *finder) follow(c *candidates, b []byte, n int, whole bool) {
	orders := f.trail.orders()
	for o := range orders {
		for _, s := range []*bitset{&f.alive[o], &f.exact[o], &f.sound[o]} {
			s.reset(len(b))
		}
		for _, s := range []*bitset{&c.exact[o].at, &c.open[o].at, &c.brief[o]} {
			s.reset(n)
		}
	}
	for i := len(b) - 1; i >= 0; i-- {
		for o := range orders {
			if next, nextBig, kind := f.trail.hop(b, i, o == 1, whole); kind != hopNone {
				f.note(c, i, next, n, o, order(nextBig), kind)
			}
		}
	}
}

// note records the candidate at i in byte order o, which leads to the one at
// next in byte order to.
func (f *finder) note(c *candidates, i, next, n, o, to int, kind hop) {
	start := i < n && kind >= hopNear
	if kind >= hopNear {
		f.sound[o].set(i)
	}
	if start && (kind == hopEnd || f.sound[to].has(next)) {
		c.brief[o].set(i)
	}
	if kind != hopBeyond && kind != hopEnd && !f.alive[to].has(next) {
		return
	}
	f.alive[o].set(i)
	exact := kind == hopEnd || kind != hopBeyond && f.exact[to].has(next)
	if exact {
		f.exact[o].set(i)
	}
	switch {
	case start && exact:
		c.exact[o].at.set(i)
	case start:
		c.open[o].at.set(i)
	}
}

// settle finds where the chain of the last start leaves the first n bytes, and
// the last start whose chain leaves elsewhere.
func (f *finder) settle(s *starts, b []byte, n, o int, whole bool) {
	s.ambiguous = -1
	together := -1
	f.seen.reset(n)
	for i := s.at.last(n - 1); i >= 0; i = s.at.last(i - 1) {
		switch end, met := f.end(b, i, n, o == 1, whole); {
		case met:
		case together < 0:
			together = end
		case together != end:
			s.ambiguous = max(s.ambiguous, i)
		}
	}
}

// end follows the chain at b[i] until it leaves the first n bytes or joins a
// chain that was followed before.
func (f *finder) end(b []byte, i, n int, big, whole bool) (end int, met bool) {
	for kind := hopNear; i < n && kind != hopBeyond && kind != hopEnd; {
		if f.seen.has(i) {
			return i, true
		}
		f.seen.set(i)
		i, big, kind = f.trail.hop(b, i, big, whole)
	}
	return i, false
}

// A bitset is a set of small numbers.
type bitset []uint64

// reset empties s and makes room for numbers below n.
func (s *bitset) reset(n int) {
	words := (n + 63) / 64
	if cap(*s) < words {
		*s = make(bitset, words)
	}
	*s = (*s)[:words]
	clear(*s)
}

func (s bitset) set(i int)      { s[i/64] |= 1 << (i % 64) }
func (s bitset) has(i int) bool { return i/64 < len(s) && s[i/64]&(1<<(i%64)) != 0 }

// next returns the first number from i on, or -1.
func (s bitset) next(i int) int {
	for w := i / 64; w < len(s); w++ {
		word := s[w]
		if w == i/64 {
			word &= ^uint64(0) << (i % 64)
		}
		if word != 0 {
			return w*64 + bits.TrailingZeros64(word)
		}
	}
	return -1
}

// last returns the last number up to i, or -1.
func (s bitset) last(i int) int {
	for w := i / 64; i >= 0 && w >= 0; w-- {
		word := s[w]
		if w == i/64 {
			word &= ^uint64(0) >> (63 - i%64)
		}
		if word != 0 {
			return w*64 + 63 - bits.LeadingZeros64(word)
		}
	}
	return -1
}
