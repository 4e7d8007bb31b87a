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

// blockOverhead is the maximum size of a packet block besides the packet: fixed
// fields and options.
const blockOverhead = 1 << 17

// openNG reads the first section header, so that a file without a complete one
// is rejected immediately.
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

func (r *Reader) nextPacketBlock() (*Record, error) {
	if !r.special {
		if rec := r.nextEnhanced(); rec != nil {
			return rec, nil
		}
	}
	return r.nextBlocks()
}

// nextBlocks is the slow path of nextPacketBlock, for all kinds of blocks.
func (r *Reader) nextBlocks() (*Record, error) {
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

// deliver calls OnBlock with the pending block.
func (r *Reader) deliver() {
	if r.pending.Body != nil {
		b := r.pending
		r.pending.Body = nil
		r.onBlock(&b)
	}
}

// endNG ends a range. A skipped block may extend beyond it.
func (r *Reader) endNG() error {
	if b, err := r.ng.Finish(); err != nil {
		return r.failNG(&b, err)
	}
	return io.EOF
}

// enhancedLen is the length of an enhanced packet block before the packet
// (section 4.3 of the draft).
const enhancedLen = 28

// nextEnhanced is the fast path for an enhanced packet block that is valid and
// in memory, as almost every block is. It returns nil for any other.
func (r *Reader) nextEnhanced() *Record {
	const end = 4
	b := r.w.Buffered()
	if len(b) < enhancedLen+end || r.pending.Body != nil || r.ng.Inside() {
		return nil
	}
	p, big := (*[enhancedLen]byte)(b), r.ng.Big
	size, capLen := uint(word(p[4:], big)), word(p[20:], big)
	if size < enhancedLen+end || size > uint(min(len(b), r.ng.MaxBlock)) || size%4 != 0 {
		return nil
	}
	b = b[:size]
	iface := uint(word(p[8:], big))
	if word(p[:], big) != ng.TypeEnhancedPacket || uint(ng.Uint32(b[size-end:], big)) != size || iface >= uint(len(r.ng.Ifaces)) ||
		uint(capLen) > size-enhancedLen-end || uint(capLen) > uint(r.maxRecord) {
		return nil
	}
	rec, i := &r.rec, &r.ng.Ifaces[iface]
	rec.Offset = r.w.Offset()
	r.w.Advance(int(size))
	if ts := uint64(word(p[12:], big))<<32 | uint64(word(p[16:], big)); i.Resolution == ng.Microseconds {
		rec.Time = time.Unix(int64(ts/1e6)+i.Offset, int64(ts%1e6)*1000).UTC()
	} else {
		rec.Time = i.Time(ts)
	}
	behind := enhancedLen + uint(capLen)
	rec.Data, rec.Options = b[enhancedLen:behind:behind], nil
	if behind = (behind + 3) &^ 3; behind < size-end {
		rec.Options = b[behind : size-end : size-end]
	}
	rec.Interface = int(iface)
	wireLen := word(p[24:], big)
	r.finish(i, wireLen)
	if capLen > min(wireLen, i.MaxLen) {
		r.noteOdd(capLen, wireLen, i.MaxLen)
	}
	return rec
}

// word is ng.Uint32 with a single load and a conditional byte swap.
func word(b []byte, big bool) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if big {
		v = bits.ReverseBytes32(v)
	}
	return v
}

func (r *Reader) packet(b *ng.Block) (ng.Packet, error) {
	p, err := r.ng.Packet(b)
	if err == nil && len(p.Data) > r.maxRecord {
		err = tooLarge(uint32(len(p.Data)), r.maxRecord)
	}
	return p, err
}

// fill sets the current record to p, the packet of b.
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

// finish sets the fields that all packet blocks share.
func (r *Reader) finish(i *ng.Interface, wireLen uint32) {
	r.number++
	rec := &r.rec
	rec.WireLen = ng.Int(wireLen)
	rec.LinkType, rec.FCSLen = LinkType(i.LinkType), i.FCSLen
	if rec.Options != nil {
		rec.FCSLen = i.PacketFCSLen(rec.Options, r.ng.Big)
	}
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

// isDamage reports whether err is about the content of the input, not a failure
// to read it.
func isDamage(err error) bool {
	return errors.Is(err, ErrFormat) || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrVersion) || err == io.ErrUnexpectedEOF
}
