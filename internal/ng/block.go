// Package ng reads the blocks of a pcapng file and keeps the state of a section
// that its packets need: byte order and interfaces. Packages pcap and pcapng
// share it. The format is that of draft-ietf-opsawg-pcapng.
package ng

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/sightline-go/sightline/internal/window"
)

// Block types (section 11.1 of the draft).
const (
	TypeSectionHeader  = 0x0a0d0d0a
	TypeInterface      = 1
	TypePacket         = 2 // obsolete
	TypeSimplePacket   = 3
	TypeEnhancedPacket = 6
)

// ByteOrderMagic shows the byte order of a section.
const ByteOrderMagic = 0x1a2b3c4d

const (
	minBlock   = 12 // type, length, length again
	minSection = 28
)

// Limits of the state of a section: interfaces, and bytes of their options. The
// first is the number of interfaces that the obsolete packet block can
// distinguish.
const (
	maxInterfaces = 1 << 16
	maxDescribed  = 16 << 20
)

// Errors about the content of a file wrap one of these.
var (
	ErrFormat   = errors.New("malformed")
	ErrTooLarge = errors.New("larger than the limit")
	ErrVersion  = errors.New("unknown version")
)

// A Block is a block of a file. Body is valid until the Reader's next call.
type Block struct {
	Type    uint32
	Offset  int64 // of the block in the input
	Section int   // from 0
	Big     bool  // byte order of the section
	Body    []byte
}

// A Reader reads the blocks of a pcapng file.
type Reader struct {
	W        *window.Window
	MaxBlock int  // larger blocks are an error
	Big      bool // byte order of the section
	Section  int  // from 0, -1 before the first
	Ifaces   []Interface
	Major    uint16
	Minor    uint16

	// SectionAt is the offset of the section in the input.
	SectionAt int64

	described int // bytes of Ifaces' options

	last int   // length of the last block, for Back
	skip int64 // bytes of the last block left to skip, without its trailing length
	long Block // the block being skipped
	size uint32
}

// Next returns the next block, and updates the section state from it. At the
// end it returns io.EOF, inside a block io.ErrUnexpectedEOF; neither is sticky:
// if the input has grown, Next continues. Other damage is sticky, because the
// block is not consumed. want reports whether a block's body is needed. A block
// that is not needed may be longer than MaxBlock: it is skipped, and its Body
// is nil.
func (r *Reader) Next(want func(typ uint32) bool) (Block, error) {
	if b, err := r.Finish(); err != nil {
		return b, err
	}
	b, size, err := r.head()
	if err != nil {
		return b, err
	}
	// The padding belongs to the block even if its length excludes it.
	total := (int64(size) + 3) &^ 3
	if total > int64(r.MaxBlock) {
		if needed(b.Type) || want(b.Type) {
			return b, fmt.Errorf("block of %d bytes is %w of %d", size, ErrTooLarge, r.MaxBlock)
		}
		r.skip, r.long, r.size, r.last = total-4, b, size, 0
		return b, nil
	}
	all, err := r.W.Peek(int(total))
	if err != nil {
		return b, atEnd(err, len(all))
	}
	if err := sameLength(all[total-4:], size, b.Big); err != nil {
		return b, err
	}
	b.Body = all[8 : total-4]
	if err := r.learn(&b); err != nil {
		return b, err
	}
	r.last = int(total)
	r.W.Advance(r.last)
	return b, nil
}

// head reads the type and length of the next block.
func (r *Reader) head() (b Block, size uint32, err error) {
	b = Block{Offset: r.W.Offset(), Section: r.Section, Big: r.Big}
	head, err := r.W.Peek(8)
	if err != nil {
		return b, 0, atEnd(err, len(head))
	}
	b.Type = r.Uint32(head)
	if b.Type == TypeSectionHeader {
		b.Section++
		if b.Big, err = r.byteOrder(); err != nil {
			return b, 0, err
		}
		head, _ = r.W.Peek(8) // byteOrder may have moved it
	}
	if b.Section < 0 {
		return b, 0, fmt.Errorf("%w: the first block is not a section header", ErrFormat)
	}
	size = Uint32(head[4:], b.Big)
	if size < minBlock || b.Type == TypeSectionHeader && size < minSection {
		return b, 0, fmt.Errorf("%w block: length %d", ErrFormat, size)
	}
	return b, size, nil
}

func needed(typ uint32) bool { return typ == TypeSectionHeader || typ == TypeInterface }

// sameLength checks the trailing length of a block of size bytes.
func sameLength(end []byte, size uint32, big bool) error {
	if again := Uint32(end, big); again != size {
		return fmt.Errorf("%w block: length %d at its start, but %d at its end", ErrFormat, size, again)
	}
	return nil
}

// Back makes Next return the last block again. The block must have a Body, and
// must not change the section state.
func (r *Reader) Back() {
	r.W.Advance(-r.last)
	r.last = 0
}

// Inside reports whether a skipped block is not fully consumed yet.
func (r *Reader) Inside() bool { return r.skip > 0 }

// Pos returns the offset of the next block in the input.
func (r *Reader) Pos() int64 {
	if r.skip > 0 {
		return r.W.Offset() + r.skip + 4
	}
	return r.W.Offset()
}

// Finish consumes the rest of a skipped block, as Next does. On error it
// returns that block.
func (r *Reader) Finish() (Block, error) {
	if r.skip == 0 {
		return Block{}, nil
	}
	n, err := r.W.Skip(r.skip - 1) // keep one byte, to know that the end is still to be checked
	r.skip -= n
	if err != nil {
		return r.long, atEnd(err, 1)
	}
	end, err := r.W.Peek(5)
	if err != nil {
		return r.long, atEnd(err, 1)
	}
	if err := sameLength(end[1:], r.size, r.long.Big); err != nil {
		return r.long, err
	}
	r.W.Advance(5)
	r.skip = 0
	return Block{}, nil
}

// learn updates the section state from a block.
func (r *Reader) learn(b *Block) error {
	switch b.Type {
	case TypeSectionHeader:
		major, minor := Uint16(b.Body[4:], b.Big), Uint16(b.Body[6:], b.Big)
		// Some writers call the draft's 1.0 version 1.2.
		if major != 1 || minor != 0 && minor != 2 {
			return fmt.Errorf("%w %d.%d of a section", ErrVersion, major, minor)
		}
		r.Section, r.SectionAt, r.Big = b.Section, b.Offset, b.Big
		r.Major, r.Minor = major, minor
		clear(r.Ifaces)
		r.Ifaces, r.described = r.Ifaces[:0], 0
	case TypeInterface:
		i, err := r.parseInterface(b.Body)
		if err != nil {
			return err
		}
		if len(r.Ifaces) == maxInterfaces || r.described+len(i.Options) > maxDescribed {
			return fmt.Errorf("one more interface in a section with %d interfaces and %d bytes of options is %w", len(r.Ifaces), r.described, ErrTooLarge)
		}
		i.At = b.Offset
		r.Ifaces = append(r.Ifaces, i)
		r.described += len(i.Options)
	}
	return nil
}

// byteOrder reads the byte order of the section that begins here.
func (r *Reader) byteOrder() (big bool, err error) {
	b, err := r.W.Peek(minBlock)
	if err != nil {
		return false, atEnd(err, len(b))
	}
	switch {
	case binary.BigEndian.Uint32(b[8:]) == ByteOrderMagic:
		return true, nil
	case binary.LittleEndian.Uint32(b[8:]) == ByteOrderMagic:
		return false, nil
	}
	return false, fmt.Errorf("%w section header: byte-order magic %#x", ErrFormat, b[8:12])
}

// Uint32 reads a number in the section's byte order.
func (r *Reader) Uint32(b []byte) uint32 { return Uint32(b, r.Big) }

// Uint16 reads a number in the section's byte order.
func (r *Reader) Uint16(b []byte) uint16 { return Uint16(b, r.Big) }

// Uint32 reads a number, in big-endian byte order if big.
func Uint32(b []byte, big bool) uint32 {
	if big {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

// Uint16 reads a number, in big-endian byte order if big.
func Uint16(b []byte, big bool) uint16 {
	if big {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

// atEnd turns io.EOF after have bytes of an item into io.ErrUnexpectedEOF.
func atEnd(err error, have int) error {
	if err == io.EOF && have > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}
