package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"time"
)

// The classic format, draft-ietf-opsawg-pcap: a file header of 24 bytes and
// records with a header of 16.
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

// isClassic reports whether b begins with the magic number of a classic file.
func (h *Header) isClassic(b []byte) bool {
	for _, big := range []bool{false, true} {
		var magic uint32
		if big {
			magic = binary.BigEndian.Uint32(b)
		} else {
			magic = binary.LittleEndian.Uint32(b)
		}
		switch magic {
		case magicMicros, magicNanos, magicModified:
			h.Format, h.BigEndian = FormatPcap, big
			h.Nanoseconds, h.Modified = magic == magicNanos, magic == magicModified
			return true
		}
	}
	return false
}

// openClassic reads the file header.
func (r *Reader) openClassic() error {
	b, err := r.w.Peek(fileHeaderLen)
	if err != nil {
		return r.fail(0, fmt.Errorf("file header has %d of %d bytes: %w", len(b), fileHeaderLen, atEnd(err)))
	}
	h := &r.header
	h.VersionMajor, h.VersionMinor = int(r.uint16(b[4:])), int(r.uint16(b[6:]))
	h.SnapLen = int(int32(r.uint32(b[16:])))
	word := r.uint32(b[20:])
	h.LinkType = LinkType(word & linkTypeMask)
	if word&fcsPresent != 0 {
		h.FCSLen = int(word>>fcsShift) * 2
	}
	r.headerLen = recordHeaderLen
	if h.Modified {
		r.headerLen = modifiedHeaderLen
	}
	r.rec = Record{LinkType: h.LinkType, FCSLen: h.FCSLen}
	r.w.Advance(fileHeaderLen)
	return nil
}

// nextClassic reads a record.
func (r *Reader) nextClassic() (*Record, error) {
	offset := r.w.Offset()
	b := r.w.Buffered()
	if len(b) < r.headerLen {
		var err error
		if b, err = r.w.Peek(r.headerLen); err != nil {
			return nil, r.cutShort(offset, b, r.headerLen, err)
		}
	}
	capLen, wireLen := r.lengths(b)
	if int64(capLen) > int64(r.maxRecord) {
		return nil, r.fail(offset, fmt.Errorf("record of %d bytes is %w of %d", capLen, ErrTooLarge, r.maxRecord))
	}
	size := r.headerLen + int(capLen)
	if len(b) < size {
		var err error
		if b, err = r.w.Peek(size); err != nil {
			return nil, r.cutShort(offset, b, size, err)
		}
	}
	fraction := int64(r.uint32(b[4:]))
	if !r.header.Nanoseconds {
		fraction *= 1000
	}
	r.w.Advance(size)
	r.number++
	rec := &r.rec
	rec.Time = time.Unix(int64(r.uint32(b)), fraction).UTC()
	rec.Data = b[r.headerLen:size:size]
	rec.WireLen = toInt(wireLen)
	rec.Number, rec.Offset = r.number, offset
	return rec, nil
}

// lengths returns the captured and the original length of the record with
// header b. Up to version 2.2 they were the other way round in the file, and
// in version 2.3 in some: there the captured length is the smaller one.
func (r *Reader) lengths(b []byte) (capLen, wireLen uint32) {
	capLen, wireLen = r.uint32(b[8:]), r.uint32(b[12:])
	if h := &r.header; h.VersionMajor == 2 && (h.VersionMinor < 3 || h.VersionMinor == 3 && capLen > wireLen) {
		return wireLen, capLen
	}
	return capLen, wireLen
}

// toInt returns a length as an int, the largest one where an int has 32 bits
// and the length more.
func toInt(n uint32) int { return int(min(uint64(n), math.MaxInt)) }

func (r *Reader) uint32(b []byte) uint32 {
	if r.header.BigEndian {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

func (r *Reader) uint16(b []byte) uint16 {
	if r.header.BigEndian {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

// cutShort returns the error for a record of which only have is there.
func (r *Reader) cutShort(offset int64, have []byte, size int, err error) error {
	if err == io.EOF && len(have) == 0 {
		return io.EOF
	}
	return r.fail(offset, fmt.Errorf("record has %d of %d bytes: %w", len(have), size, atEnd(err)))
}

// atEnd turns io.EOF into io.ErrUnexpectedEOF.
func atEnd(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
