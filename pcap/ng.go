package pcap

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// blockOverhead is what a packet block may hold beyond the packet: its fixed
// part, and options.
const blockOverhead = 1 << 17

// openNG reads the first section header, so that a file without a whole one is
// refused at once.
func (r *Reader) openNG() error {
	r.startNG()
	b, err := r.ng.Next(r.wanted)
	if err != nil {
		return r.fail(0, fmt.Errorf("section header: %w", atEnd(err)))
	}
	r.onBlock(&b)
	return nil
}

func (r *Reader) startNG() {
	r.header.Format = FormatPcapng
	r.ng = ng.Reader{W: &r.w, MaxBlock: r.maxRecord + blockOverhead, Section: -1}
}

// nextPacketBlock reads up to the next packet.
func (r *Reader) nextPacketBlock() (*Record, error) {
	for {
		if r.pending.Body != nil {
			b := r.pending
			r.pending = ng.Block{}
			r.onBlock(&b)
		}
		if r.ng.Pos() >= r.limit {
			return nil, r.endNG()
		}
		if rec := r.nextEnhanced(); rec != nil {
			return rec, nil
		}
		b, err := r.ng.Next(r.wanted)
		if err != nil {
			return nil, r.failNG(&b, err)
		}
		if !ng.IsPacket(b.Type) {
			if r.w.Held && r.config.OnBlock != nil {
				r.pending = b
				return nil, window.ErrHeld
			}
			r.onBlock(&b)
			continue
		}
		p, err := r.packet(&b)
		if err != nil {
			r.ng.Back()
			return nil, r.failNG(&b, err)
		}
		return r.fill(&b, &p), nil
	}
}

// endNG ends a range. A block that was skipped may end behind it.
func (r *Reader) endNG() error {
	if b, err := r.ng.Finish(); err != nil {
		return r.failNG(&b, err)
	}
	return io.EOF
}

// nextEnhanced reads the next block if it is an enhanced packet block that is
// in memory and has no fault. It is what almost every block is.
func (r *Reader) nextEnhanced() *Record {
	const fixed, end = 28, 4
	b, big := r.w.Buffered(), r.ng.Big
	if len(b) < fixed+end || u32(b, big) != ng.TypeEnhancedPacket {
		return nil
	}
	size := u32(b[4:], big)
	if size < fixed+end || uint64(size) > uint64(len(b)) || size%4 != 0 || int64(size) > int64(r.ng.MaxBlock) {
		return nil
	}
	iface, capLen := u32(b[8:], big), u32(b[20:], big)
	if u32(b[size-end:], big) != size || uint64(iface) >= uint64(len(r.ng.Ifaces)) ||
		capLen > size-fixed-end || int64(capLen) > int64(r.maxRecord) {
		return nil
	}
	rec, i := &r.rec, &r.ng.Ifaces[iface]
	rec.Time = i.Time(uint64(u32(b[12:], big))<<32 | uint64(u32(b[16:], big)))
	rec.Data = b[fixed : fixed+capLen : fixed+capLen]
	rec.Options = nil
	if options := fixed + (capLen+3)&^3; options < size-end {
		rec.Options = b[options : size-end : size-end]
	}
	rec.Section, rec.Interface, rec.BigEndian = r.ng.Section, int(iface), big
	r.finish(i, r.w.Offset(), capLen, u32(b[24:], big))
	r.w.Advance(int(size))
	return rec
}

// packet returns the packet in b.
func (r *Reader) packet(b *ng.Block) (ng.Packet, error) {
	p, err := r.ng.Packet(b)
	if err == nil && len(p.Data) > r.maxRecord {
		err = tooLarge(uint32(len(p.Data)), r.maxRecord)
	}
	return p, err
}

// fill makes p, the packet of b, the current record.
func (r *Reader) fill(b *ng.Block, p *ng.Packet) *Record {
	rec, i := &r.rec, &r.ng.Ifaces[p.Interface]
	rec.Time = time.Time{}
	if p.Timed {
		rec.Time = i.Time(p.Timestamp)
	}
	rec.Data, rec.Options = p.Data, p.Options
	rec.Section, rec.Interface, rec.BigEndian = b.Section, p.Interface, b.Big
	r.finish(i, b.Offset, uint32(len(p.Data)), p.WireLen)
	return rec
}

// finish fills in what all packet blocks share.
func (r *Reader) finish(i *ng.Interface, offset int64, capLen, wireLen uint32) {
	rec := &r.rec
	rec.WireLen = toInt(wireLen)
	rec.LinkType, rec.FCSLen = LinkType(i.LinkType), i.FCSLen
	rec.Number, rec.Offset = r.count(), offset
	if capLen > wireLen || capLen > i.SnapLen {
		r.noteOdd(int64(capLen), int64(wireLen), int64(i.SnapLen))
	}
}

func (r *Reader) wanted(typ uint32) bool {
	return ng.IsPacket(typ) || r.config.OnBlock != nil || r.config.Resync
}

func (r *Reader) onBlock(b *ng.Block) {
	if r.config.OnBlock != nil {
		r.config.OnBlock(RawBlock{b.Type, b.Section, b.Offset, b.Big, b.Body})
	}
}

// failNG returns the error for block b, which is not consumed.
func (r *Reader) failNG(b *ng.Block, err error) error {
	if err == io.EOF || err == window.ErrHeld {
		return err
	}
	if r.config.Resync && isDamage(err) {
		return r.gapNG(b, err)
	}
	return r.fail(b.Offset, err)
}

// isDamage reports whether err says something of the input, and not that it
// could not be read.
func isDamage(err error) bool {
	return errors.Is(err, ErrFormat) || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrVersion) || err == io.ErrUnexpectedEOF
}
