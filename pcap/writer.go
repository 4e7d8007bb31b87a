package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// A WriterConfig says what kind of classic file a Writer writes. NewWriter uses
// the zero WriterConfig: little-endian, microseconds.
type WriterConfig struct {
	BigEndian   bool
	Nanoseconds bool
	SnapLen     int // for the file header alone; 0: 262144
	FCSLen      int // of all records, in bytes: even, at most 30
}

// A Writer writes a classic capture file, version 2.4. It is not safe for
// concurrent use.
type Writer struct {
	w      io.Writer
	config WriterConfig
	link   LinkType
	order  binary.AppendByteOrder
	buf    []byte
	err    error // of the io.Writer
}

// NewWriter writes the header of a capture of packets of one link type to w.
func NewWriter(w io.Writer, link LinkType) (*Writer, error) {
	return WriterConfig{}.NewWriter(w, link)
}

// NewWriter is the function NewWriter with this WriterConfig.
func (c WriterConfig) NewWriter(w io.Writer, link LinkType) (*Writer, error) {
	if link > linkTypeMask {
		return nil, fmt.Errorf("pcap: %w: %v is more than 16 bits", ErrLinkType, link)
	}
	if c.FCSLen < 0 || c.FCSLen > 30 || c.FCSLen%2 != 0 {
		return nil, fmt.Errorf("pcap: %w FCS length %d", ErrFormat, c.FCSLen)
	}
	out := &Writer{w: w, config: c, link: link, order: binary.LittleEndian}
	if c.BigEndian {
		out.order = binary.BigEndian
	}
	out.header()
	return out, out.flush()
}

// flush writes what is in buf.
func (w *Writer) flush() error {
	n, err := w.w.Write(w.buf)
	if err == nil && n < len(w.buf) {
		err = io.ErrShortWrite
	}
	w.err = err
	return err
}

// header makes the file header.
func (w *Writer) header() {
	magic, snapLen, word := uint32(magicMicros), uint32(defaultMaxRecord), uint32(w.link)
	if w.config.Nanoseconds {
		magic = magicNanos
	}
	if w.config.SnapLen > 0 {
		snapLen = uint32(min(int64(w.config.SnapLen), math.MaxInt32))
	}
	if w.config.FCSLen > 0 {
		word |= fcsPresent | uint32(w.config.FCSLen/2)<<fcsShift
	}
	b := w.order.AppendUint32(w.buf[:0], magic)
	b = w.order.AppendUint16(b, versionMajor)
	b = w.order.AppendUint16(b, versionMinor)
	for _, v := range []uint32{0, 0, snapLen, word} {
		b = w.order.AppendUint32(b, v)
	}
	w.buf = b
}

// Write writes a record, as it is: Data, WireLen even if it is the smaller one,
// and Time up to the file's resolution. It makes one call of the io.Writer, so a
// bufio.Writer pays.
//
// A record of another link type or FCS length is ErrLinkType, a time outside of
// the 32 bits of seconds ErrTime, a length outside of 32 bits ErrTooLarge; then
// nothing is written. An error of the io.Writer is kept, as the file ends in the
// middle of a record then: all further calls return it.
func (w *Writer) Write(r *Record) error {
	if w.err != nil {
		return w.err
	}
	if r.LinkType != w.link || r.FCSLen != w.config.FCSLen {
		return fmt.Errorf("pcap: %w: %v with an FCS of %d bytes, in a file of %v with %d",
			ErrLinkType, r.LinkType, r.FCSLen, w.link, w.config.FCSLen)
	}
	seconds, fraction := r.Time.Unix(), uint32(r.Time.Nanosecond())
	if seconds < 0 || seconds > math.MaxUint32 {
		return fmt.Errorf("pcap: %w: %v", ErrTime, r.Time)
	}
	if n := uint64(max(len(r.Data), r.WireLen)); r.WireLen < 0 || n > math.MaxUint32 {
		return fmt.Errorf("pcap: record of %d bytes is %w of 32 bits", r.WireLen, ErrTooLarge)
	}
	if !w.config.Nanoseconds {
		fraction /= 1000
	}
	b := w.order.AppendUint32(w.buf[:0], uint32(seconds))
	b = w.order.AppendUint32(b, fraction)
	b = w.order.AppendUint32(b, uint32(len(r.Data)))
	b = w.order.AppendUint32(b, uint32(r.WireLen))
	w.buf = append(b, r.Data...)
	return w.flush()
}
