package pcapng

import (
	"io"
	"iter"
	"slices"
	"time"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
	"github.com/sightline-go/sightline/pcap"
)

// maxBlock is the maximum length of a block, as in Wireshark.
const maxBlock = 16 << 20

// A Reader reads a pcapng file block by block. It is not safe for concurrent
// use.
type Reader struct {
	w       window.Window
	ng      ng.Reader
	block   Block
	rec     pcap.Record
	packets int64 // packet blocks read
}

// NewReader returns a Reader of the uncompressed pcapng file in src. It reads
// ahead of the blocks it returns, in large chunks.
func NewReader(src io.Reader) *Reader { return newReader(window.OverReader(src, window.Window{})) }

// NewReaderBytes returns a Reader of the pcapng file in b. It copies nothing:
// blocks alias b.
func NewReaderBytes(b []byte) *Reader { return newReader(window.OverBytes(b)) }

func newReader(w window.Window) *Reader {
	r := &Reader{w: w}
	r.ng = ng.Reader{W: &r.w, MaxBlock: maxBlock, Section: -1}
	return r
}

// Next returns the next block, of any type, which is valid until the next call.
// At the end it returns io.EOF, and for any other failure a *pcap.Error with
// the location. It fails with pcap.ErrTooLarge for a block of more than 16 MiB,
// and for an interface description after 65,536 others in the section or 16 MiB
// of their options. Neither io.EOF nor the error for a block truncated by the
// end of the input is sticky: if the input has grown, Next continues.
func (r *Reader) Next() (*Block, error) {
	b, err := r.ng.Next(everything)
	switch {
	case err == io.EOF:
		return nil, io.EOF
	case err != nil:
		return nil, &pcap.Error{Offset: b.Offset, Record: r.packets, Err: err}
	}
	if ng.IsPacket(b.Type) {
		r.packets++
	}
	block := &r.block
	block.Type, block.Section, block.Offset, block.BigEndian = BlockType(b.Type), b.Section, b.Offset, b.Big
	block.Body = slices.Clip(b.Body)
	block.length, block.ifaces = b.Length(), len(r.ng.Ifaces)+1
	return block, nil
}

func everything(uint32) bool { return true }

// Blocks returns the remaining blocks. It stops at the end of the input, and
// after the first error. Each block is valid until the next.
func (r *Reader) Blocks() iter.Seq2[*Block, error] {
	return func(yield func(*Block, error) bool) {
		for {
			b, err := r.Next()
			if err == io.EOF || !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// Record returns the packet in b, which must be the last block from Next, as
// package pcap would return it. The record is valid until the next call of
// Record or Next. Record reports false if b does not hold a packet or is
// malformed according to Validate.
func (r *Reader) Record(b *Block) (*pcap.Record, bool) {
	if !ng.IsPacket(uint32(b.Type)) {
		return nil, false
	}
	p, err := r.ng.Packet(&ng.Block{Type: uint32(b.Type), Section: b.Section, Offset: b.Offset, Big: b.BigEndian, Body: b.Body})
	if err != nil {
		return nil, false
	}
	i := &r.ng.Ifaces[p.Interface]
	rec := &r.rec
	rec.Time = time.Time{}
	if p.Timed {
		rec.Time = i.Time(p.Timestamp)
	}
	rec.Data, rec.WireLen = p.Data, ng.Int(p.WireLen)
	rec.LinkType, rec.FCSLen = pcap.LinkType(i.LinkType), i.PacketFCSLen(p.Options, b.BigEndian)
	rec.Section, rec.Interface = b.Section, p.Interface
	rec.Number, rec.Offset = r.packets, b.Offset
	rec.Options, rec.BigEndian = p.Options, b.BigEndian
	return rec, true
}

// Interfaces returns the interfaces of the current section described so far. It
// makes a new slice, which belongs to the caller.
func (r *Reader) Interfaces() []Interface {
	out := make([]Interface, len(r.ng.Ifaces))
	for n := range out {
		out[n], _ = r.Interface(n)
	}
	return out
}

// Interface returns interface n of the current section, which belongs to the
// caller. It reports false if the interface has not been described.
func (r *Reader) Interface(n int) (Interface, bool) {
	if n < 0 || n >= len(r.ng.Ifaces) {
		return Interface{}, false
	}
	i := &r.ng.Ifaces[n]
	return newInterface(i.LinkType, i.SnapLen, i.Options, r.ng.Big), true
}
