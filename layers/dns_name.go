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
	dnsMaxName = 255
	// A name has at most 127 labels, and a pointer that leads to no label is
	// of no use.
	dnsMaxPointers = 127
	// The longest text: four characters for each octet.
	dnsMaxText = 4 * dnsMaxName
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
		label, r := c.next()
		if r != 0 || len(label) == 0 {
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
			label, r := c.next()
			if r != 0 || len(label) == 0 || !yield(label) {
				return
			}
		}
	}
}

// AppendTo appends the name as text (RFC 1035 section 5.1, RFC 4343 section
// 2.1): labels joined by dots, no dot at the end, "." for the root. A dot or a
// backslash inside a label is preceded by a backslash, and an octet that is no
// visible ASCII character is a backslash and three decimal digits, so different
// names never have the same text. A name that cannot be decoded appends
// nothing.
func (n Name) AppendTo(dst []byte) []byte {
	c := nameCursor{msg: n.msg, off: n.off}
	start := len(dst)
	for {
		label, r := c.next()
		if r != 0 {
			return dst[:start]
		}
		if len(label) == 0 {
			break
		}
		if len(dst) > start {
			dst = append(dst, '.')
		}
		dst = appendLabel(dst, label)
	}
	if len(dst) == start {
		dst = append(dst, '.')
	}
	return dst
}

func appendLabel(dst, label []byte) []byte {
	for _, c := range label {
		switch {
		case c == '.' || c == '\\':
			dst = append(dst, '\\', c)
		case c <= ' ' || c >= 0x7f:
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// String returns the text that AppendTo writes.
func (n Name) String() string {
	var buf [dnsMaxText]byte
	return string(n.AppendTo(buf[:0]))
}

// EqualFold reports whether the name is s, in the form that AppendTo writes,
// with or without a dot at the end. Case is ignored in ASCII letters alone
// (RFC 4343 section 3). A name that cannot be decoded equals nothing.
func (n Name) EqualFold(s string) bool {
	var buf [dnsMaxText]byte
	text := n.AppendTo(buf[:0])
	if len(s) == len(text)+1 && s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return len(text) > 0 && equalFoldASCII(text, s)
}

// equalFoldASCII reports whether b is s, ignoring case in ASCII letters alone.
func equalFoldASCII(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if lowerASCII(c) != lowerASCII(s[i]) {
			return false
		}
	}
	return true
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// A nameCursor walks over the labels of a name and through its pointers.
type nameCursor struct {
	msg      []byte
	off      int
	octets   int // of the name so far
	pointers int // followed so far
}

// next returns the next label, an empty one at the end of the name, or why
// there is none.
func (c *nameCursor) next() ([]byte, Reason) {
	for c.off < len(c.msg) {
		n := int(c.msg[c.off])
		switch n & dnsLabelMask {
		case dnsLabelNormal:
			start, end := c.off+1, c.off+1+n
			if c.octets += 1 + n; c.octets > dnsMaxName {
				return nil, Malformed
			}
			if end > len(c.msg) {
				return nil, Short
			}
			c.off = end
			return c.msg[start:end:end], 0
		case dnsLabelPointer:
			if len(c.msg)-c.off < 2 {
				return nil, Short
			}
			c.off = int(binary.BigEndian.Uint16(c.msg[c.off:]) &^ (dnsLabelMask << 8))
			if c.pointers++; c.pointers > dnsMaxPointers {
				return nil, Malformed
			}
		default:
			return nil, Malformed
		}
	}
	return nil, Short
}

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
