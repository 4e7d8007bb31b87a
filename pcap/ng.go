package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
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
	if !r.special {
		if rec := r.nextEnhanced(); rec != nil {
			return rec, nil
		}
	}
	for {
		r.deliver()
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
			r.pending = b
			if r.w.Held && r.config.OnBlock != nil {
				return nil, window.ErrHeld
			}
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

// deliver calls OnBlock with the block that waits for it.
func (r *Reader) deliver() {
	if r.pending.Body != nil {
		b := r.pending
		r.pending.Body = nil
		r.onBlock(&b)
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
	const end = 4
	b := r.w.Buffered()
	if len(b) < enhancedLen+end || r.pending.Body != nil || r.ng.Inside() {
		return nil
	}
	h := enhanced(b)
	if r.ng.Big {
		h = h.swapped()
	}
	size := uint(h.size)
	if h.typ != ng.TypeEnhancedPacket || size < enhancedLen+end || size > uint(len(b)) || size > uint(r.ng.MaxBlock) || size%4 != 0 {
		return nil
	}
	b = b[:size]
	if u32(b[size-end:], r.ng.Big) != h.size || uint(h.iface) >= uint(len(r.ng.Ifaces)) ||
		uint(h.capLen) > size-enhancedLen-end || uint(h.capLen) > uint(r.maxRecord) {
		return nil
	}
	rec, i := &r.rec, &r.ng.Ifaces[h.iface]
	rec.Offset = r.w.Offset()
	r.w.Advance(int(size))
	if ts := uint64(h.high)<<32 | uint64(h.low); i.Resolution == ng.Microseconds {
		rec.Time = time.Unix(int64(ts/1e6)+i.Offset, int64(ts%1e6)*1000).UTC()
	} else {
		rec.Time = i.Time(ts)
	}
	behind := enhancedLen + uint(h.capLen)
	rec.Data = b[enhancedLen:behind:behind]
	rec.Options = nil
	if behind = (behind + 3) &^ 3; behind < size-end {
		rec.Options = b[behind : size-end : size-end]
	}
	rec.Interface = int(h.iface)
	r.finish(i, h.wireLen)
	if h.capLen > min(h.wireLen, i.MaxLen) {
		r.noteOdd(h.capLen, h.wireLen, i.MaxLen)
	}
	return rec
}

// enhancedLen is the length of what is before the packet in an enhanced packet
// block (section 4.3 of the draft).
const enhancedLen = 28

// An enhancedHeader holds the numbers there.
type enhancedHeader struct{ typ, size, iface, high, low, capLen, wireLen uint32 }

// enhanced returns the header that b begins with, in little-endian byte order.
func enhanced(b []byte) enhancedHeader {
	p := (*[enhancedLen]byte)(b)
	return enhancedHeader{
		binary.LittleEndian.Uint32(p[0:]), binary.LittleEndian.Uint32(p[4:]), binary.LittleEndian.Uint32(p[8:]),
		binary.LittleEndian.Uint32(p[12:]), binary.LittleEndian.Uint32(p[16:]),
		binary.LittleEndian.Uint32(p[20:]), binary.LittleEndian.Uint32(p[24:]),
	}
}

// swapped returns h in the other byte order.
func (h enhancedHeader) swapped() enhancedHeader {
	return enhancedHeader{
		bits.ReverseBytes32(h.typ), bits.ReverseBytes32(h.size), bits.ReverseBytes32(h.iface),
		bits.ReverseBytes32(h.high), bits.ReverseBytes32(h.low), bits.ReverseBytes32(h.capLen), bits.ReverseBytes32(h.wireLen),
	}
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
	rec.Interface, rec.Offset = p.Interface, b.Offset
	r.finish(i, p.WireLen)
	r.noteOdd(uint32(len(p.Data)), p.WireLen, i.MaxLen)
	return rec
}

// finish fills in what all packet blocks share.
func (r *Reader) finish(i *ng.Interface, wireLen uint32) {
	r.number++
	rec := &r.rec
	rec.WireLen = toInt(wireLen)
	rec.LinkType, rec.FCSLen = LinkType(i.LinkType), i.FCSLen
	rec.Section, rec.BigEndian = r.ng.Section, r.ng.Big
	rec.Number = r.number & r.numbered
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
