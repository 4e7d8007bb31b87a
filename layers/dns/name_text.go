package dns

import (
	"encoding/binary"
	"slices"

	"github.com/sightline-go/sightline/internal/text"
)

// maxText is the length of the longest text of a name: four characters for each
// octet.
const maxText = 4 * maxName

// AppendTo appends the name as text (RFC 1035 section 5.1, RFC 4343 section
// 2.1): labels joined by dots, without a final dot, or "." for the root. It
// writes a dot or backslash inside a label with a backslash before it, and an
// octet other than visible ASCII as a backslash and three decimal digits, so
// that different names never have the same text. It appends nothing if the name
// cannot be decoded. To append many names of a message, a [NameAppender] is
// faster.
func (n Name) AppendTo(dst []byte) []byte {
	dst, _ = n.appendTo(dst)
	return dst
}

// appendTo is AppendTo, and returns at least the number of the name's pointers.
func (n Name) appendTo(dst []byte) (text []byte, pointers int) {
	start, octets := len(dst), 0
	for msg, off := n.msg, n.off; pointers <= maxPointers; pointers++ {
		end, labels := shortLabels(msg, off)
		if octets += end - off; end >= len(msg) || octets >= maxName {
			break
		}
		at, run := len(dst), msg[off+1:end+1]
		dst = slices.Grow(dst, len(run))[:at+len(run)]
		if copyPlain(dst[at:], run) != labels {
			break
		}
		last := msg[end]
		if last == 0 && octets > 0 {
			return dst[:len(dst)-1], pointers
		}
		if last < labelPointer || len(msg)-end < 2 {
			break
		}
		off = pointer(msg[end:])
	}
	return n.appendEscaped(dst[:start]), maxPointers
}

// shortLabels returns where the labels at off end, and their number. It stops
// when they are too long for a name, and at a label whose length octet
// [copyPlain] could mistake for a plain character.
func shortLabels(msg []byte, off int) (end, n int) {
	for end = off; uint(end) < uint(len(msg)) && end-off < maxName; n++ {
		size := int(msg[end])
		if size == 0 || size > ' ' {
			break
		}
		end += 1 + size
	}
	return end, n
}

// special is 1 for each octet that is escaped in the text of a name.
var special = func() (special [256]uint8) {
	for c := range special {
		if c <= ' ' || c > '~' || c == '.' || c == '\\' {
			special[c] = 1
		}
	}
	return special
}()

// copyPlain copies src, of at most 255 octets, to dst, which is as long. It
// replaces each special octet by a dot and returns the number of these.
func copyPlain(dst, src []byte) (n int) {
	var sums uint64 // of each octet position
	for ; len(src) >= 8 && len(dst) >= 8; dst, src = dst[8:], src[8:] {
		word := binary.LittleEndian.Uint64(src)
		dots := specialLanes(word)
		binary.LittleEndian.PutUint64(dst, word&^(dots<<8-dots)|dots*'.')
		sums += dots
	}
	for i, c := range src {
		if special[c] != 0 {
			c = '.'
			n++
		}
		dst[i] = c
	}
	return n + int(sums*lanes>>56)
}

// lanes times an octet is a word of eight such octets.
const lanes = 0x0101010101010101

// specialLanes is special for each octet of a word.
func specialLanes(word uint64) uint64 {
	const low = 0x7f * lanes
	c := word & low // no sum of two such octets overflows into the next
	plain := (c + (0x80-'!')*lanes) & ((c ^ '.'*lanes) + low) & ((c ^ '\\'*lanes) + low)
	return (word | (c + lanes) | ^plain) >> 7 & lanes
}

// appendEscaped is the slow path of AppendTo, for names with octets to escape.
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
		case special[c] == 0:
			dst = append(dst, c)
		case c == '.' || c == '\\':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		}
	}
	return dst
}

// AppendLabels appends the name in b as text: labels without compression, where
// the final empty label may be missing (RFC 4702 section 2.3.1, RFC 4704
// section 4.2). It appends nothing if the name cannot be decoded.
func AppendLabels(dst, b []byte) []byte {
	start := len(dst)
	for n := 0; n < len(b) && b[n] > 0; {
		label, _, whole := text.CutVector(b[n:], 1)
		if n += 1 + len(label); !whole || len(label) > maxLabel || n >= maxName {
			return dst[:start]
		}
		if len(dst) > start {
			dst = append(dst, '.')
		}
		dst = appendLabel(dst, label)
	}
	return dst
}

// String returns the text that AppendTo appends.
func (n Name) String() string {
	var buf [maxText]byte
	return string(n.AppendTo(buf[:0]))
}

// EqualFold reports whether the name equals s, which is in the form of AppendTo
// with or without a final dot. It ignores the case of ASCII letters only (RFC
// 4343 section 3). A name that cannot be decoded equals nothing.
func (n Name) EqualFold(s string) bool {
	var buf [maxText]byte
	b := n.AppendTo(buf[:0])
	if len(s) == len(b)+1 && s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return len(b) > 0 && text.EqualFold(b, s)
}
