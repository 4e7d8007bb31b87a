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

	from     Place // where the Reader began
	limit    int64 // records at or after this offset are not read
	special  bool  // limit or Resync is set
	number   int64 // records before the next one
	numbered int64 // -1, or 0 if number counts from an unknown start

	trail   classicTrail // for a classic file
	snapLen uint32       // captured lengths above it are odd
	unit    int64        // of the fraction, in nanoseconds

	ng      ng.Reader // for a pcapng file
	pending ng.Block  // for OnBlock, on the next call

	// For a classic file with Resync: the seconds of the last record that is
	// near in time to the one after it, or -1; and whether they were needed but
	// unknown, so that a Reader of a longer range might behave differently.
	seconds int64
	unsure  bool
	finder  *finder

	oddities Oddities
	poisoned []byte // the copy for the last Record
	file     *os.File
}

// Reset makes r read another capture from src, with the same Config, reusing
// its memory. It closes the file that Open opened.
func (r *Reader) Reset(src io.Reader) error {
	err := r.Close()
	*r = Reader{config: r.config, w: r.w}
	if openErr := r.open(window.OverReader(src, r.w)); openErr != nil {
		return openErr
	}
	return err
}

// Close closes the file that Open opened. It does not close a source provided
// by the caller.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	return f.Close()
}

// Header returns the file's header.
func (r *Reader) Header() Header {
	h := r.header
	if h.Format == FormatPcapng {
		h.BigEndian, h.VersionMajor, h.VersionMinor = r.ng.Big, int(r.ng.Major), int(r.ng.Minor)
	}
	return h
}

// Oddities returns the number of records so far that break a rule of their
// format. They were returned unchanged.
func (r *Reader) Oddities() Oddities { return r.oddities }

// Next returns the next record, which is valid until the next call. At the end
// of the input it returns io.EOF, and for any other failure an *Error. Neither
// io.EOF nor the *Error for a record truncated by the end of the input (which
// wraps io.ErrUnexpectedEOF) is sticky: if the input has grown, Next continues.
// With Config.Resync, Next returns a *Gap for damage and continues after it.
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

// All returns the remaining records. It stops at the end of the input, and
// after the first error that is not a *Gap. Each record is valid until the
// next.
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

// nextPoisoned returns a copy of each record and overwrites the previous one.
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

// detach replaces the bytes of rec by a copy, appended to b.
func detach(rec *Record, b []byte) []byte {
	n := len(b)
	b = append(append(b, rec.Data...), rec.Options...)
	data := n + len(rec.Data)
	rec.Data, rec.Options = b[n:data:data], b[data:len(b):len(b)]
	return b
}

func (r *Reader) fail(offset int64, err error) error { return &Error{offset, r.number, err} }
