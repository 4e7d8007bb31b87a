package brotli

import "github.com/sightline-go/sightline/internal/lz"

// content decompresses a piece of a meta-block (RFC 7932 section 10).
func (r *Reader) content() (err error) {
	m := &r.meta
	b := r.win.Reserve(outputLen + changedWord)
	before, end := len(b), len(b)+outputLen
	for m.left > 0 && len(b) < end && err == nil && !r.short {
		switch {
		case m.insert > 0:
			b, err = r.literals(b, end)
		case m.copy == 0:
			err = r.command()
		default:
			reach := r.reach(len(b) - before)
			if !m.known {
				if err = r.distance(reach); err != nil || r.short {
					break
				}
			}
			b, err = r.match(b, end, reach)
		}
	}
	r.win.Wrote(b)
	r.written += uint64(len(b) - before)
	if m.left == 0 && err == nil && !r.short {
		return r.ended()
	}
	return err
}

// reach returns how far a match may reach back.
func (r *Reader) reach(more int) int {
	return int(min(r.written+uint64(more), uint64(r.window)))
}

// Lengths of commands (RFC 7932 section 5).
var (
	insertBase  = [24]uint16{0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 18, 26, 34, 50, 66, 98, 130, 194, 322, 578, 1090, 2114, 6210, 22594}
	insertExtra = [24]uint8{0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24}
	copyBase    = [24]uint16{2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 22, 30, 38, 54, 70, 102, 134, 198, 326, 582, 1094, 2118}
	copyExtra   = [24]uint8{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24}

	// The first codes of the lengths, by the upper bits of a command.
	insertCell = [11]uint8{0, 0, 0, 0, 8, 8, 0, 16, 8, 16, 16}
	copyCell   = [11]uint8{0, 8, 0, 8, 0, 8, 16, 0, 16, 8, 16}
)

// lastDistance is the number of commands without a distance.
const lastDistance = 128

// command reads the lengths of a command.
func (r *Reader) command() error {
	m := &r.meta
	c := &m.blocks[commands]
	if c.left == 0 {
		r.nextBlock(c)
	}
	c.left--
	s := r.symbol(m.groups[commands].table(c.typ))
	i, k := insertCell[s>>6]+uint8(s>>3&7), copyCell[s>>6]+uint8(s&7)
	m.insert, m.copy = int(insertBase[i]), int(copyBase[k])
	if n := insertExtra[i]; n > 0 { // bits is not inlined, and most have none
		m.insert += r.bits(uint(n))
	}
	if n := copyExtra[k]; n > 0 {
		m.copy += r.bits(uint(n))
	}
	m.known, m.repeats = false, s < lastDistance
	if m.insert > m.left && !r.short {
		return ErrCorrupt
	}
	return nil
}

// literals appends literals of the command, up to end.
func (r *Reader) literals(b []byte, end int) ([]byte, error) {
	m := &r.meta
	c := &m.blocks[literals]
	if c.left == 0 {
		if r.nextBlock(c); r.short {
			return b, nil
		}
	}
	n := min(m.insert, c.left, end-len(b))
	at := len(b)
	if same, ok := m.sameCode(c.typ); ok {
		b = r.sameLiterals(b[:at+n], at, m.groups[literals].table(same))
	} else {
		b = r.contextLiterals(b[:at+n], at)
	}
	n = len(b) - at
	c.left -= n
	m.insert -= n
	m.left -= n
	return b, nil
}

// sameLiterals fills b[at:] with one code. It returns b as far as it got.
func (r *Reader) sameLiterals(b []byte, at int, table []entry) []byte {
	for ; at < len(b); at++ {
		s := r.symbol(table)
		if r.short {
			return b[:at]
		}
		b[at] = byte(s)
	}
	return b
}

// contextLiterals fills b[at:] with codes by the two bytes before (RFC 7932
// section 7.1). It returns b as far as it got.
func (r *Reader) contextLiterals(b []byte, at int) []byte {
	m := &r.meta
	typ := m.blocks[literals].typ
	g := &m.groups[literals]
	contexts := (*[literalContexts]uint8)(m.literalMap[literalContexts*typ:])
	lut := &contextTables[m.modes[typ]]
	var last, before byte
	if at > 0 {
		last = b[at-1]
	}
	if at > 1 {
		before = b[at-2]
	}
	for ; at < len(b); at++ {
		s := r.symbol(g.table(int(contexts[(lut.last[last]|lut.before[before])&(literalContexts-1)])))
		if r.short {
			return b[:at]
		}
		b[at] = byte(s)
		last, before = byte(s), last
	}
	return b
}

// distance reads the distance of the command (RFC 7932 section 4).
func (r *Reader) distance(reach int) error {
	m := &r.meta
	m.known = true
	if m.repeats {
		m.distance = r.recent[3]
		return nil
	}
	c := &m.blocks[distances]
	if c.left == 0 {
		if r.nextBlock(c); r.short {
			return nil
		}
	}
	c.left--
	context := distanceContexts*c.typ + min(m.copy-2, distanceContexts-1)
	s := r.symbol(m.groups[distances].table(int(m.distanceMap[context])))
	switch {
	case s < shortDistances:
		m.distance = r.recent[recentIndex[s]] + int(recentOffset[s])
	case s < shortDistances+m.direct:
		m.distance = s - shortDistances + 1
	default:
		n := s - shortDistances - m.direct
		high, low := n>>m.postfix, n&(1<<m.postfix-1)
		extra := uint(1 + high>>1)
		offset := (2+high&1)<<extra - 4
		m.distance = (offset+r.bits(extra))<<m.postfix + low + m.direct + 1
	}
	if r.short {
		return nil
	}
	if m.distance <= 0 {
		return ErrCorrupt
	}
	if m.distance <= reach && s != 0 {
		r.recent = [4]int{r.recent[1], r.recent[2], r.recent[3], m.distance}
	}
	return nil
}

// Distances near recent ones (RFC 7932 section 4): the fourth last is the first.
var (
	recentIndex  = [shortDistances]uint8{3, 2, 1, 0, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2}
	recentOffset = [shortDistances]int8{0, 0, 0, 0, -1, 1, -2, 2, -3, 3, -1, 1, -2, 2, -3, 3}
)

// match appends what the command copies, up to end, or a whole word of the
// dictionary, which a transform may make shorter than the command says.
func (r *Reader) match(b []byte, end, reach int) ([]byte, error) {
	m := &r.meta
	if m.distance > reach {
		at := len(b)
		b, ok := appendWord(b, m.distance-reach-1, m.copy)
		if m.copy = 0; !ok || len(b)-at > m.left {
			return b[:at], ErrCorrupt
		}
		m.left -= len(b) - at
		return b, nil
	}
	if m.copy > m.left {
		return b, ErrCorrupt
	}
	n := min(m.copy, end-len(b))
	m.copy -= n
	m.left -= n
	return lz.Copy(b, m.distance, n), nil
}
