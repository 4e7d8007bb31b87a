package brotli

import "bytes"

// Categories of blocks (RFC 7932 section 2).
const (
	literals = iota
	commands
	distances
	categories
)

// Sizes of alphabets and maps (RFC 7932 sections 3.3, 6 and 7.3).
const (
	byteAlphabet     = 256
	countAlphabet    = 26
	shortDistances   = 16
	literalContexts  = 64
	distanceContexts = 4
	blockTypes       = 256
	onlyBlock        = 1 << 24 // length of a block if all have one type
)

// A metaBlock holds the codes of a meta-block, and how far it is read.
type metaBlock struct {
	last bool
	left int // bytes of content

	blocks          [categories]blocks
	groups          [categories]group
	modes           [blockTypes]uint8
	literalMap      []uint8 // which code, by block type and context
	distanceMap     []uint8
	same            [blockTypes]bool // all contexts of a block type have one code
	postfix, direct int              // of distances

	// The current command.
	insert, copy int
	repeats      bool // the last distance
	known        bool // its distance is read
	distance     int
}

// A group is the codes of a category.
type group struct {
	entries []entry
	at      []int // where tables are
}

func (g *group) table(i int) []entry { return g.entries[g.at[i]:] }

// blocks follows the blocks of a category.
type blocks struct {
	types        int
	typ, before  int // of the current block and the one before
	left         int // of the current block
	names, sizes []entry
}

// keptEntries limits the memory that is kept for another stream.
const keptEntries = 8 << 10

// release ends a stream. It keeps only memory that is small.
func (m *metaBlock) release() {
	for i := range m.groups {
		if cap(m.groups[i].entries) > keptEntries {
			m.groups[i].entries = nil
		}
	}
	m.left, m.insert, m.copy, m.last = 0, 0, 0, false
}

// compressed reads the rest of the header of a compressed meta-block (RFC 7932
// section 9.2).
func (r *Reader) compressed() error {
	m := &r.meta
	for i := range m.blocks {
		if err := r.readBlocks(&m.blocks[i]); err != nil {
			return err
		}
	}
	m.postfix = r.bits(2)
	m.direct = r.bits(4) << m.postfix
	for i := range m.blocks[literals].types {
		m.modes[i] = uint8(r.bits(2))
	}
	var trees [categories]int
	var err error
	if m.literalMap, trees[literals], err = r.contextMap(m.literalMap, literalContexts*m.blocks[literals].types); err != nil {
		return err
	}
	if m.distanceMap, trees[distances], err = r.contextMap(m.distanceMap, distanceContexts*m.blocks[distances].types); err != nil {
		return err
	}
	trees[commands] = m.blocks[commands].types
	alphabets := [categories]int{byteAlphabet, commandAlphabet, shortDistances + m.direct + 48<<m.postfix}
	for i := range m.groups {
		if err := r.readGroup(&m.groups[i], trees[i], alphabets[i]); err != nil {
			return err
		}
	}
	m.findSame()
	m.insert, m.copy = 0, 0
	r.next = (*Reader).content
	return nil
}

// count reads a number from 1 to 256 (RFC 7932 section 9.2).
func (r *Reader) count() int {
	if !r.bit() {
		return 1
	}
	n := uint(r.bits(3))
	return 1<<n + r.bits(n) + 1
}

// readBlocks reads the types of blocks, and the length of the first one.
func (r *Reader) readBlocks(b *blocks) (err error) {
	b.types = r.count()
	b.typ, b.before, b.left = 0, 1, onlyBlock
	if b.types == 1 {
		return nil
	}
	if b.names, err = r.code(b.names[:0], b.types+2); err != nil {
		return err
	}
	if b.sizes, err = r.code(b.sizes[:0], countAlphabet); err != nil || r.short {
		return err
	}
	b.left = r.blockSize(b.sizes)
	return nil
}

var (
	blockSizeBase = [countAlphabet]uint16{
		1, 5, 9, 13, 17, 25, 33, 41, 49, 65, 81, 97, 113, 145, 177, 209, 241, 305, 369, 497, 753, 1265, 2289, 4337, 8433, 16625,
	}
	blockSizeExtra = [countAlphabet]uint8{2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24}
)

// blockSize reads the length of a block (RFC 7932 section 6).
func (r *Reader) blockSize(table []entry) int {
	s := r.symbol(table)
	return int(blockSizeBase[s]) + r.bits(uint(blockSizeExtra[s]))
}

// nextBlock begins a block (RFC 7932 section 6).
func (r *Reader) nextBlock(b *blocks) {
	if b.types == 1 { // after 16 MiB
		b.left = onlyBlock
		return
	}
	typ := 0
	switch s := r.symbol(b.names); s {
	case 0:
		typ = b.before
	case 1:
		typ = (b.typ + 1) % b.types
	default:
		typ = s - 2
	}
	b.typ, b.before = typ, b.typ
	b.left = r.blockSize(b.sizes)
}

// readGroup reads the codes of a category.
func (r *Reader) readGroup(g *group, codes, alphabet int) (err error) {
	g.entries, g.at = g.entries[:0], g.at[:0]
	for range codes {
		g.at = append(g.at, len(g.entries))
		if g.entries, err = r.code(g.entries, alphabet); err != nil || r.short {
			return err
		}
	}
	return nil
}

// contextMap reads a context map (RFC 7932 section 7.3), and the number of codes
// that it refers to.
func (r *Reader) contextMap(m []uint8, size int) (_ []uint8, codes int, err error) {
	if cap(m) < size {
		m = make([]uint8, size)
	}
	m = m[:size]
	clear(m)
	codes = r.count()
	if codes == 1 {
		return m, codes, nil
	}
	runs := 0
	if r.bit() {
		runs = 1 + r.bits(4)
	}
	r.scratch.contexts, err = r.code(r.scratch.contexts[:0], codes+runs)
	if err != nil || r.short {
		return m, codes, err
	}
	if e := r.scratch.contexts[0]; e&0xff == 0 && int(e>>8) > runs { // numbers that take no bits
		fillBytes(m, uint8(int(e>>8)-runs))
	} else if err := r.mapSymbols(m, r.scratch.contexts, runs); err != nil {
		return m, codes, err
	}
	if r.bit() {
		moveToFront(m)
	}
	return m, codes, nil
}

func fillBytes(m []uint8, c uint8) {
	m[0] = c
	for done := 1; done < len(m); {
		done += copy(m[done:], m[:done])
	}
}

func (r *Reader) mapSymbols(m []uint8, table []entry, runs int) error {
	for at := 0; at < len(m) && !r.short; {
		switch s := r.symbol(table); {
		case s == 0:
			at++
		case s <= runs:
			if at += 1<<s + r.bits(uint(s)); at > len(m) {
				return ErrCorrupt
			}
		default:
			m[at] = uint8(s - runs)
			at++
		}
	}
	return nil
}

// moveToFront undoes a move-to-front transform (RFC 7932 section 7.3). Bits that
// are read for m limit the work: numbers that take no bits are all the same.
func moveToFront(m []uint8) {
	var list [blockTypes]uint8
	for i := range list {
		list[i] = uint8(i)
	}
	for at := 0; at < len(m); {
		i := m[at]
		n := 1
		if at == 0 && bytes.Count(m, m[:1]) == len(m) {
			n = len(m)
		}
		for at+n < len(m) && m[at+n] == i {
			n++
		}
		turn(list[:int(i)+1], m[at:at+n])
		at += n
	}
}

// turn moves the last of list to the front for each byte of run, which it becomes.
func turn(list, run []uint8) {
	period := len(list)
	for k := range min(period, len(run)) { // backwards, again and again
		run[k] = list[period-1-k]
	}
	for done := period; done < len(run); {
		done += copy(run[done:], run[:done])
	}
	var turned [blockTypes]uint8
	by := len(run) % period
	copy(turned[:], list[period-by:])
	copy(turned[by:], list[:period-by])
	copy(list, turned[:period])
}

// sameCode returns the code of all literals of a block type, if they have one.
func (m *metaBlock) sameCode(typ int) (code int, ok bool) {
	return int(m.literalMap[literalContexts*typ]), m.same[typ]
}

// findSame finds the block types whose literals all have one code.
func (m *metaBlock) findSame() {
	for typ := range m.blocks[literals].types {
		contexts := m.literalMap[literalContexts*typ:][:literalContexts]
		m.same[typ] = bytes.Count(contexts, contexts[:1]) == literalContexts
	}
}
