package pcap

import (
	"fmt"
	"io"
	"time"

	"github.com/sightline-go/sightline/internal/ng"
)

// blockOverhead is what a packet block may hold beyond the packet: its fixed
// part, and options.
const blockOverhead = 1 << 17

// openNG reads the first section header, so that a file without a whole one is
// refused at once.
func (r *Reader) openNG() error {
	r.header.Format = FormatPcapng
	r.ng = ng.Reader{W: &r.w, MaxBlock: r.maxRecord + blockOverhead, Section: -1}
	b, err := r.ng.Next(r.wanted)
	if err != nil {
		return r.fail(0, fmt.Errorf("section header: %w", atEnd(err)))
	}
	r.onBlock(&b)
	return nil
}

// nextPacketBlock reads up to the next packet.
func (r *Reader) nextPacketBlock() (*Record, error) {
	for {
		b, err := r.ng.Next(r.wanted)
		if err != nil {
			if err == io.EOF {
				return nil, io.EOF
			}
			return nil, r.fail(b.Offset, err)
		}
		if !ng.IsPacket(b.Type) {
			r.onBlock(&b)
			continue
		}
		p, err := r.ng.Packet(&b)
		if err != nil {
			return nil, r.fail(b.Offset, err)
		}
		if len(p.Data) > r.maxRecord {
			return nil, r.fail(b.Offset, fmt.Errorf("record of %d bytes is %w of %d", len(p.Data), ErrTooLarge, r.maxRecord))
		}
		r.number++
		return r.fill(&b, &p), nil
	}
}

// fill makes p, the packet of b, the current record.
func (r *Reader) fill(b *ng.Block, p *ng.Packet) *Record {
	i := &r.ng.Ifaces[p.Interface]
	rec := &r.rec
	rec.Time = time.Time{}
	if p.Timed {
		rec.Time = i.Time(p.Timestamp)
	}
	rec.Data, rec.WireLen = p.Data, toInt(p.WireLen)
	rec.LinkType, rec.FCSLen = LinkType(i.LinkType), i.FCSLen
	rec.Section, rec.Interface = b.Section, p.Interface
	rec.Number, rec.Offset = r.number, b.Offset
	rec.Options, rec.BigEndian = p.Options, b.Big
	return rec
}

func (r *Reader) wanted(typ uint32) bool { return ng.IsPacket(typ) || r.config.OnBlock != nil }

func (r *Reader) onBlock(b *ng.Block) {
	if r.config.OnBlock != nil {
		r.config.OnBlock(RawBlock{b.Type, b.Section, b.Offset, b.Big, b.Body})
	}
}
