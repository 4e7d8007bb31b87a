package pcap

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// A Place is a position in an uncompressed capture at which a record or block
// begins, with the state that a Reader needs to start there.
type Place struct {
	Offset int64 // in bytes
	Number int64 // records before it, -1 if unknown

	// For a classic file with Resync: the seconds of the last record before the
	// Place that was followed by another near in time, -1 if there is none or
	// it is unknown.
	Seconds int64

	// For pcapng: the number of the section, -1 before the first, and the
	// offsets of its header and of its interface descriptions before the Place.
	Section    int
	SectionAt  int64
	Interfaces []int64
}

// A Range is a part of an uncompressed capture: the records that begin at or
// after From and before offset To.
type Range struct {
	From Place
	To   int64
}

// A Walk is the progress of the Reader of a Range: where it began, and where
// the next record or block begins.
type Walk struct {
	From, Next Place
	Unsure     bool // Seconds of From was needed, but unknown
}

// Follows reports whether a Reader that began at p would have made the same
// Walk.
func (w Walk) Follows(p Place) bool {
	return w.From.Offset == p.Offset && w.From.Section == p.Section && w.From.SectionAt == p.SectionAt &&
		slices.Equal(w.From.Interfaces, p.Interfaces) && (!w.Unsure || w.From.Seconds == p.Seconds)
}

// searched is how far after a cut a record is searched for the start of a
// Range.
const searched = 4 << 20

// Ranges divides the capture of size bytes in src into at most n ranges of
// similar size, which n Readers can read concurrently, on one machine or many.
// It reads little of src, so the starts of the ranges are guesses: the first
// record after the cut that is certain, in the sense of Gap's documentation,
// and for pcapng the interfaces described before the first packet.
//
// A guess was right if the Walk of the Range follows the Next of the previous
// Walk. Otherwise, the Range must be read again from that Next. ReadRanges does
// all this.
func (c Config) Ranges(src io.ReaderAt, size int64, n int) ([]Range, error) {
	c.OnBlock = nil
	ranges := []Range{{start, size}}
	r, err := c.OpenRange(src, size, ranges[0])
	if err != nil {
		return nil, err
	}
	head := r.head()
	for i := int64(1); i < int64(n); i++ {
		last := &ranges[len(ranges)-1]
		cut := max(size/int64(n)*i, last.From.Offset+1)
		w := windowAt(src, size, cut)
		at, err := r.find().find(&w, cut, cut+searched, quest{big: r.ng.Big, brief: always})
		if err == io.EOF || err == nil && (at >= size || at == cut+searched) {
			continue
		}
		if err != nil {
			return nil, r.fail(cut, err)
		}
		last.To = at
		ranges = append(ranges, Range{head.before(at), size})
	}
	return ranges, nil
}

// start is the start of any file.
var start = Place{Section: -1, Seconds: -1}

func windowAt(src io.ReaderAt, size, from int64) window.Window {
	return window.OverReader(io.NewSectionReader(src, from, max(size-from, 0)), window.Window{}).At(from)
}

// before returns the Place at offset at, given the state p of the section.
func (p Place) before(at int64) Place {
	p.Offset, p.Number, p.Seconds = at, -1, -1
	n, _ := slices.BinarySearch(p.Interfaces, at)
	p.Interfaces = p.Interfaces[:n]
	return p
}

// head returns the Place of the first packet of a pcapng file. It sets the byte
// order and the interfaces at that Place.
func (r *Reader) head() Place {
	for r.header.Format == FormatPcapng {
		b, err := r.ng.Next(func(uint32) bool { return false })
		if err != nil || ng.IsPacket(b.Type) {
			break
		}
	}
	return r.Place()
}

// Walk returns the progress of r, as ReadRanges needs it. Its From is the one
// given to OpenRange, or the start of the file.
func (r *Reader) Walk() Walk { return Walk{r.from, r.Place(), r.unsure} }

// Place returns the place of the next record or block.
func (r *Reader) Place() Place {
	p := Place{Offset: r.w.Offset(), Number: r.number, Seconds: r.seconds}
	if r.numbered == 0 {
		p.Number = -1
	}
	if r.header.Format == FormatPcapng {
		p.Offset, p.Section, p.SectionAt = r.ng.Pos(), r.ng.Section, r.ng.SectionAt
		for i := range r.ng.Ifaces {
			p.Interfaces = append(p.Interfaces, r.ng.Ifaces[i].At)
		}
	}
	return p
}

// OpenRange returns a Reader of a range of the capture of size bytes in src.
// Next returns io.EOF at the end of the range. The Number of records is 0 if
// From does not know how many precede it. A range whose From has offset 0
// starts at the start of the file.
//
// The error for a compressed capture is ErrCompressed.
func (c Config) OpenRange(src io.ReaderAt, size int64, rg Range) (*Reader, error) {
	if rg.From.Offset == 0 {
		number := rg.From.Number
		rg.From = start
		rg.From.Number = number
	}
	r := &Reader{config: c, maxRecord: c.maxRecord(), from: rg.From, limit: rg.To, special: true}
	r.number, r.numbered, r.seconds = rg.From.Number, -1, rg.From.Seconds
	if rg.From.Number < 0 {
		r.number, r.numbered = 0, 0
	}
	var head [fileHeaderLen]byte
	n, err := src.ReadAt(head[:min(max(size, 0), fileHeaderLen)], 0)
	if err != nil && err != io.EOF {
		return nil, r.fail(0, err)
	}
	switch b := head[:n]; {
	case compressionOf(b) != CompressionNone:
		err = r.fail(0, ErrCompressed)
	case len(b) >= 4 && ng.Uint32(b, true) == ng.TypeSectionHeader:
		err = r.openSection(src, size, rg.From)
	case len(b) == fileHeaderLen && r.header.isClassic(b):
		err = r.readHeader(b)
		r.w = windowAt(src, size, max(rg.From.Offset, fileHeaderLen))
	default:
		err = r.open(windowAt(src, size, 0)) // reports the fault
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// openSection starts at p, or at the start of the file.
func (r *Reader) openSection(src io.ReaderAt, size int64, p Place) error {
	if p.Offset == 0 {
		r.w = windowAt(src, size, 0)
		return r.openNG()
	}
	r.startNG()
	err := r.enterSection(src, size, p)
	r.w = windowAt(src, size, p.Offset)
	return err
}

// enterSection reads the section header and interfaces of p again.
func (r *Reader) enterSection(src io.ReaderAt, size int64, p Place) error {
	for _, at := range append([]int64{p.SectionAt}, p.Interfaces...) {
		b, err := r.blockAt(src, size, at)
		if err != nil {
			return r.fail(at, err)
		}
		r.w = window.OverBytes(b).At(at)
		if _, err := r.ng.Next(r.wanted); err != nil {
			return r.fail(at, atEnd(err))
		}
	}
	r.ng.Section = p.Section
	if len(r.ng.Ifaces) != len(p.Interfaces) {
		return r.fail(p.SectionAt, fmt.Errorf("%w place: the interfaces of its section do not match", ErrFormat))
	}
	return nil
}

func (r *Reader) blockAt(src io.ReaderAt, size, at int64) ([]byte, error) {
	var head [12]byte
	if _, err := src.ReadAt(head[:], at); err != nil {
		return nil, atEnd(err)
	}
	big := r.ng.Big
	if ng.Uint32(head[:], true) == ng.TypeSectionHeader {
		big = ng.Uint32(head[8:], true) == ng.ByteOrderMagic
	}
	n := int64(ng.Uint32(head[4:], big))
	if n > min(size-at, int64(r.ng.MaxBlock)) {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, (n+3)&^3)
	_, err := src.ReadAt(b, at)
	return b, atEnd(err)
}

// ReadRanges reads ranges of the capture of size bytes in src concurrently, in
// a goroutine each, and checks that they fit together. It calls read with the
// number of a range and its Reader. read must read to the end and return the
// error that ended it, or nil for io.EOF. For a range that does not fit,
// ReadRanges calls read again with a Reader that starts in the right place, and
// read must discard its earlier results for that range.
//
// The results of read for the returned ranges, in order, are exactly those of a
// single Reader of the whole file: the same records, gaps and final error,
// whatever the file contains and wherever the ranges begin. From.Number of a
// range gives the numbers of its records. An error of read ends the capture:
// the ranges after it are not returned. An error of OpenRange for the first
// range counts as such an error.
//
// Config.OnBlock is called from all the goroutines, and again for a range that
// is read again.
func (c Config) ReadRanges(src io.ReaderAt, size int64, ranges []Range, read func(i int, r *Reader) error) ([]Range, error) {
	done := make([]walked, len(ranges))
	var wg sync.WaitGroup
	for i := range ranges {
		wg.Go(func() { done[i] = c.walk(src, size, i, ranges[i], read) })
	}
	wg.Wait()
	out := slices.Clone(ranges)
	next := start
	for i := range out {
		number := next.Number
		if !done[i].Follows(next) {
			out[i].From = next
			done[i] = c.walk(src, size, i, out[i], read)
		}
		out[i].From.Number = number
		if err := done[i].err; err != nil {
			var e *Error
			if errors.As(err, &e) {
				e.Record += number
			}
			return out[:i+1], err
		}
		next = done[i].Next
		next.Number = number + done[i].records
	}
	return out, nil
}

// walked is the result of reading a range.
type walked struct {
	Walk
	records int64
	err     error
}

func (c Config) walk(src io.ReaderAt, size int64, i int, rg Range, read func(i int, r *Reader) error) (w walked) {
	rg.From.Number = -1
	defer func() {
		if v := recover(); v != nil { // else it would end the program
			w = walked{Walk: Walk{From: rg.From}, err: fmt.Errorf("panic: %v\n%s", v, debug.Stack())}
		}
	}()
	r, err := c.OpenRange(src, size, rg)
	if err == nil {
		err = read(i, r)
	}
	if r == nil {
		return walked{Walk{From: rg.From}, 0, err}
	}
	return walked{r.Walk(), r.number, err}
}
