package zstd

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/internal/lz"
)

// codes are those of literal lengths, offsets and match lengths (RFC 8878 sections
// 3.1.1.3.2.1.1 and 3.1.1.3.2.2).
var codes = [3]code{
	{
		logLimit: 9,
		base: []uint32{
			0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512,
			1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15, 1 << 16,
		},
		extra: []uint8{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
		predefined: []int16{
			4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
		},
		log: 6,
	},
	{
		logLimit: 8,
		base: []uint32{
			1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15,
			1 << 16, 1 << 17, 1 << 18, 1 << 19, 1 << 20, 1 << 21, 1 << 22, 1 << 23, 1 << 24, 1 << 25, 1 << 26, 1 << 27, 1 << 28, 1 << 29, 1 << 30, 1 << 31,
		},
		extra: []uint8{
			0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
		},
		predefined: []int16{1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1},
		log:        5,
	},
	{
		logLimit: 9,
		base: []uint32{
			3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34,
			35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
		},
		extra: []uint8{
			0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
		},
		predefined: []int16{
			1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
			1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
		},
		log: 6,
	},
}

// sequences appends what count sequences in b make of the literals (RFC 8878
// section 3.1.1.4). It is long because the bits, the states and the recent
// distances must stay in registers.
func (d *blockDecoder) sequences(out *output, literals, b []byte, count int) error {
	var r bitReader
	if err := r.init(b); err != nil {
		return err
	}
	r.fill()
	length, offset, match := r.get(d.lengths.log), r.get(d.offsets.log), r.get(d.matches.log)
	if r.n < 0 {
		return ErrCorrupt
	}
	e := executor{b: out.b[:cap(out.b)], at: len(out.b), literals: literals, end: len(out.b) + out.limit, reach: out.reach - len(out.b), window: out.window}
	recent := d.recent
	pos, v, n := r.pos, r.v, r.n
	valid := true
	for ; count > 0 && valid; count-- {
		if pos >= 8 {
			v |= binary.LittleEndian.Uint64(b[pos-8:]) >> (n & 63)
			pos, n = pos-(63-n)>>3, n|56
		} else {
			pos, v, n = fillEnd(b, pos, v, n)
		}
		l, o, m := d.lengths.states[length&stateMask], d.offsets.states[offset&stateMask], d.matches.states[match&stateMask]
		distance := o.base() + int(v>>1>>(63-o.extra()&63))
		v <<= o.extra() & 63
		size := m.base() + int(v>>1>>(63-m.extra()&63))
		v <<= m.extra() & 63
		n -= int(o.extra() + m.extra())
		if o.extra()+m.extra()+l.extra() > 56-3*largestLog { // with the states, maybe more than a fill
			if n < 0 {
				valid = false
				break
			}
			pos, v, n = fillEnd(b, pos, v, n)
		}
		take := l.base() + int(v>>1>>(63-l.extra()&63))
		v <<= l.extra() & 63
		n -= int(l.extra())
		if count > 1 {
			length = l.next() + int(v>>1>>(63-l.bits()&63))
			v <<= l.bits() & 63
			match = m.next() + int(v>>1>>(63-m.bits()&63))
			v <<= m.bits() & 63
			offset = o.next() + int(v>>1>>(63-o.bits()&63))
			v <<= o.bits() & 63
			n -= int(l.bits() + m.bits() + o.bits())
		}
		if distance > 3 {
			distance -= 3
			recent[0], recent[1], recent[2] = distance, recent[0], recent[1]
		} else {
			distance = repeated(&recent, distance, take)
		}
		valid = n >= 0 && e.execute(take, distance, size)
	}
	d.recent, out.b = recent, e.b[:e.at]
	if rest := literals[e.copied:]; valid && pos == 0 && n == 0 && len(rest) <= e.end-e.at {
		out.b = append(out.b, rest...)
		return nil
	}
	return ErrCorrupt
}

const stateMask = 1<<largestLog - 1

// repeated returns the distance of an offset value that stands for a recent one
// (RFC 8878 section 3.1.1.5), and moves it to the front.
func repeated(recent *[3]int, value, literals int) int {
	if literals == 0 {
		value++
	}
	switch value {
	case 1:
	case 2:
		recent[0], recent[1] = recent[1], recent[0]
	case 3:
		recent[0], recent[1], recent[2] = recent[2], recent[0], recent[1]
	case 4:
		recent[0], recent[1], recent[2] = recent[0]-1, recent[0], recent[1]
	default: // an int of 32 bits is too small for it, as all windows are
		return 0
	}
	return recent[0]
}

// An executor copies literals and matches to b[at:end], which spare bytes follow.
type executor struct {
	b        []byte
	at, end  int
	literals []byte
	copied   int // of literals
	reach    int // at added, how far a match may reach; at most window
	window   int
}

// execute copies literals, and size bytes from a distance. It reports whether that
// is possible.
func (e *executor) execute(literals, distance, size int) bool {
	at, b := e.at, e.b
	from := e.literals[e.copied:]
	if literals > len(from) || literals+size > e.end-at {
		return false
	}
	if literals <= 16 && len(from) >= 16 {
		copy16(b[at:], from)
	} else {
		copy(b[at:], from[:literals])
	}
	e.copied += literals
	at += literals
	e.at = at
	if uint(distance-1) >= uint(min(e.reach+at, e.window)) {
		return false
	}
	e.at += size
	if distance < 16 || size > spare {
		lz.Copy(b[:at], distance, size)
		return true
	}
	copy16(b[at:], b[at-distance:])
	if size > 16 {
		copy16(b[at+16:], b[at+16-distance:])
	}
	return true
}

// copy16 copies 16 bytes, which do not overlap, faster than copy does a few.
func copy16(to, from []byte) {
	_, _ = to[15], from[15]
	x, y := binary.LittleEndian.Uint64(from), binary.LittleEndian.Uint64(from[8:])
	binary.LittleEndian.PutUint64(to, x)
	binary.LittleEndian.PutUint64(to[8:], y)
}
