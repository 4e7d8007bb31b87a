package layers

import (
	"encoding/binary"
	"iter"
)

// Bounds of a name. Both together bound the work that a name can cause, so
// that a message of pointers to the same labels costs what its length allows.
const (
	// RFC 1035 section 2.3.4: 255 octets, the labels' lengths and the final
	// zero included.
	dnsMaxName  = 255
	dnsMaxLabel = 63 // octets, without their length
	// A name has at most 127 labels, and a pointer that leads to no label is
	// of no use.
	dnsMaxPointers = 127
)

// The upper two bits of a label's first octet (RFC 1035 section 4.1.4). The
// other two combinations are reserved or given up (RFC 6891 section 5).
const (
	dnsLabelMask    = 0xc0
	dnsLabelNormal  = 0x00
	dnsLabelPointer = 0xc0
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
func (n Name) Err() error { return n.reason().err() }

func (n Name) reason() Reason {
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
				label, rest, _ := cutVector(run, 1)
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
func (c *nameCursor) next() (run []byte, more bool, r Reason) {
	msg, off := c.msg, c.off
	for uint(off) < uint(len(msg)) {
		size := int(msg[off])
		if size == 0 || size > dnsMaxLabel {
			break
		}
		if c.octets += 1 + size; c.octets >= dnsMaxName {
			return msg[c.off:off], false, Malformed // with the final zero
		}
		if off+1+size > len(msg) {
			return msg[c.off:off], false, Short
		}
		off += 1 + size
	}
	if off >= len(msg) {
		return msg[min(c.off, len(msg)):], false, Short
	}
	run = msg[c.off:off:off]
	switch {
	case msg[off] == 0:
		return run, false, 0
	case msg[off] < dnsLabelPointer:
		return run, false, Malformed
	case len(msg)-off < 2:
		return run, false, Short
	}
	if c.pointers++; c.pointers > dnsMaxPointers {
		return run, false, Malformed
	}
	c.off = pointer(msg[off:])
	return run, true, 0
}

// pointer returns where the pointer that b begins with leads to.
func pointer(b []byte) int { return int(binary.BigEndian.Uint16(b) &^ (dnsLabelMask << 8)) }

// skipName returns where the name at off ends, its pointer included but not
// what that leads to. The name need not be one that can be decoded.
func skipName(b []byte, off int) (end int, r Reason) {
	for off < len(b) {
		n := int(b[off])
		switch n & dnsLabelMask {
		case dnsLabelNormal:
			if off += 1 + n; n == 0 {
				return off, 0
			}
		case dnsLabelPointer:
			if len(b)-off < 2 {
				return off, Short
			}
			return off + 2, 0
		default:
			return off, Malformed
		}
	}
	return off, Short
}
