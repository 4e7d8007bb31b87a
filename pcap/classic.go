package pcap

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// The classic format (draft-ietf-opsawg-pcap): a file header of 24 bytes, and
// records with a header of 16 bytes.
const (
	magicMicros   = 0xa1b2c3d4
	magicNanos    = 0xa1b23c4d
	magicModified = 0xa1b2cd34

	fileHeaderLen     = 24
	recordHeaderLen   = 16
	modifiedHeaderLen = 24
)

// The upper half of the link-type word (section 4 of the draft).
const (
	linkTypeMask = 0xffff
	fcsPresent   = 1 << 26
	fcsShift     = 28 // in units of 16 bits
)

// Versions. Some old ones swap the length fields of a record.
const (
	versionMajor  = 2
	versionMinor  = 4
	versionDGUX   = 543 // tcpdump of DG/UX
	versionAIX    = 2   // minor version: AIX, or an old libpcap
	swappedBefore = 3   // minor version: swapped in older ones, and in this one if they show it
)

// isClassic reports whether b begins with the magic number of a classic file.
func (h *Header) isClassic(b []byte) bool {
	for _, big := range []bool{false, true} {
		switch magic := ng.Uint32(b, big); magic {
		case magicMicros, magicNanos, magicModified:
			h.Format, h.BigEndian = FormatPcap, big
			h.Nanoseconds, h.Modified = magic == magicNanos, magic == magicModified
			return true
		}
	}
	return false
}

func (r *Reader) openClassic() error {
	b, err := r.w.Peek(fileHeaderLen)
	if err != nil {
		return r.fail(0, fmt.Errorf("file header has %d of %d bytes: %w", len(b), fileHeaderLen, atEnd(err)))
	}
	if err := r.readHeader(b); err != nil {
		return err
	}
	r.w.Advance(fileHeaderLen)
	return nil
}

// readHeader parses the file header b, whose magic number has been checked.
func (r *Reader) readHeader(b []byte) error {
	h := &r.header
	h.VersionMajor, h.VersionMinor = int(r.uint16(b[4:])), int(r.uint16(b[6:]))
	if h.VersionMajor < versionMajor {
		return r.fail(0, fmt.Errorf("%w %d.%d", ErrVersion, h.VersionMajor, h.VersionMinor))
	}
	h.SnapLen = int(int32(r.uint32(b[16:])))
	word := r.uint32(b[20:])
	h.LinkType = LinkType(word & linkTypeMask)
	if word&fcsPresent != 0 {
		h.FCSLen = int(word>>fcsShift) * 2
	}
	h.aix(word)
	r.snapLen = math.MaxUint32
	if h.SnapLen > 0 {
		r.snapLen = uint32(h.SnapLen)
	}
	r.trail, r.unit = classicTrail{
		big: h.BigEndian, rare: h.BigEndian || h.swap() != swapNever, headerLen: recordHeaderLen, second: 1e6,
		maxRecord: uint32(min(int64(r.maxRecord), math.MaxInt32)),
		swap:      h.swap(),
	}, 1000
	if h.Modified {
		r.trail.headerLen = modifiedHeaderLen
	}
	if h.Nanoseconds {
		r.trail.second, r.unit = 1e9, 1
	}
	r.rec = Record{LinkType: h.LinkType, FCSLen: h.FCSLen}
	return nil
}

// aix corrects h if AIX wrote the file. AIX writes version 2.2, an ifType (RFC
// 1573) in place of a link type, and nanoseconds despite the magic number for
// microseconds. The four ifTypes identify such a file, as in Wireshark. FDDI
// stays unknown, because AIX pads its frames.
func (h *Header) aix(word uint32) {
	if h.Modified || h.Nanoseconds || h.VersionMajor != versionMajor || h.VersionMinor != versionAIX {
		return
	}
	const ethernet, tokenRing, fddi, loopback = 6, 9, 15, 24
	switch word {
	case ethernet:
		h.LinkType = LinkTypeEthernet
	case tokenRing:
		h.LinkType = LinkTypeIEEE802_5
	case loopback:
		h.LinkType = LinkTypeNull
	case fddi:
	default:
		return
	}
	h.Nanoseconds = true
}

func (r *Reader) nextClassic() (*Record, error) {
	b, offset := r.w.Buffered(), r.w.Offset()
	if len(b) < r.trail.headerLen || r.special {
		var err error
		if b, err = r.prepare(offset); err != nil {
			return nil, err
		}
	}
	h := littleEndian(b)
	if r.trail.rare {
		h = r.trail.reorder(h)
	}
	if h.capLen > r.trail.maxRecord {
		return nil, r.fail(offset, tooLarge(h.capLen, r.maxRecord))
	}
	if h.capLen == 0 && isFileHeader(b) {
		return nil, r.fail(offset, errJoined)
	}
	size := r.trail.headerLen + int(h.capLen)
	if len(b) < size {
		var err error
		if b, err = r.w.Peek(size); err != nil {
			return nil, r.cutShort(offset, b, size, err)
		}
	}
	r.w.Advance(size)
	if h.capLen > min(h.wireLen, r.snapLen) || h.fraction >= r.trail.second {
		r.noteOdd(h.capLen, h.wireLen, r.snapLen)
		if h.fraction >= r.trail.second {
			r.oddities.Carried++
		}
	}
	r.number++
	rec := &r.rec
	rec.Time = time.Unix(int64(h.seconds), int64(h.fraction)*r.unit).UTC()
	rec.Data = b[r.trail.headerLen:size:size]
	rec.WireLen = ng.Int(h.wireLen)
	rec.Number, rec.Offset = r.number&r.numbered, offset
	return rec, nil
}

// errJoined reports a second file header: the draft allows only one, at the
// start.
var errJoined = fmt.Errorf("%w record: another capture begins here; join captures with mergecap, not with cat", ErrFormat)

// isFileHeader reports whether b, which holds a record header, begins with a file
// header. As a record, it would have a time in 2055 or one of two others, to the
// microsecond.
func isFileHeader(b []byte) bool {
	for _, magic := range fileMagics {
		if bytes.HasPrefix(b, magic) {
			return true
		}
	}
	return false
}

// prepare does the rare work before a record: limits, end of input and Resync.
// It returns the bytes in memory from the record's header on, which is
// complete.
func (r *Reader) prepare(offset int64) ([]byte, error) {
	if offset >= r.limit {
		return nil, io.EOF
	}
	b, err := r.w.Peek(r.trail.headerLen)
	if err != nil {
		return nil, r.cutShort(offset, b, r.trail.headerLen, err)
	}
	if r.config.Resync {
		if err := r.checkClassic(offset); err != nil {
			return nil, err
		}
	}
	return r.w.Buffered(), nil
}

func tooLarge(capLen uint32, limit int) error {
	return fmt.Errorf("record of %d bytes is %w of %d", capLen, ErrTooLarge, limit)
}

// noteOdd counts a record whose lengths break a rule.
func (r *Reader) noteOdd(capLen, wireLen, snapLen uint32) {
	if capLen > wireLen {
		r.oddities.OverWire++
	}
	if capLen > snapLen {
		r.oddities.OverSnap++
	}
}

// A swap says when a record's length fields are swapped.
type swap uint8

const (
	swapNever swap = iota
	swapSeen       // if they show it: the captured length is the smaller one
	swapAlways
)

// swap returns libpcap's rule for the file's version.
func (h *Header) swap() swap {
	switch {
	case h.VersionMajor == versionMajor && h.VersionMinor < swappedBefore, h.VersionMajor == versionDGUX && h.VersionMinor == 0:
		return swapAlways
	case h.VersionMajor == versionMajor && h.VersionMinor == swappedBefore:
		return swapSeen
	}
	return swapNever
}

func (r *Reader) uint32(b []byte) uint32 { return ng.Uint32(b, r.header.BigEndian) }

func (r *Reader) uint16(b []byte) uint16 { return ng.Uint16(b, r.header.BigEndian) }

// cutShort returns the error for a record of which only have is available.
func (r *Reader) cutShort(offset int64, have []byte, size int, err error) error {
	switch {
	case err == window.ErrHeld:
		return err
	case len(have) > 0:
		return r.fail(offset, fmt.Errorf("record has %d of %d bytes: %w", len(have), size, atEnd(err)))
	case err == io.EOF:
		return io.EOF
	}
	return r.fail(offset, err)
}

// atEnd turns io.EOF into io.ErrUnexpectedEOF.
func atEnd(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
