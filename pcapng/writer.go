package pcapng

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// A Writer writes a pcapng file. It writes each block with a single Write to
// the io.Writer given to NewWriter, so use a bufio.Writer for files; it need
// not be closed. Arguments may be reused after a method returns. If a method
// returns an error, its block was not written, and the Writer can continue,
// unless the error is from that Write: then every later call returns it. A
// Writer is not safe for concurrent use.
//
// The file begins with a little-endian section, unless BeginSection or
// WriteBlock is called first.
type Writer struct {
	out    io.Writer
	big    bool
	begun  bool           // a section has begun
	ifaces []ng.Interface // of the section, without their options
	err    error          // from out

	buf         []byte // the current block
	typ         BlockType
	optionCount int   // options in buf
	refused     error // why the block cannot be written
}

// NewWriter returns a Writer to w. It does not write yet.
func NewWriter(w io.Writer) *Writer { return &Writer{out: w} }

// ErrTime is the error for a time that the timestamps of an interface cannot
// represent.
var ErrTime = errors.New("no timestamp of interface")

// Write writes rec as a packet of interface rec.Interface of the current
// section, with rec's options, except those that must not be copied, and with
// opts. The time is rounded down to the interface's resolution. A packet
// without time becomes a simple packet block, which has no options and belongs
// to interface 0.
//
// If the section has no interface yet, Write adds one with rec's link type and
// nanoseconds. It is an error if rec's link type differs from the interface's.
func (w *Writer) Write(rec *pcap.Record, opts ...Option) error {
	i, err := w.interfaceOf(rec)
	if err != nil {
		return err
	}
	if rec.WireLen < 0 || int64(rec.WireLen) > math.MaxUint32 {
		return fmt.Errorf("pcapng: a packet cannot have %d bytes on the wire", rec.WireLen)
	}
	if err := ValidatePacketOptions(rec); err != nil {
		return err
	}
	wireLen := rec.WireLen
	if wireLen == 0 {
		wireLen = len(rec.Data)
	}
	if rec.Time.IsZero() {
		return w.writeSimple(rec, uint32(wireLen), i.SnapLen, len(opts))
	}
	ts, ok := i.Timestamp(rec.Time)
	if !ok {
		return fmt.Errorf("pcapng: %w %d: %v", ErrTime, rec.Interface, rec.Time)
	}
	w.start(EnhancedPacket)
	w.uint32(uint32(rec.Interface))
	w.timestamp(ts)
	w.uint32(uint32(min(len(rec.Data), math.MaxInt32)))
	w.uint32(uint32(wireLen))
	w.bytes(rec.Data)
	for o := range PacketOptions(rec) {
		if o.Code != OptCustomTextNoCopy && o.Code != OptCustomBinaryNoCopy {
			w.option(o)
		}
	}
	w.options(opts)
	return w.finish()
}

// interfaceOf returns the interface of rec, adding the first one if needed.
func (w *Writer) interfaceOf(rec *pcap.Record) (*ng.Interface, error) {
	if len(w.ifaces) == 0 && rec.Interface == 0 {
		if _, err := w.AddInterface(Interface{LinkType: rec.LinkType, FCSLen: rec.FCSLen}); err != nil {
			return nil, err
		}
	}
	i, err := w.iface(rec.Interface)
	if err == nil && pcap.LinkType(i.LinkType) != rec.LinkType {
		err = fmt.Errorf("pcapng: packet with link type %v on interface %d with link type %v: add an interface for it",
			rec.LinkType, rec.Interface, pcap.LinkType(i.LinkType))
	}
	return i, err
}

func (w *Writer) iface(number int) (*ng.Interface, error) {
	if number < 0 || number >= len(w.ifaces) {
		return nil, fmt.Errorf("pcapng: the section has %d interfaces, but not interface %d: add it first", len(w.ifaces), number)
	}
	return &w.ifaces[number], nil
}

// writeSimple writes a simple packet block. The block does not state the
// captured length, so it must be the one that readers infer.
func (w *Writer) writeSimple(rec *pcap.Record, wireLen, snapLen uint32, opts int) error {
	inferred := int64(wireLen)
	if snapLen > 0 {
		inferred = min(inferred, int64(snapLen))
	}
	size := int64(len(rec.Data))
	if rec.Interface != 0 || len(rec.Options)+opts > 0 || min(inferred, padded(size)) != size {
		return errors.New("pcapng: a packet without time must be on interface 0, without options, and captured completely or up to the snapshot length")
	}
	w.start(SimplePacket)
	w.uint32(wireLen)
	w.bytes(rec.Data)
	return w.finish()
}

// WriteBlock writes a block of any type unchanged, so that a Reader's blocks
// reproduce the file. The block must have the byte order of the section; a
// section header begins a new section with its own byte order. Packets can be
// written to the interfaces that WriteBlock adds. A section header may state
// the section's length: set it to -1 if the rest of the section changes.
func (w *Writer) WriteBlock(b *Block) error {
	if b.Type == SectionHeader {
		return w.copySection(b)
	}
	if err := w.begin(b.BigEndian); err != nil {
		return err
	}
	if b.BigEndian != w.big {
		return fmt.Errorf("pcapng: %s block with a different byte order than its section", b.Type)
	}
	i, described := b.Interface()
	if b.Type == InterfaceDescription && !described {
		return b.Validate()
	}
	if err := w.copy(b); err != nil {
		return err
	}
	if described {
		w.ifaces = append(w.ifaces, ng.Interface{
			LinkType: uint16(i.LinkType), SnapLen: b.uint32(4), Resolution: i.Resolution.stored(), Offset: i.Offset,
		})
	}
	return nil
}

// copySection writes a section header unchanged.
func (w *Writer) copySection(b *Block) error {
	if err := b.check(); err != nil {
		return fmt.Errorf("pcapng: %w", err)
	}
	if b.uint32(0) != byteOrderMagic {
		return errors.New("pcapng: section header with a different byte order than its block")
	}
	before := w.big
	w.big = b.BigEndian
	if err := w.copy(b); err != nil {
		w.big = before
		return err
	}
	w.begun, w.ifaces = true, w.ifaces[:0]
	return nil
}

// copy writes a block unchanged, with the length that it states.
func (w *Writer) copy(b *Block) error {
	w.start(b.Type)
	w.bytes(b.Body)
	return w.finishAs(b.length)
}

// begin begins a section if none has begun.
func (w *Writer) begin(big bool) error {
	if w.begun {
		return nil
	}
	return w.BeginSection(Section{BigEndian: big})
}
