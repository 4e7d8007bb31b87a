package pcap

import (
	"io"
	"math/bits"

	"github.com/sightline-go/sightline/internal/window"
)

// A finder looks for records that are certain, as the documentation of Gap has
// it. Its answer depends on the input and on where it looks only, not on what
// was read before, so Readers of different ranges get the same.
//
// The input is looked at in pieces, at multiples of their size. Each is looked
// at once, so the time is linear however many gaps there are.
const (
	piece   = 256 << 10 // where starts are looked for
	horizon = 512 << 10 // how far behind it chains are followed
)

// A trail says how the records of a format lead to each other.
type trail interface {
	// hop says where the candidate that begins at b[i] leads, when the bytes
	// are in byte order big; nextBig is the order there. whole says that b ends
	// where the input ends.
	hop(b []byte, i int, big, whole bool) (next int, nextBig bool, kind hop)
}

// A hop is what a candidate for a record leads to.
type hop uint8

const (
	hopNone   hop = iota // it is no record
	hopBeyond            // to where there are no bytes
	hopFar               // to a candidate, but far in time
	hopNear              // to a candidate, which makes it a start
	hopEnd               // to the very end of the input, which makes it a start
)

type finder struct {
	trail  trail
	pieces [4]candidates // by number modulo 4: a record may reach into the next but one
	alive  [2]bitset     // by byte order: candidates whose chains reach the end of what is seen
	exact  [2]bitset     // those that end where the input ends
	seen   bitset
}

// candidates are what was found in one piece: what was looked at, and starts by
// byte order. A chain that ends where the input ends is better than one that
// would go beyond.
type candidates struct {
	from, to int64
	exact    [2]starts
	open     [2]starts
}

// starts are the starts of a piece.
type starts struct {
	at        bitset // from the first byte looked at on
	ambiguous int    // the last whose chain does not come together with the others, -1: none
}

// first returns the first start from i on, if it is certain.
func (s *starts) first(i int) (at int, ok bool) {
	at = s.at.next(i)
	return at, at > s.ambiguous
}

// find returns the first record at or after lo, and before limit, that is
// certain; limit if there is none, and io.EOF at the end of the input. keep
// keeps w where it is; else it moves, but for the last bytes before what was
// found.
func (f *finder) find(w *window.Window, lo, limit int64, big, keep bool) (at int64, err error) {
	o := order(big)
	for lo < limit {
		if back := lo - fileHeaderLen - w.Offset(); !keep && back > 0 {
			if _, err := w.Skip(back); err != nil {
				return 0, err
			}
		}
		c, err := f.look(w, lo)
		if err != nil {
			return 0, err
		}
		i := int(lo - c.from)
		at, ok := c.exact[o].first(i)
		if at < 0 {
			at, ok = c.open[o].first(i)
		}
		if ok {
			return min(c.from+int64(at), limit), nil
		}
		lo = c.to
	}
	return limit, nil
}

func order(big bool) int {
	if big {
		return 1
	}
	return 0
}

// look returns what is in the piece that lo is in.
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
	for o := range c.open {
		f.settle(&c.exact[o], b, n, o, err == io.EOF)
		f.settle(&c.open[o], b, n, o, err == io.EOF)
	}
	return c, nil
}

// follow finds the candidates of b whose chains reach its end, and the starts
// among its first n bytes.
func (f *finder) follow(c *candidates, b []byte, n int, whole bool) {
	for o := range f.alive {
		f.alive[o].reset(len(b))
		f.exact[o].reset(len(b))
		c.exact[o].at.reset(n)
		c.open[o].at.reset(n)
	}
	for i := len(b) - 1; i >= 0; i-- {
		for o := range f.alive {
			next, nextBig, kind := f.trail.hop(b, i, o == 1, whole)
			if kind == hopNone || kind != hopBeyond && kind != hopEnd && !f.alive[order(nextBig)].has(next) {
				continue
			}
			f.alive[o].set(i)
			exact := kind == hopEnd || kind != hopBeyond && f.exact[order(nextBig)].has(next)
			if exact {
				f.exact[o].set(i)
			}
			switch {
			case i >= n || kind < hopNear:
			case exact:
				c.exact[o].at.set(i)
			default:
				c.open[o].at.set(i)
			}
		}
	}
}

// settle finds where the chain of the last start leads behind the first n bytes,
// and the last start of a chain that leads elsewhere.
func (f *finder) settle(s *starts, b []byte, n, o int, whole bool) {
	s.ambiguous = -1
	frontier := -1
	f.seen.reset(n)
	for i := s.at.last(n - 1); i >= 0; i = s.at.last(i - 1) {
		switch end, met := f.end(b, i, n, o == 1, whole); {
		case met:
		case frontier < 0:
			frontier = end
		case frontier != end:
			s.ambiguous = max(s.ambiguous, i)
		}
	}
}

// end follows the chain that begins at b[i] to where it leads behind the first n
// bytes, or until it has met one that was followed before.
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

// reset empties s, and makes room for numbers below n.
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

// next returns the first number from i on, -1 if there is none.
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

// last returns the last number up to i, -1 if there is none.
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
