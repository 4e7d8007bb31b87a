package dns

import (
	"encoding/binary"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Limits of a name. They also limit the work per name, so that a message full
// of pointers to the same labels costs no more than its length allows.
const (
	// RFC 1035 section 2.3.4: 255 octets, length octets and the final zero
	// included.
	maxName  = 255
	maxLabel = 63 // octets, without the length
	// A name has at most 127 labels, and a pointer to another pointer is
	// useless.
	maxPointers = 127
)

// The upper two bits of a label's first octet (RFC 1035 section 4.1.4). The
// other two combinations are reserved or obsolete (RFC 6891 section 5).
const (
	labelMask    = 0xc0
	labelNormal  = 0x00
	labelPointer = 0xc0
)

// A Name is a domain name inside a message, compressed or not (RFC 1035
// sections 3.1 and 4.1.4). It aliases the message. Pointers may lead anywhere
// in the message, even forward, as resolvers differ in what they accept, but a
// name has at most 127 pointers and 255 octets. The zero Name cannot be
// decoded.
type Name struct {
	msg []byte
	off int
}

// Err returns nil if the name can be decoded. Otherwise it returns a Reason:
// Short if the name exceeds the message or points outside it, Malformed if it
// is longer than 255 octets, has a label of an unknown type, or has a pointer
// loop.
func (n Name) Err() error { return n.reason().Err() }

func (n Name) reason() wire.Reason {
	c := nameCursor{msg: n.msg, off: n.off}
	for {
		if _, more, r := c.next(); !more {
			return r
		}
	}
}

// Labels returns the labels, without the empty label of the root, as raw
// octets: any octet may occur, even a dot. If the name cannot be decoded,
// Labels yields the labels before the fault.
func (n Name) Labels() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		c := nameCursor{msg: n.msg, off: n.off}
		for {
			run, more, _ := c.next()
			for len(run) > 0 {
				label, rest, _ := text.CutVector(run, 1)
				if !yield(label) {
					return
				}
				run = rest
			}
			if !more {
				return
			}
		}
	}
}

// A nameCursor walks through a name, pointer by pointer.
type nameCursor struct {
	msg      []byte
	off      int
	octets   int // of the name so far
	pointers int // followed so far
}

// next returns the length-prefixed labels up to the next pointer or the end of
// the name, and whether more follow the pointer. If r is not 0, the name cannot
// be decoded, and run holds the labels before the fault.
func (c *nameCursor) next() (run []byte, more bool, r wire.Reason) {
	msg, off := c.msg, c.off
	for uint(off) < uint(len(msg)) {
		size := int(msg[off])
		if size == 0 || size > maxLabel {
			break
		}
		if c.octets += 1 + size; c.octets >= maxName {
			return msg[c.off:off], false, wire.Malformed // with the final zero
		}
		if off+1+size > len(msg) {
			return msg[c.off:off], false, wire.Short
		}
		off += 1 + size
	}
	if off >= len(msg) {
		return msg[min(c.off, len(msg)):], false, wire.Short
	}
	run = msg[c.off:off:off]
	switch {
	case msg[off] == 0:
		return run, false, 0
	case msg[off] < labelPointer:
		return run, false, wire.Malformed
	case len(msg)-off < 2:
		return run, false, wire.Short
	}
	if c.pointers++; c.pointers > maxPointers {
		return run, false, wire.Malformed
	}
	c.off = pointer(msg[off:])
	return run, true, 0
}

// pointer returns the target of the pointer that b begins with.
func pointer(b []byte) int { return int(binary.BigEndian.Uint16(b) &^ (labelMask << 8)) }

// skipName returns the end of the name at off, after its pointer if it has one.
// It does not follow the pointer, so the name may still be undecodable.
func skipName(b []byte, off int) (end int, r wire.Reason) {
	for off < len(b) {
		n := int(b[off])
		switch n & labelMask {
		case labelNormal:
			if off += 1 + n; n == 0 {
				return off, 0
			}
		case labelPointer:
			if len(b)-off < 2 {
				return off, wire.Short
			}
			return off + 2, 0
		default:
			return off, wire.Malformed
		}
	}
	return off, wire.Short
}
