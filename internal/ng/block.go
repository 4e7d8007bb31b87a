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

const (
	byteOrderMagic = 0x1a2b3c4d
	minBlock       = 12 // type, length, length again
	minSection     = 28
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

	skip int64 // bytes of the last block, not consumed yet
}

// Next returns the next block, and keeps what it says of the section. At the
// end it returns io.EOF, inside a block io.ErrUnexpectedEOF; neither is kept:
// when the input has grown, Next goes on. want says whether a block's body is
// needed; one that is not is skipped, however long it is, and its Body is nil.
func (r *Reader) Next(want func(typ uint32) bool) (Block, error) {
	if err := r.release(); err != nil {
		return Block{}, err
	}
	b := Block{Offset: r.W.Offset()}
	head, err := r.W.Peek(8)
	if err != nil {
		return b, atEnd(err, len(head))
	}
	b.Type = r.Uint32(head)
	if b.Type == TypeSectionHeader {
		if err := r.byteOrder(); err != nil {
			return b, err
		}
	}
	if r.Section < 0 && b.Type != TypeSectionHeader {
		return b, fmt.Errorf("%w: the first block is no section header", ErrFormat)
	}
	size := r.Uint32(head[4:])
	if size < minBlock || b.Type == TypeSectionHeader && size < minSection {
		return b, fmt.Errorf("%w block: its length is %d", ErrFormat, size)
	}
	// The padding belongs to the block even if its length leaves it out.
	total := (int64(size) + 3) &^ 3
	b.Section, b.Big = r.Section, r.Big
	if !needed(b.Type) && !want(b.Type) {
		r.skip = total
		return b, nil
	}
	if total > int64(r.MaxBlock) {
		return b, fmt.Errorf("block of %d bytes is %w of %d", size, ErrTooLarge, r.MaxBlock)
	}
	all, err := r.W.Peek(int(total))
	if err != nil {
		return b, atEnd(err, len(all))
	}
	if again := r.Uint32(all[total-4:]); again != size {
		return b, fmt.Errorf("%w block: its length is %d at its beginning and %d at its end", ErrFormat, size, again)
	}
	b.Body = all[8 : total-4]
	r.skip = total
	return b, r.learn(&b)
}

func needed(typ uint32) bool { return typ == TypeSectionHeader || typ == TypeInterface }

// release consumes the last block.
func (r *Reader) release() error {
	n, err := r.W.Skip(r.skip)
	r.skip -= n
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// learn takes from a block what later blocks depend on.
func (r *Reader) learn(b *Block) error {
	switch b.Type {
	case TypeSectionHeader:
		r.Section++
		r.Ifaces = r.Ifaces[:0]
		b.Section = r.Section
		r.Major, r.Minor = r.Uint16(b.Body[4:]), r.Uint16(b.Body[6:])
		// The draft's 1.2 is 1.0 as some writers have it.
		if r.Major != 1 || r.Minor != 0 && r.Minor != 2 {
			return fmt.Errorf("%w %d.%d of a section", ErrVersion, r.Major, r.Minor)
		}
	case TypeInterface:
		i, err := r.parseInterface(b.Body)
		if err != nil {
			return err
		}
		r.Ifaces = append(r.Ifaces, i)
	}
	return nil
}

// byteOrder reads the byte order of the section that begins here.
func (r *Reader) byteOrder() error {
	b, err := r.W.Peek(12)
	if err != nil {
		return atEnd(err, len(b))
	}
	switch {
	case binary.BigEndian.Uint32(b[8:]) == byteOrderMagic:
		r.Big = true
	case binary.LittleEndian.Uint32(b[8:]) == byteOrderMagic:
		r.Big = false
	default:
		return fmt.Errorf("%w section header: byte-order magic %#x", ErrFormat, b[8:12])
	}
	return nil
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
