package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/bits"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// What a plausible header of a classic record has.
const (
	maxWireLen = 16 << 20
	nearby     = 86400 // seconds
	lookAhead  = 4     // records behind one that leads to an implausible one
)

// Damage that only Resync sees.
var (
	errHole         = fmt.Errorf("%w record: zeros in place of records", ErrFormat)
	errLeadsNowhere = fmt.Errorf("%w record: its length leads to no record, and one begins inside of it", ErrFormat)
)

// classicTrail is the trail of a classic file.
type classicTrail struct {
	big, rare bool
	swap      swap
	headerLen int
	maxRecord uint32
	second    uint32 // units of the fraction in a second
}

// A recordHeader holds the numbers of a classic record's header.
type recordHeader struct{ seconds, fraction, capLen, wireLen uint32 }

// parse returns the header that b begins with.
func (t *classicTrail) parse(b []byte) recordHeader {
	h := littleEndian(b)
	if t.rare {
		h = t.reorder(h)
	}
	return h
}

// littleEndian is parse for almost all files.
func littleEndian(b []byte) recordHeader {
	p := (*[recordHeaderLen]byte)(b)
	return recordHeader{
		binary.LittleEndian.Uint32(p[0:]), binary.LittleEndian.Uint32(p[4:]),
		binary.LittleEndian.Uint32(p[8:]), binary.LittleEndian.Uint32(p[12:]),
	}
}

// reorder puts a header in order that is not as almost all are.
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

// hop implements trail. A classic file has one byte order, so it takes the
// other for none.
func (t *classicTrail) hop(b []byte, i int, big, whole bool) (next int, nextBig bool, kind hop) {
	if big || len(b)-i < t.headerLen {
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
	// One that is not plausible, which leads to one that is.
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

// arrive says whether there is a header at b[i], which is hopFar.
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

// hop implements trail.
func (t *ngTrail) hop(b []byte, i int, big, whole bool) (next int, nextBig bool, kind hop) {
	const least, leastSection = 12, 28
	b = b[i:]
	if len(b) < least || !knownBlock(u32(b, big)) {
		return 0, false, hopNone
	}
	if u32(b, big) == ng.TypeSectionHeader {
		if big = u32(b[8:], true) == ng.ByteOrderMagic; !big && u32(b[8:], false) != ng.ByteOrderMagic {
			return 0, false, hopNone
		}
	}
	size := u32(b[4:], big)
	if size < least || size%4 != 0 || int64(size) > int64(t.maxBlock) || u32(b, big) == ng.TypeSectionHeader && size < leastSection {
		return 0, false, hopNone
	}
	next = i + int(size)
	switch {
	case int(size) > len(b):
		return next, big, hopBeyond
	case u32(b[size-4:], big) != size:
		return 0, false, hopNone
	case int(size) == len(b) && whole:
		return next, big, hopEnd
	case len(b)-int(size) < least:
		return next, big, hopBeyond
	}
	return next, big, hopNear
}

// knownBlock reports whether the draft's section 11.1 has block type typ.
func knownBlock(typ uint32) bool {
	switch typ {
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0xbad, 0x40000bad, ng.TypeSectionHeader:
		return true
	}
	return 0x201 <= typ && typ <= 0x213 // of Sysdig
}

// find returns the finder for the Reader's format.
func (r *Reader) find() *finder {
	if r.finder == nil {
		r.finder = &finder{trail: &r.trail}
		if r.header.Format == FormatPcapng {
			r.finder.trail = &ngTrail{r.ng.MaxBlock}
		}
	}
	return r.finder
}

// checkClassic looks at the record at offset, whose header is in memory, and at
// what it leads to. It returns a *Gap when there is damage, behind which the
// window then is.
func (r *Reader) checkClassic(offset int64) error {
	t := &r.trail
	h := t.parse(r.w.Buffered())
	if h.capLen > t.maxRecord {
		return r.gapClassic(offset, h, tooLarge(h.capLen, r.maxRecord))
	}
	if hole, err := r.hole(); err != nil {
		return err
	} else if hole {
		return r.gapClassic(offset, h, errHole)
	}
	end := offset + int64(t.headerLen) + int64(h.capLen)
	suspect, err := r.suspect(h)
	if !suspect || err != nil {
		return err
	}
	at, err := r.find().find(&r.w, offset+int64(t.headerLen), end, false, true)
	switch {
	case err == io.EOF || err == nil && at >= end:
		return nil
	case err != nil:
		return r.fail(offset, err)
	}
	r.w.Advance(int(at - offset))
	return &Gap{offset, at - offset, errLeadsNowhere}
}

// hole reports whether headers of zeros begin here: what was to be here was
// never written.
func (r *Reader) hole() (bool, error) {
	for at := 0; at < lookAhead*r.trail.headerLen; at += r.trail.headerLen {
		b, err := r.w.Ahead(at + r.trail.headerLen)
		if err == window.ErrHeld {
			return false, err
		}
		if err != nil || littleEndian(b[at:]) != (recordHeader{}) {
			return false, nil
		}
	}
	return true, nil
}

// suspect reports whether the record with header h, which is in memory, leads to
// damage, within a few records, or beyond the end of the input.
func (r *Reader) suspect(h recordHeader) (bool, error) {
	t, at := &r.trail, 0
	for range lookAhead {
		at += t.headerLen + int(h.capLen)
		b, err := r.w.Ahead(at + t.headerLen)
		switch {
		case err == window.ErrHeld:
			return false, err
		case len(b) < at:
			return err == io.EOF, nil
		case err != nil:
			return false, nil
		}
		next := t.parse(b[at:])
		if next.capLen > t.maxRecord {
			return true, nil
		}
		if t.plausible(next) && next.near(h) {
			return false, nil
		}
		h = next
	}
	return false, nil
}

// gapClassic goes on behind the damaged record at offset.
func (r *Reader) gapClassic(offset int64, h recordHeader, reason error) error {
	if r.w.Held {
		return window.ErrHeld
	}
	most := r.maxRecord
	if r.header.SnapLen > 0 {
		most = min(most, r.header.SnapLen)
	}
	behind := offset + int64(r.trail.headerLen)
	f := r.find()
	at, err := f.find(&r.w, offset+1, math.MaxInt64, false, false)
	if hint := behind + int64(h.wireLen); err == nil && hint > at && int64(h.wireLen) <= int64(min(most, defaultMaxRecord)) {
		if certain, hintErr := f.find(&r.w, hint, hint+1, false, true); hintErr == nil && certain == hint {
			return r.gap(offset, hint, reason, r.moveTo(hint, nil))
		}
	}
	if err == nil && r.followsHeader(at) {
		at, err = r.skipTo(max(at, behind+int64(most)), false)
	}
	return r.gap(offset, at, reason, r.moveTo(at, err))
}

// followsHeader reports whether there is a classic file header before the record
// at offset at, which then is one of a capture in a packet.
func (r *Reader) followsHeader(at int64) bool {
	b, err := r.w.Ahead(int(at - r.w.Offset()))
	return err == nil && len(b) >= fileHeaderLen && new(Header).isClassic(b[len(b)-fileHeaderLen:])
}

// gapNG goes on behind the damaged block b. When that is a section header, the
// blocks that follow belong to a section of which nothing is known.
func (r *Reader) gapNG(b *ng.Block, reason error) error {
	if r.w.Held {
		return window.ErrHeld
	}
	if reason == io.ErrUnexpectedEOF {
		at, err := r.find().find(&r.w, b.Offset+1, math.MaxInt64, r.ng.Big, true)
		if err != nil {
			return r.fail(b.Offset, reason)
		}
		return r.gap(b.Offset, at, reason, r.moveTo(at, nil))
	}
	at, err := r.skipTo(b.Offset+1, r.ng.Big)
	for err == nil && b.Type == ng.TypeSectionHeader {
		if head, _ := r.w.Peek(4); u32(head, r.ng.Big) == ng.TypeSectionHeader {
			break
		}
		at, err = r.skipTo(at+1, r.ng.Big)
	}
	return r.gap(b.Offset, at, reason, err)
}

// gap returns the Gap from offset to at, or to the end of the input if finding
// at gave io.EOF.
func (r *Reader) gap(offset, at int64, reason, err error) error {
	switch err {
	case nil:
	case io.EOF:
		at = r.w.Offset()
	default:
		return r.fail(offset, err)
	}
	return &Gap{offset, at - offset, reason}
}

// skipTo moves to the first record at or after lo that is certain. When there is
// none it returns io.EOF, at the end of the input.
func (r *Reader) skipTo(lo int64, big bool) (at int64, err error) {
	at, err = r.find().find(&r.w, lo, math.MaxInt64, big, false)
	return at, r.moveTo(at, err)
}

// moveTo moves to at, or to the end of the input if err, from finding it, is
// io.EOF.
func (r *Reader) moveTo(at int64, err error) error {
	switch err {
	case nil:
		_, err = r.w.Skip(at - r.w.Offset())
	case io.EOF:
		_, err = r.w.Skip(math.MaxInt64)
	}
	return err
}
