package pcap

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// lookAhead is the number of records examined after one while they are
// implausible, and the number of headers of zeros that make a hole.
const lookAhead = 4

// Damage that only Resync detects.
var (
	errHole         = fmt.Errorf("%w record: zeros in place of records", ErrFormat)
	errLeadsNowhere = fmt.Errorf("%w record: no record follows at its length, but one begins inside it", ErrFormat)
)

// A wreck is an unreadable record or block.
type wreck struct {
	offset int64
	hint   int64 // its end if the plausible numbers in its header are right; 0 if none are
	most   int64 // its maximum length
	big    bool
	reason error
}

func (r *Reader) find() *finder {
	if r.finder == nil {
		r.finder = &finder{trail: &r.trail}
		// Grow the window once to the size needed.
		r.w.Ahead(recordHeaderLen + defaultMaxRecord + piece + horizon)
		if r.header.Format == FormatPcapng {
			r.finder.trail = &ngTrail{r.ng.MaxBlock}
		}
	}
	return r.finder
}

// checkClassic examines the record at offset, whose header is in memory, and
// the records it leads to. At damage it returns a *Gap, with the window after
// the gap.
func (r *Reader) checkClassic(offset int64) error {
	t := &r.trail
	h := t.parse(r.w.Buffered())
	if h.capLen > t.maxRecord {
		return r.gapClassic(offset, h, tooLarge(h.capLen, r.maxRecord))
	}
	if h.capLen == 0 && isFileHeader(r.w.Buffered()) {
		return r.gapClassic(offset, h, errJoined)
	}
	if hole, err := r.hole(); err != nil {
		return err
	} else if hole {
		return r.gapClassic(offset, h, errHole)
	}
	switch leads, err := r.follow(h); {
	case err != nil:
		return err
	case leads == hopNone:
		return r.inside(offset, h)
	case leads == hopNear: // so its time is not damaged
		r.seconds = int64(h.seconds)
	}
	return nil
}

// hole reports whether headers of zeros begin here, where records were never
// written.
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

// follow returns where the record with header h, which is in memory, leads:
// hopNear for a record near in time, hopNone for damage, or an end of input
// within a few records, and another value otherwise.
func (r *Reader) follow(h recordHeader) (hop, error) {
	t, at := &r.trail, 0
	for i := range lookAhead {
		at += t.headerLen + int(h.capLen)
		b, err := r.w.Ahead(at + t.headerLen)
		switch {
		case err == window.ErrHeld:
			return hopNone, err
		case len(b) < at && err == io.EOF:
			return hopNone, nil
		case err != nil:
			return hopBeyond, nil
		}
		next := t.parse(b[at:])
		switch {
		case next.capLen > t.maxRecord:
			return hopNone, nil
		case t.plausible(next) && next.near(h):
			if i == 0 {
				return hopNear, nil
			}
			return hopFar, nil
		}
		h = next
	}
	return hopFar, nil
}

// inside returns a *Gap if a certain record begins inside the record at offset,
// whose length must then be wrong.
func (r *Reader) inside(offset int64, h recordHeader) error {
	if r.w.Held {
		return window.ErrHeld
	}
	begin := offset + int64(r.trail.headerLen)
	end := begin + int64(h.capLen)
	q := quest{back: -1, brief: r.since()}
	at, err := r.find().find(&r.w, begin, end, q)
	if err == nil && at < end && r.holdsCapture(offset, at) {
		at, err = r.otherChain(begin, end, at, q)
	}
	switch {
	case err == io.EOF || err == nil && at >= end:
		return nil
	case err != nil:
		return r.fail(offset, err)
	}
	return r.gap(wreck{offset: offset, reason: errLeadsNowhere}, at, nil)
}

// gapClassic continues after the damaged record at offset.
func (r *Reader) gapClassic(offset int64, h recordHeader, reason error) error {
	most := int64(r.maxRecord)
	if r.header.SnapLen > 0 {
		most = min(most, int64(r.header.SnapLen))
	}
	header := int64(r.trail.headerLen)
	v := wreck{offset: offset, most: header + most, reason: reason}
	if int64(h.wireLen) <= min(most, defaultMaxRecord) {
		v.hint = offset + header + int64(h.wireLen)
	}
	return r.goOn(v, r.since())
}

// since returns a test for headers within a day of the last record whose time
// is known. If there is none, all headers pass.
func (r *Reader) since() func([]byte) bool {
	if r.seconds < 0 {
		r.unsure = true
		return always
	}
	last := recordHeader{seconds: uint32(r.seconds)}
	return func(b []byte) bool { return r.trail.parse(b).near(last) }
}

// gapNG continues after the damaged block b. After a damaged section header, it
// skips to the next section, because nothing is known of this one.
func (r *Reader) gapNG(b *ng.Block, reason error) error {
	v := wreck{offset: b.Offset, most: int64(r.ng.MaxBlock), big: r.ng.Big, reason: reason}
	switch {
	case r.w.Held:
		return window.ErrHeld
	case b.Type == ng.TypeSectionHeader:
		return r.nextSection(v)
	}
	if head, _ := r.w.Ahead(8); len(head) == 8 {
		if size := int64(ng.Uint32(head[4:], v.big)); size > 0 && size%4 == 0 && size <= min(v.most, defaultMaxRecord) {
			v.hint = v.offset + size
		}
	}
	if reason == io.ErrUnexpectedEOF { // truncated only if nothing follows
		if _, err := r.find().find(&r.w, v.offset+1, math.MaxInt64, quest{big: v.big, brief: always, back: -1}); err != nil {
			return r.fail(v.offset, reason)
		}
	}
	return r.goOn(v, always)
}

// nextSection continues at the next section header.
func (r *Reader) nextSection(v wreck) error {
	at, err := v.offset, error(nil)
	for err == nil {
		if at, err = r.skipTo(at+1, quest{big: v.big}); err != nil {
			break
		}
		if head, _ := r.w.Peek(4); ng.Uint32(head, v.big) == ng.TypeSectionHeader {
			break
		}
	}
	return r.gap(v, at, err)
}

func always([]byte) bool { return true }

// goOn continues after v, and returns the Gap.
func (r *Reader) goOn(v wreck, brief func([]byte) bool) error {
	if r.w.Held {
		return window.ErrHeld
	}
	f, lo := r.find(), v.offset+1
	q := quest{big: v.big, brief: brief, back: -1}
	if v.hint >= lo {
		if at, err := f.find(&r.w, v.hint, v.hint+1, q); err == nil && at == v.hint {
			return r.gap(v, at, nil)
		}
	}
	q.back = v.most
	at, err := f.find(&r.w, lo, math.MaxInt64, q)
	if err == nil && r.holdsCapture(v.offset, at) {
		first := at
		at, err = r.otherChain(max(lo, r.w.Offset()), math.MaxInt64, first, q)
		if at == first && r.header.Format == FormatPcap && err == nil {
			// The inner chain continues into the records after it.
			q.brief = nil
			at, err = f.find(&r.w, max(first, v.offset+v.most), math.MaxInt64, q)
		}
	}
	return r.gap(v, at, err)
}

// holdsCapture reports whether the memory after offset, up to the record at at,
// contains a capture's header. That record may then belong to a capture inside
// a packet.
func (r *Reader) holdsCapture(offset, at int64) bool {
	const section = 12 // what identifies a section header
	from := max(offset+1, r.w.Offset())
	b, _ := r.w.Ahead(int(at - r.w.Offset() + section))
	b = b[min(int(from-r.w.Offset()), len(b)):]
	if r.header.Format == FormatPcap {
		b = b[:min(int(max(at-from, 0)), len(b))]
	}
	for _, magic := range captureMagics {
		if bytes.Contains(b, magic) {
			return true
		}
	}
	return false
}

// captureMagics are the first bytes of captures of version 2.4 and of sections.
var captureMagics = append(fileMagics, []byte{0x0a, 0x0d, 0x0d, 0x0a})

// fileMagics are the first bytes of classic files of version 2.4.
var fileMagics = [][]byte{
	{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0}, {0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0}, {0x34, 0xcd, 0xb2, 0xa1, 2, 0, 4, 0},
	{0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4}, {0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4}, {0xa1, 0xb2, 0xcd, 0x34, 0, 2, 0, 4},
}

// otherChain returns the start of the first chain from lo on that continues,
// but not before first.
func (r *Reader) otherChain(lo, limit, first int64, q quest) (int64, error) {
	q.brief = nil
	return r.find().find(&r.w, max(lo, first), limit, q)
}

// gap moves to at and returns the Gap up to there, or up to the end of the
// input if err, from finding at, is io.EOF.
func (r *Reader) gap(v wreck, at int64, err error) error {
	switch err = r.moveTo(at, err); err {
	case nil:
	case io.EOF:
		at = r.w.Offset()
	default:
		return r.fail(v.offset, err)
	}
	return &Gap{v.offset, at - v.offset, v.reason}
}

// skipTo moves to the first certain record at or after lo. If there is none, it
// moves to the end of the input and returns io.EOF.
func (r *Reader) skipTo(lo int64, q quest) (at int64, err error) {
	at, err = r.find().find(&r.w, lo, math.MaxInt64, q)
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
