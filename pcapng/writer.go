package pcapng

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// A Writer writes a pcapng file. Each block is one Write of what NewWriter was
// given, so give it a bufio.Writer for files; nothing needs to be closed. What a
// method is given may be reused when it returns. When a method returns an error
// its block was not written, and the Writer can go on, unless the error comes
// from that Write: then every later call returns it. It is not safe for
// concurrent use.
//
// The file begins with a section of little-endian byte order, unless
// BeginSection or WriteBlock comes first.
type Writer struct {
	out    io.Writer
	big    bool
	begun  bool           // there is a section
	ifaces []ng.Interface // of the section, without their options
	err    error          // from out

	buf         []byte // the block that is being made
	typ         BlockType
	optionCount int   // options in it
	refused     error // why it cannot be written
}

// NewWriter returns a Writer to w. It writes nothing yet.
func NewWriter(w io.Writer) *Writer { return &Writer{out: w} }

// Write writes a packet as a packet of interface rec.Interface of this section,
// with rec's options, but those that are not to be copied, and with opts. The
// time is stored in the interface's resolution; nanoseconds that it cannot say
// are cut off. A packet without time becomes a simple packet block, which can
// have no options and is of interface 0.
//
// If the section has no interface yet, Write describes one of rec's link type
// with nanoseconds. A link type that differs from the interface's is an error.
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
		return fmt.Errorf("pcapng: the time stamps of interface %d cannot say %v", rec.Interface, rec.Time)
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

// interfaceOf returns the interface that rec is to be written on.
func (w *Writer) interfaceOf(rec *pcap.Record) (*ng.Interface, error) {
	if len(w.ifaces) == 0 && rec.Interface == 0 {
		if _, err := w.AddInterface(Interface{LinkType: rec.LinkType, FCSLen: rec.FCSLen}); err != nil {
			return nil, err
		}
	}
	i, err := w.iface(rec.Interface)
	if err == nil && pcap.LinkType(i.LinkType) != rec.LinkType {
		err = fmt.Errorf("pcapng: a packet of link type %v on interface %d, which is of %v: add an interface for it",
			rec.LinkType, rec.Interface, pcap.LinkType(i.LinkType))
	}
	return i, err
}

// iface returns an interface of the section.
func (w *Writer) iface(number int) (*ng.Interface, error) {
	if number < 0 || number >= len(w.ifaces) {
		return nil, fmt.Errorf("pcapng: the section has %d interfaces, none of number %d: add it first", len(w.ifaces), number)
	}
	return &w.ifaces[number], nil
}

// writeSimple writes a simple packet block. It does not say how many bytes were
// captured, so readers must find that from the others.
func (w *Writer) writeSimple(rec *pcap.Record, wireLen, snapLen uint32, opts int) error {
	inferred := int64(wireLen)
	if snapLen > 0 {
		inferred = min(inferred, int64(snapLen))
	}
	size := int64(len(rec.Data))
	if rec.Interface != 0 || len(rec.Options)+opts > 0 || min(inferred, padded(size)) != size {
		return errors.New("pcapng: a packet without time is on interface 0, has no options and is captured whole or up to the snapshot length")
	}
	w.start(SimplePacket)
	w.uint32(wireLen)
	w.bytes(rec.Data)
	return w.finish()
}

// WriteBlock writes a block of any type as it is, so that a Reader's blocks make
// the same file again. It must be of the byte order of the section; a section
// header begins a section of its own byte order. Interfaces that it describes
// can be written to. A section header may state the section's length: set it to
// -1 if what follows is not the same.
func (w *Writer) WriteBlock(b *Block) error {
	if b.Type == SectionHeader {
		return w.copySection(b)
	}
	if err := w.begin(b.BigEndian); err != nil {
		return err
	}
	if b.BigEndian != w.big {
		return fmt.Errorf("pcapng: a %s block of the other byte order than its section", b.Type)
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

// copySection writes a section header as it is.
func (w *Writer) copySection(b *Block) error {
	if err := b.check(); err != nil {
		return fmt.Errorf("pcapng: %w", err)
	}
	if b.uint32(0) != byteOrderMagic {
		return errors.New("pcapng: a section header of the other byte order than its block")
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

// copy writes a block as it is, with the length that it states.
func (w *Writer) copy(b *Block) error {
	w.start(b.Type)
	w.bytes(b.Body)
	return w.finishAs(b.length)
}

// begin begins a section if there is none.
func (w *Writer) begin(big bool) error {
	if w.begun {
		return nil
	}
	return w.BeginSection(Section{BigEndian: big})
}
