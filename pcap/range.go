package pcap

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// A Place is a point of an uncompressed capture at which a record or a block
// begins, with what a Reader has to know to begin there.
type Place struct {
	Offset int64 // in bytes
	Number int64 // records before it, -1: not known

	// Of a classic file, with Resync: the seconds of the time of the last record
	// before it that had another near in time behind it, -1: there is none, or
	// it is not known.
	Seconds int64

	// Of pcapng: the number of the section, -1 before the first; where its
	// header begins, and each of its interface descriptions that come before
	// this Place.
	Section    int
	SectionAt  int64
	Interfaces []int64
}

// A Range is a part of an uncompressed capture: the records that begin at From
// or behind it, and before offset To.
type Range struct {
	From Place
	To   int64
}

// A Walk is what a Reader of a Range has done: where it began, and where what is
// next begins.
type Walk struct {
	From, Next Place
	Unsure     bool // Seconds of From had been needed, and were not known
}

// Follows reports whether a Reader that began at p would have done the same.
func (w Walk) Follows(p Place) bool {
	return w.From.Offset == p.Offset && w.From.Section == p.Section && w.From.SectionAt == p.SectionAt &&
		slices.Equal(w.From.Interfaces, p.Interfaces) && (!w.Unsure || w.From.Seconds == p.Seconds)
}

// searched is how far behind a cut a record is looked for to begin a Range.
const searched = 4 << 20

// Ranges cuts the capture of size bytes in src into at most n ranges of about
// the same size, which can be read by as many Readers at once, on one machine or
// on many. It reads little of src, so where the ranges begin is a guess: the
// first record behind the cut that is certain, as the documentation of Gap has
// it, and for pcapng the interfaces that are described before the first packet.
//
// A Range was guessed right if its Walk follows the Next of the Walk before it. If
// not, it has to be read again from there. ReadRanges does all this.
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

// start is the beginning of any file.
var start = Place{Section: -1, Seconds: -1}

func windowAt(src io.ReaderAt, size, from int64) window.Window {
	return window.OverReader(io.NewSectionReader(src, from, max(size-from, 0)), window.Window{}).At(from)
}

// before returns the Place at offset at with what p knows of the section.
func (p Place) before(at int64) Place {
	p.Offset, p.Number, p.Seconds = at, -1, -1
	n, _ := slices.BinarySearch(p.Interfaces, at)
	p.Interfaces = p.Interfaces[:n]
	return p
}

// head returns the Place of the first packet of a pcapng file, and leaves the
// byte order and the interfaces there.
func (r *Reader) head() Place {
	for r.header.Format == FormatPcapng {
		b, err := r.ng.Next(func(uint32) bool { return false })
		if err != nil || ng.IsPacket(b.Type) {
			break
		}
	}
	return r.Place()
}

// Walk returns what r has done so far, with all that ReadRanges needs to know. Its
// From is the one that OpenRange was given, or the beginning of the file.
func (r *Reader) Walk() Walk { return Walk{r.from, r.Place(), r.unsure} }

// Place returns where the next record, or the next block, begins.
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

// OpenRange returns a Reader of a range of the capture of size bytes in src. Next
// returns io.EOF where the range ends. A record's Number is 0 when From does not
// say how many are before it. A range whose From has offset 0 begins at the
// beginning of the file.
//
// A gzipped capture gives ErrCompressed.
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
	case bytes.HasPrefix(b, gzipMagic):
		err = r.fail(0, ErrCompressed)
	case len(b) >= 4 && ng.Uint32(b, true) == ng.TypeSectionHeader:
		err = r.openSection(src, size, rg.From)
	case len(b) == fileHeaderLen && r.header.isClassic(b):
		err = r.readHeader(b)
		r.w = windowAt(src, size, max(rg.From.Offset, fileHeaderLen))
	default:
		err = r.open(windowAt(src, size, 0)) // says what is wrong
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// openSection begins at p, or at the beginning of the file.
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

// enterSection reads again what p says of its section.
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
		return r.fail(p.SectionAt, fmt.Errorf("%w place: its section has other interfaces", ErrFormat))
	}
	return nil
}

// blockAt reads the block at offset at.
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

// ReadRanges reads ranges of the capture of size bytes in src at once, in a
// goroutine each, and checks that they fit together. It calls read with the
// number of a range and its Reader; read has to read to the end and returns the
// error that ended it, nil for io.EOF. For a range that does not fit, read is
// called again with a Reader that begins in the right place, and has to forget
// what it has found in this range before.
//
// What read has found in the ranges that are returned, one after the other, is
// then exactly what one Reader of the whole file would have found: the same
// records, gaps and final error, whatever the file holds and wherever the ranges
// begin. Their From.Number tells the numbers of their records. An error of read
// ends the capture: ranges behind it are not returned. What OpenRange returns for
// the first range may be such an error.
//
// Config.OnBlock is called from all the goroutines, and again for a range that is
// read again.
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

// walked is what came of reading a range.
type walked struct {
	Walk
	records int64
	err     error
}

func (c Config) walk(src io.ReaderAt, size int64, i int, rg Range, read func(i int, r *Reader) error) walked {
	rg.From.Number = -1
	r, err := c.OpenRange(src, size, rg)
	if err == nil {
		err = read(i, r)
	}
	if r == nil {
		return walked{Walk{From: rg.From}, 0, err}
	}
	return walked{r.Walk(), r.number, err}
}
