// Package ng frames the blocks of a pcapng file and keeps what a section's
// packets need: its byte order and its interfaces. Packages pcap and pcapng
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

// ByteOrderMagic tells the byte order of a section.
const ByteOrderMagic = 0x1a2b3c4d

const (
	minBlock   = 12 // type, length, length again
	minSection = 28
)

// What a Reader keeps of a section: so many interfaces, and bytes of their options.
// The first is what a packet block of the obsolete type can tell apart.
const (
	maxInterfaces = 1 << 16
	maxDescribed  = 16 << 20
)

// ErrFormat is wrapped by the errors about what a file holds.
var (
	ErrFormat   = errors.New("malformed")
	ErrTooLarge = errors.New("larger than the limit")
	ErrVersion  = errors.New("unknown version")
)

// A Block is one block. Body is valid until the Reader's next call.
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
	MaxBlock int  // refuses larger blocks
	Big      bool // byte order of the section
	Section  int  // from 0, -1 before the first
	Ifaces   []Interface
	Major    uint16
	Minor    uint16

	// SectionAt is where the section begins in the input.
	SectionAt int64

	described int // bytes of Ifaces' options

	last int   // bytes of the last block, which Back gives back
	skip int64 // bytes of the last block, not consumed yet, without its end
	long Block // the block that skip is of
	size uint32
}

// Next returns the next block, and keeps what it says of the section. At the
// end it returns io.EOF, inside a block io.ErrUnexpectedEOF; neither is kept:
// when the input has grown, Next goes on. Other damage is kept, as nothing of
// the block is consumed. want says whether a block's body is needed; one that
// is not may be longer than MaxBlock: it is skipped, and its Body is nil.
func (r *Reader) Next(want func(typ uint32) bool) (Block, error) {
	if b, err := r.Finish(); err != nil {
		return b, err
	}
	b, size, err := r.head()
	if err != nil {
		return b, err
	}
	// The padding belongs to the block even if its length leaves it out.
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

// head reads the type and the length of the block that begins here.
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
		return b, 0, fmt.Errorf("%w: the first block is no section header", ErrFormat)
	}
	size = Uint32(head[4:], b.Big)
	if size < minBlock || b.Type == TypeSectionHeader && size < minSection {
		return b, 0, fmt.Errorf("%w block: its length is %d", ErrFormat, size)
	}
	return b, size, nil
}

func needed(typ uint32) bool { return typ == TypeSectionHeader || typ == TypeInterface }

// sameLength checks the length at the end of a block of size bytes.
func sameLength(end []byte, size uint32, big bool) error {
	if again := Uint32(end, big); again != size {
		return fmt.Errorf("%w block: its length is %d at its beginning and %d at its end", ErrFormat, size, again)
	}
	return nil
}

// Back makes Next return the last block again. It must have a Body, and must not
// be one that describes the section.
func (r *Reader) Back() {
	r.W.Advance(-r.last)
	r.last = 0
}

// Inside reports whether a block that was skipped is not consumed yet.
func (r *Reader) Inside() bool { return r.skip > 0 }

// Pos returns where the next block begins in the input.
func (r *Reader) Pos() int64 {
	if r.skip > 0 {
		return r.W.Offset() + r.skip + 4
	}
	return r.W.Offset()
}

// Finish consumes the rest of a block that was skipped, as Next does. On error it
// returns that block.
func (r *Reader) Finish() (Block, error) {
	if r.skip == 0 {
		return Block{}, nil
	}
	n, err := r.W.Skip(r.skip - 1) // the last byte says that there is an end to check
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

// learn takes from a block what later blocks depend on.
func (r *Reader) learn(b *Block) error {
	switch b.Type {
	case TypeSectionHeader:
		major, minor := Uint16(b.Body[4:], b.Big), Uint16(b.Body[6:], b.Big)
		// The draft's 1.2 is 1.0 as some writers have it.
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
			return fmt.Errorf("section with %d interfaces and %d bytes of options and one more is %w", len(r.Ifaces), r.described, ErrTooLarge)
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

// atEnd turns io.EOF into io.ErrUnexpectedEOF when have bytes of something
// came before it.
func atEnd(err error, have int) error {
	if err == io.EOF && have > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}
