package pcapng

import (
	"io"
	"iter"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
	"github.com/sightline-go/sightline/pcap"
)

// maxBlock bounds a block. It is what Wireshark takes.
const maxBlock = 16 << 20

// A Reader reads a pcapng file block by block. It is not safe for concurrent use.
type Reader struct {
	w       window.Window
	ng      ng.Reader
	block   Block
	packets int64 // packet blocks read
}

// NewReader reads a pcapng file, not compressed, from src.
func NewReader(src io.Reader) *Reader { return newReader(window.OverReader(src, window.Window{})) }

// NewReaderBytes reads a pcapng file that is in memory. Nothing is copied:
// blocks alias b.
func NewReaderBytes(b []byte) *Reader { return newReader(window.OverBytes(b)) }

func newReader(w window.Window) *Reader {
	r := &Reader{w: w}
	r.ng = ng.Reader{W: &r.w, MaxBlock: maxBlock, Section: -1}
	return r
}

// Next returns the next block, unknown ones too, which is valid until the next
// call. At the end it returns io.EOF; a *pcap.Error says what else stops it, and
// where. A block of more than 16 MiB is pcap.ErrTooLarge.
func (r *Reader) Next() (*Block, error) {
	b, err := r.ng.Next(func(uint32) bool { return true })
	switch {
	case err == io.EOF:
		return nil, io.EOF
	case err != nil:
		return nil, &pcap.Error{Offset: b.Offset, Record: r.packets, Err: err}
	}
	if ng.IsPacket(b.Type) {
		r.packets++
	}
	r.block = Block{BlockType(b.Type), b.Section, b.Offset, b.Big, b.Body}
	return &r.block, nil
}

// Blocks returns the blocks that are left. It stops at the end of the input,
// and after the first error.
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

// Interfaces returns the interfaces of the current section, as far as they have
// been described. They are the caller's own.
func (r *Reader) Interfaces() []Interface {
	out := make([]Interface, len(r.ng.Ifaces))
	for i := range out {
		out[i] = newInterface(&r.ng.Ifaces[i], r.ng.Big)
	}
	return out
}
