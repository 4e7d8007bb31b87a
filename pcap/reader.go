package pcap

import (
	"io"
	"iter"
	"os"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// A Reader reads the records of a capture. It is not safe for concurrent use.
type Reader struct {
	config    Config
	maxRecord int
	w         window.Window
	header    Header
	rec       Record

	from     Place // where it began
	limit    int64 // records from here on are not read
	special  bool  // there is a limit, or Resync
	number   int64 // records before the next
	numbered int64 // -1, or 0 if number counts from an unknown one

	trail   classicTrail // of a classic file
	snapLen uint32       // the largest captured length that is not odd
	unit    int64        // of the fraction, in nanoseconds

	ng      ng.Reader // of a pcapng file
	pending ng.Block  // for OnBlock, on the next call

	// With Resync, of a classic file: the seconds of the last record that is
	// near in time to the one behind it, -1: there was none; whether this was
	// missed, so that a Reader of more might do something else.
	seconds int64
	unsure  bool
	finder  *finder

	oddities Oddities
	poisoned []byte // the copy that the last Record was given
	file     *os.File
}

// Reset makes r read another capture from src, with the same Config. It uses
// the memory that r has. It closes what Open opened.
func (r *Reader) Reset(src io.Reader) error {
	err := r.Close()
	*r = Reader{config: r.config, w: r.w}
	if openErr := r.open(window.OverReader(src, r.w)); openErr != nil {
		return openErr
	}
	return err
}

// Close closes what Open opened. It does not close a source that the caller
// gave.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	return f.Close()
}

// Header returns what the file says of itself.
func (r *Reader) Header() Header {
	h := r.header
	if h.Format == FormatPcapng {
		h.BigEndian, h.VersionMajor, h.VersionMinor = r.ng.Big, int(r.ng.Major), int(r.ng.Minor)
	}
	return h
}

// Oddities returns how many of the records read so far break a rule of their
// format. They were returned as they are.
func (r *Reader) Oddities() Oddities { return r.oddities }

// Next returns the next record, which is valid until the next call. At the end
// of the input it returns io.EOF; an *Error says what else stops it. Neither
// the end nor a record that the end cuts (an *Error that wraps
// io.ErrUnexpectedEOF) is kept: when the input has grown, Next goes on. With
// Config.Resync, a *Gap is an error behind which Next goes on.
func (r *Reader) Next() (*Record, error) {
	if r.config.Poison {
		return r.nextPoisoned()
	}
	if r.header.Format == FormatPcap {
		return r.nextClassic()
	}
	return r.nextPacketBlock()
}

// next is Next without Poison.
func (r *Reader) next() (*Record, error) {
	if r.header.Format == FormatPcap {
		return r.nextClassic()
	}
	return r.nextPacketBlock()
}

// All returns the records that are left. It stops at the end of the input, and
// after the first error that is no *Gap. Each record is valid until the next.
func (r *Reader) All() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		for {
			rec, err := r.Next()
			if err == io.EOF || !yield(rec, err) || err != nil && !isGap(err) {
				return
			}
		}
	}
}

func isGap(err error) bool {
	_, gap := err.(*Gap)
	return gap
}

// nextPoisoned hands out a copy of each record, and spoils the last one.
func (r *Reader) nextPoisoned() (*Record, error) {
	poison(r.poisoned)
	rec, err := r.next()
	if err != nil {
		return nil, err
	}
	r.poisoned = detach(rec, nil)
	return rec, nil
}

func poison(b []byte) {
	for i := range b {
		b[i] = 0xdb
	}
}

// detach gives rec a copy of its bytes, behind what b holds.
func detach(rec *Record, b []byte) []byte {
	n := len(b)
	b = append(append(b, rec.Data...), rec.Options...)
	data := n + len(rec.Data)
	rec.Data, rec.Options = b[n:data:data], b[data:len(b):len(b)]
	return b
}

func (r *Reader) fail(offset int64, err error) error { return &Error{offset, r.number, err} }
