package dns

import (
	"encoding/binary"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Bounds of a name. Both together bound the work that a name can cause, so
// that a message of pointers to the same labels costs what its length allows.
const (
	// RFC 1035 section 2.3.4: 255 octets, the labels' lengths and the final
	// zero included.
	maxName  = 255
	maxLabel = 63 // octets, without their length
	// A name has at most 127 labels, and a pointer that leads to no label is
	// of no use.
	maxPointers = 127
)

// The upper two bits of a label's first octet (RFC 1035 section 4.1.4). The
// other two combinations are reserved or given up (RFC 6891 section 5).
const (
	labelMask    = 0xc0
	labelNormal  = 0x00
	labelPointer = 0xc0
)

// A Name is a domain name in its place in a message, compressed or not (RFC
// 1035 sections 3.1 and 4.1.4). It aliases the message. Pointers may lead
// anywhere in the message, forward too, as resolvers differ in what they
// accept; at most 127 are followed, and 255 octets. The zero Name cannot be
// decoded.
type Name struct {
	msg []byte
	off int
}

// Err returns nil when the name can be decoded, else the Reason: Short when it
// runs or points out of the message, Malformed when it is longer than 255
// octets, has labels of an unknown kind, or pointers that loop.
func (n Name) Err() error { return n.reason().Err() }

func (n Name) reason() wire.Reason {
	c := nameCursor{msg: n.msg, off: n.off}
	for {
		if _, more, r := c.next(); !more {
			return r
		}
	}
}

// Labels returns the labels, without the empty label of the root. They are raw
// octets: any of them, dots included, may occur. If the name cannot be decoded
// the labels before the fault are yielded.
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

// A nameCursor walks over a name, from pointer to pointer.
type nameCursor struct {
	msg      []byte
	off      int
	octets   int // of the name so far
	pointers int // followed so far
}

// next returns the labels up to the next pointer or the end of the name, each
// behind its length, and whether there are more behind the pointer. A Reason
// says that the name cannot be decoded; the labels are those before the fault.
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

// pointer returns where the pointer that b begins with leads to.
func pointer(b []byte) int { return int(binary.BigEndian.Uint16(b) &^ (labelMask << 8)) }

// skipName returns where the name at off ends, its pointer included but not
// what that leads to. The name need not be one that can be decoded.
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
