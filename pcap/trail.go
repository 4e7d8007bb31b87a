package pcap

import (
	"encoding/binary"
	"math/bits"

	"github.com/sightline-go/sightline/internal/ng"
)

// Limits of a plausible record header in a classic file.
const (
	maxWireLen = 16 << 20
	nearby     = 86400 // seconds
)

// classicTrail is the trail of a classic file.
type classicTrail struct {
	big, rare bool
	swap      swap
	headerLen int
	maxRecord uint32
	second    uint32 // units of the fraction per second
}

// A recordHeader holds the fields of a classic record's header.
type recordHeader struct{ seconds, fraction, capLen, wireLen uint32 }

// parse returns the header at the start of b.
func (t *classicTrail) parse(b []byte) recordHeader {
	h := littleEndian(b)
	if t.rare {
		h = t.reorder(h)
	}
	return h
}

// littleEndian is the fast path of parse, for almost all files.
func littleEndian(b []byte) recordHeader {
	p := (*[recordHeaderLen]byte)(b)
	return recordHeader{
		binary.LittleEndian.Uint32(p[0:]), binary.LittleEndian.Uint32(p[4:]),
		binary.LittleEndian.Uint32(p[8:]), binary.LittleEndian.Uint32(p[12:]),
	}
}

// reorder corrects the byte order and swapped lengths of a header from
// littleEndian.
func (t *classicTrail) reorder(h recordHeader) recordHeader {
	if t.big {
		h.seconds, h.fraction = bits.ReverseBytes32(h.seconds), bits.ReverseBytes32(h.fraction)
		h.capLen, h.wireLen = bits.ReverseBytes32(h.capLen), bits.ReverseBytes32(h.wireLen)
	}
	if t.swap == swapAlways || t.swap == swapSeen && h.capLen > h.wireLen {
		h.capLen, h.wireLen = h.wireLen, h.capLen
	}
	return h
}

func (t *classicTrail) plausible(h recordHeader) bool {
	return h.capLen <= t.maxRecord && h.wireLen < maxWireLen && h.fraction < t.second && h.seconds != 0
}

func (h recordHeader) near(o recordHeader) bool {
	return max(h.seconds, o.seconds)-min(h.seconds, o.seconds) <= nearby
}

// orders implements trail: a classic file has one byte order.
func (t *classicTrail) orders() int { return 1 }

// hop implements trail.
func (t *classicTrail) hop(b []byte, i int, _, whole bool) (next int, nextBig bool, kind hop) {
	if len(b)-i < t.headerLen {
		return 0, false, hopNone
	}
	h := t.parse(b[i:])
	if !t.plausible(h) {
		return 0, false, hopNone
	}
	next = i + t.headerLen + int(h.capLen)
	if kind = t.arrive(b, next, whole); kind != hopFar {
		return next, false, kind
	}
	to := t.parse(b[next:])
	if t.plausible(to) {
		if h.near(to) {
			kind = hopNear
		}
		return next, false, kind
	}
	if to.capLen > t.maxRecord {
		return 0, false, hopNone
	}
	// An implausible record that leads to a plausible one.
	next += t.headerLen + int(to.capLen)
	switch t.arrive(b, next, whole) {
	case hopEnd:
		return next, false, hopEnd
	case hopFar:
		if to = t.parse(b[next:]); t.plausible(to) && h.near(to) {
			return next, false, hopNear
		}
	}
	return 0, false, hopNone
}

// arrive returns hopFar if there is a header at b[i].
func (t *classicTrail) arrive(b []byte, i int, whole bool) hop {
	switch {
	case i == len(b) && whole:
		return hopEnd
	case len(b)-i < t.headerLen:
		return hopBeyond
	}
	return hopFar
}

// ngTrail is the trail of a pcapng file with blocks of at most maxBlock bytes.
type ngTrail struct{ maxBlock int }

// orders implements trail: a section may follow in the other byte order.
func (t *ngTrail) orders() int { return 2 }

// hop implements trail.
func (t *ngTrail) hop(b []byte, i int, big, whole bool) (next int, nextBig bool, kind hop) {
	const least, leastSection = 12, 28
	b = b[i:]
	if len(b) < least || !knownBlock(ng.Uint32(b, big)) {
		return 0, false, hopNone
	}
	if ng.Uint32(b, big) == ng.TypeSectionHeader {
		if big = ng.Uint32(b[8:], true) == ng.ByteOrderMagic; !big && ng.Uint32(b[8:], false) != ng.ByteOrderMagic {
			return 0, false, hopNone
		}
	}
	size := ng.Uint32(b[4:], big)
	if size < least || size%4 != 0 || int64(size) > int64(t.maxBlock) || ng.Uint32(b, big) == ng.TypeSectionHeader && size < leastSection {
		return 0, false, hopNone
	}
	next = i + int(size)
	switch {
	case int(size) > len(b):
		return next, big, hopBeyond
	case ng.Uint32(b[size-4:], big) != size:
		return 0, false, hopNone
	case int(size) == len(b) && whole:
		return next, big, hopEnd
	case len(b)-int(size) < least:
		return next, big, hopBeyond
	}
	return next, big, hopNear
}

// knownBlock reports whether section 11.1 of the draft lists block type typ.
func knownBlock(typ uint32) bool {
	switch typ {
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xbad, 0x40000bad, ng.TypeSectionHeader:
		return true
	}
	return 0x201 <= typ && typ <= 0x213 // Sysdig's
}
