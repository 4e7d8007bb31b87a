package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// A WriterConfig configures a Writer. The function NewWriter uses the zero
// WriterConfig: little-endian, microseconds.
type WriterConfig struct {
	BigEndian   bool
	Nanoseconds bool
	SnapLen     int // for the file header only; 0 means 262144
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

// NewWriter returns a Writer of packets of a single link type, and writes the
// file header to w.
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

func (w *Writer) flush() error {
	n, err := w.w.Write(w.buf)
	if err == nil && n < len(w.buf) {
		err = io.ErrShortWrite
	}
	w.err = err
	return err
}

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

// Write writes r unchanged: Data, WireLen even if smaller, and Time in the
// file's resolution. It calls the io.Writer once, so a bufio.Writer helps.
//
// The error is ErrLinkType for another link type or FCS length, ErrTime if the
// seconds exceed 32 bits, and ErrTooLarge if a length does; then nothing is
// written. An error of the io.Writer is sticky, because the file then ends
// inside a record: all further calls return it.
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
