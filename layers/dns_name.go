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

// AppendTo appends the name as text (RFC 1035 section 5.1, RFC 4343 section
// 2.1): labels joined by dots, no dot at the end, "." for the root. A dot or a
// backslash inside a label is preceded by a backslash, and an octet that is no
// visible ASCII character is a backslash and three decimal digits, so different
// names never have the same text. A name that cannot be decoded appends
// nothing.
func (n Name) AppendTo(dst []byte) []byte {
	start, pointers := len(dst), 0
	for msg, off := n.msg, n.off; uint(off) < uint(len(msg)); {
		size := int(msg[off])
		if size > dnsMaxLabel {
			if size < dnsLabelPointer || len(msg)-off < 2 || pointers == dnsMaxPointers {
				break
			}
			off = pointer(msg[off:])
			pointers++
			continue
		}
		if size == 0 && len(dst) > start {
			return dst[:len(dst)-1]
		}
		end := off + 1 + size
		if size == 0 || end > len(msg) || len(dst)-start+size > dnsMaxName-2 {
			break
		}
		for _, c := range msg[off+1 : end] {
			if !isPlain[c] {
				return n.appendEscaped(dst[:start])
			}
			dst = append(dst, c)
		}
		dst = append(dst, '.')
		off = end
	}
	return n.appendEscaped(dst[:start])
}

// isPlain tells the octets that stand for themselves in the text of a name.
var isPlain = func() (plain [256]bool) {
	for c := '!'; c <= '~'; c++ {
		plain[c] = c != '.' && c != '\\'
	}
	return plain
}()

// appendEscaped is AppendTo for any name, AppendTo the fast way for most.
func (n Name) appendEscaped(dst []byte) []byte {
	if n.reason() != 0 {
		return dst
	}
	start := len(dst)
	for label := range n.Labels() {
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
		case isPlain[c]:
			dst = append(dst, c)
		case c == '.' || c == '\\':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		}
	}
	return dst
}

// appendLabels appends the name that b holds: labels without compression, of
// which the last may be missing (RFC 4702 section 2.3.1, RFC 4704 section 4.2). A
// name that cannot be decoded appends nothing.
func appendLabels(dst, b []byte) []byte {
	start := len(dst)
	for n := 0; n < len(b) && b[n] > 0; {
		label, _, whole := cutVector(b[n:], 1)
		if n += 1 + len(label); !whole || len(label) > dnsMaxLabel || n >= dnsMaxName {
			return dst[:start]
		}
		if len(dst) > start {
			dst = append(dst, '.')
		}
		dst = appendLabel(dst, label)
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
