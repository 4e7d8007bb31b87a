package zstd

import "math/bits"

const (
	largestLog  = 9
	smallestLog = 5 // of a table that the stream describes
	symbolCount = 53
	lessThanOne = -1 // the probability that gets a single state
	weightLog   = 6
)

// A table decodes symbols of a code based on asymmetric numeral systems (RFC 8878
// section 4.1).
type table struct {
	states [1 << largestLog]state
	log    uint8

	predefined bool // it is the predefined one
	inherited  bool // a block of the frame left it
}

// A state is a symbol, as what it stands for, and where the next one is. A number
// is faster than a struct: it is loaded at once.
type state uint64

func newState(base uint32, next uint16, bits, extra uint8) state {
	return state(base)<<32 | state(next)<<16 | state(bits)<<8 | state(extra)
}

func (s state) base() int    { return int(s >> 32) }          // of the value
func (s state) next() int    { return int(s >> 16 & 0xffff) } // state, to which bits are added
func (s state) bits() uint8  { return uint8(s >> 8) }
func (s state) extra() uint8 { return uint8(s) } // bits to be added to base

// A code lists what the symbols of a table stand for.
type code struct {
	logLimit   uint8
	base       []uint32
	extra      []uint8
	predefined []int16 // probabilities
	log        uint8   // of predefined
}

// distribution reads probabilities (RFC 8878 section 4.1.1) of symbols below
// len(probs). It returns how many symbols there are, the logarithm of the sum, and
// how many bytes were read.
func distribution(probs []int16, logLimit uint8, b []byte) (symbols int, log uint8, size int, err error) {
	f := forward{b: b}
	log = uint8(f.get(4)) + smallestLog
	if log > logLimit {
		return 0, 0, 0, ErrCorrupt
	}
	left := 1 << log // not yet given to a symbol
	for left > 0 && symbols < len(probs) {
		p := f.probability(left)
		probs[symbols] = int16(p)
		symbols++
		left -= max(p, -p)
		for again := p == 0; again; {
			zeros := f.get(2)
			again = zeros == 3
			if symbols+zeros > len(probs) {
				return 0, 0, 0, ErrCorrupt
			}
			clear(probs[symbols : symbols+zeros])
			symbols += zeros
		}
	}
	size = (f.at + 7) / 8
	if left != 0 || size > len(b) {
		return 0, 0, 0, ErrCorrupt
	}
	return symbols, log, size, nil
}

// A forward reads bits from the beginning of b, each number from its lowest bit.
// Bits beyond the end are zeros.
type forward struct {
	b  []byte
	at int // in bits
}

func (f *forward) peek(bits int) int {
	v := 0
	for i := range 3 {
		if at := f.at>>3 + i; at < len(f.b) {
			v |= int(f.b[at]) << (8 * i)
		}
	}
	return v >> (f.at & 7) & (1<<bits - 1)
}

func (f *forward) get(bits int) int {
	v := f.peek(bits)
	f.at += bits
	return v
}

// probability reads a number up to left+1, less one. The lowest numbers take a bit
// less than the others.
func (f *forward) probability(left int) int {
	size := bits.Len(uint(left + 1))
	short := 1<<size - 1 - (left + 1) // numbers that take size-1 bits
	v := f.peek(size)
	if low := v & (1<<(size-1) - 1); low < short {
		f.at += size - 1
		return low - 1
	}
	f.at += size
	if v >= 1<<(size-1) {
		v -= short
	}
	return v - 1
}

// build makes the table of probabilities whose sum is 1<<log (RFC 8878 section
// 4.1.1).
func (t *table) build(c *code, probs []int16, log uint8) {
	var symbols [1 << largestLog]uint8
	var next [symbolCount]uint16
	size := 1 << log
	last := size - 1
	for s, p := range probs {
		next[s] = uint16(p)
		if p == lessThanOne {
			symbols[last] = uint8(s)
			next[s] = 1
			last--
		}
	}
	at, step, mask := 0, size>>1+size>>3+3, size-1
	for s, p := range probs {
		for range p {
			symbols[at] = uint8(s)
			at = (at + step) & mask
			for at > last {
				at = (at + step) & mask
			}
		}
	}
	for i := range t.states[:size] {
		s := symbols[i]
		n := next[s]
		next[s]++
		nbits := log - uint8(bits.Len16(n)-1)
		t.states[i] = newState(c.base[s], n<<nbits-uint16(size), nbits, c.extra[s])
	}
	t.log = log
}

// predefine makes the predefined table of c.
func (t *table) predefine(c *code) {
	if !t.predefined {
		t.build(c, c.predefined, c.log)
		t.predefined = true
	}
}

// repeat makes a table of a single symbol, which takes no bits.
func (t *table) repeat(c *code, b []byte) (size int, err error) {
	if len(b) == 0 || int(b[0]) >= len(c.base) {
		return 0, ErrCorrupt
	}
	t.states[0] = newState(c.base[b[0]], 0, 0, c.extra[b[0]])
	t.log, t.predefined = 0, false
	return 1, nil
}

// read makes the table that b describes.
func (t *table) read(c *code, b []byte) (size int, err error) {
	var probs [symbolCount]int16
	symbols, log, size, err := distribution(probs[:len(c.base)], c.logLimit, b)
	if err != nil {
		return 0, err
	}
	t.build(c, probs[:symbols], log)
	t.predefined = false
	return size, nil
}
