package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/mail"
)

// A coding is a content transfer encoding (RFC 2045 section 6).
type coding uint8

const (
	codingNone coding = iota // 7bit, 8bit, binary
	codingBase64
	codingQuoted
	codingUnknown
)

// codingOf returns the coding that a Content-Transfer-Encoding field names.
func codingOf(field []byte) coding {
	switch string(bytes.ToLower(mail.ParseMIMEParams(field).Value())) {
	case "", "7bit", "8bit", "binary":
		return codingNone
	case "base64":
		return codingBase64
	case "quoted-printable":
		return codingQuoted
	}
	return codingUnknown
}

// A transferDecoder decodes base64 or quoted-printable incrementally.
type transferDecoder struct {
	coding coding

	// base64
	ended  bool   // by padding
	bits   uint32 // of the current quantum
	digits int    // in it
	resync bool   // after a gap: the next line begins a quantum
	other  bool   // there are bytes that are neither digits nor white space
	after  trail  // what follows the padding

	// quoted-printable
	escape []byte // "=" and the bytes after it, while their meaning is open
	space  []byte // white space and CR that a line end may follow
}

// append decodes src and appends the result to dst.
func (d *transferDecoder) append(dst, src []byte) []byte {
	if d.coding == codingBase64 {
		return d.base64(dst, src)
	}
	return d.quoted(dst, src)
}

// finish appends what remains at the end of the content, and reports whether
// all of it could be decoded, and how sure its end is.
func (d *transferDecoder) finish(dst []byte) ([]byte, Completeness) {
	switch {
	case d.coding == codingQuoted && len(bytes.TrimLeft(d.escape, "= \t\r")) > 0:
		return append(dst, d.escape...), Complete
	case d.coding != codingBase64:
		return dst, Complete
	case d.digits == 1:
		return dst, Undecodable
	}
	damaged := d.other && d.digits > 0 && !d.ended
	dst = d.lastQuantum(dst)
	if damaged || d.after.more || d.after.isCode() {
		return dst, Disputed
	}
	return dst, Complete
}

// gap reports that bytes are missing.
func (d *transferDecoder) gap() {
	d.bits, d.digits, d.resync = 0, 0, true
	d.escape, d.space = d.escape[:0], d.space[:0]
}

// base64Digits maps each digit of base64 (RFC 2045 section 6.8) to its value
// plus 1, and all other bytes to 0.
var base64Digits = func() (t [256]byte) {
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i + 1)
	}
	return t
}()

// base64 decodes base64. Other bytes than digits are skipped, as RFC 2045
// section 6.8 requires. Padding is the end of the data, even if it is wrong or
// missing: mailing lists add their text after it.
func (d *transferDecoder) base64(dst, src []byte) []byte {
	if d.resync {
		n := endOfLine(src, 0)
		if n == 0 {
			return dst
		}
		src, d.resync = src[n:], false
	}
	for i, c := range src {
		if d.ended {
			d.after.add(src[i:])
			return dst
		}
		v := base64Digits[c]
		switch {
		case v > 0:
			d.bits = d.bits<<6 | uint32(v-1)
			if d.digits++; d.digits == 4 {
				dst = append(dst, byte(d.bits>>16), byte(d.bits>>8), byte(d.bits))
				d.bits, d.digits = 0, 0
			}
		case c == '=':
			d.ended = true
		case c > ' ':
			d.other = true
		}
	}
	return dst
}

// lastQuantum appends the bytes of a quantum of two or three digits.
func (d *transferDecoder) lastQuantum(dst []byte) []byte {
	switch d.digits {
	case 2:
		return append(dst, byte(d.bits>>4))
	case 3:
		return append(dst, byte(d.bits>>10), byte(d.bits>>2))
	}
	return dst
}

// A trail is what follows the padding of base64. Some receivers decode it, if it
// is base64 too.
type trail struct {
	more   bool // a whole line of it may be base64
	digits int  // in the current line
	pads   int  // after them
	other  bool // the line has other bytes
}

func (t *trail) add(b []byte) {
	for _, c := range b {
		switch {
		case t.more:
			return
		case c == '\n':
			t.more = t.isCode()
			t.digits, t.pads, t.other = 0, 0, false
		case base64Digits[c] > 0 && t.pads == 0:
			t.digits++
		case c == '=':
			t.pads++
		case c != '\r':
			t.other = true
		}
	}
}

// isCode reports whether the current line may be base64.
func (t *trail) isCode() bool { return t.digits > 0 && (t.digits+t.pads)%4 == 0 && !t.other }

// quoted decodes quoted-printable (RFC 2045 section 6.7). White space at the
// end of a line is dropped. An equals sign that does not begin a valid code is
// kept, as the section's rule 5 and the note after it advise.
func (d *transferDecoder) quoted(dst, src []byte) []byte {
	for len(src) > 0 {
		if len(d.escape) > 0 {
			dst, src = d.escaped(dst, src)
			continue
		}
		n := bytes.IndexByte(src, '\n')
		if n < 0 {
			n = len(src)
		}
		if i := bytes.IndexByte(src[:n], '='); i >= 0 {
			dst = append(append(dst, d.space...), src[:i]...)
			d.space, d.escape = d.space[:0], append(d.escape, '=')
			src = src[i+1:]
			continue
		}
		dst = d.text(dst, src[:n])
		if n == len(src) {
			return dst
		}
		if bytes.HasSuffix(d.space, []byte{'\r'}) {
			dst = append(dst, '\r')
		}
		dst, d.space = append(dst, '\n'), d.space[:0]
		src = src[n+1:]
	}
	return dst
}

// text decodes text inside a line: white space at its end is held back. Of a
// run longer than maxPadding, only the last bytes are.
func (d *transferDecoder) text(dst, src []byte) []byte {
	word := bytes.TrimRight(src, " \t\r")
	blank := src[len(word):]
	if len(word) > 0 {
		dst = append(append(dst, d.space...), word...)
		d.space = d.space[:0]
	}
	if len(d.space)+len(blank) > maxPadding {
		dst = append(append(dst, d.space...), blank...)
		last := (len(d.space)+len(blank)-1)%maxPadding + 1
		blank = dst[len(dst)-last:]
		dst, d.space = dst[:len(dst)-last], d.space[:0]
	}
	d.space = append(d.space, blank...)
	return dst
}

// escaped decodes the next byte after an equals sign: of two hexadecimal
// digits, or of a soft line break, which white space may precede.
func (d *transferDecoder) escaped(dst, src []byte) (_, rest []byte) {
	c, prev := src[0], d.escape[len(d.escape)-1]
	switch {
	case c == '\n' && !isHex(prev):
		d.escape = d.escape[:0]
		return dst, src[1:]
	case (c == ' ' || c == '\t' || c == '\r') && !isHex(prev) && len(d.escape) < maxPadding:
		d.escape = append(d.escape, c)
		return dst, src[1:]
	case isHex(c) && prev == '=':
		d.escape = append(d.escape, c)
		return dst, src[1:]
	case isHex(c) && isHex(prev):
		d.escape = d.escape[:0]
		return append(dst, unhex(prev)<<4|unhex(c)), src[1:]
	}
	dst, d.escape = append(dst, d.escape...), d.escape[:0]
	return dst, src
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
