package stream

import "bytes"

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
	name, _, _ := bytes.Cut(field, []byte{';'})
	switch string(bytes.ToLower(bytes.TrimSpace(name))) {
	case "", "7bit", "8bit", "binary":
		return codingNone
	case "base64":
		return codingBase64
	case "quoted-printable":
		return codingQuoted
	}
	return codingUnknown
}

// A transferDecoder undoes base64 or quoted-printable as the bytes come.
type transferDecoder struct {
	coding coding

	// base64
	bad    bool   // something was out of place: what follows is not decoded
	bits   uint32 // of the quantum in progress
	digits int    // in it
	pads   int    // behind them
	resync bool   // behind a gap: the next line begins a quantum

	// quoted-printable
	escape []byte // "=" and what followed it, until it is known what it means
	space  []byte // white space and CR that a line end may follow
}

// append appends what src is code for to dst.
func (d *transferDecoder) append(dst, src []byte) []byte {
	if d.coding == codingBase64 {
		return d.base64(dst, src)
	}
	return d.quoted(dst, src)
}

// finish ends the content: it appends what is left of it, and reports whether all
// of it could be decoded.
func (d *transferDecoder) finish(dst []byte) ([]byte, bool) {
	switch {
	case d.coding == codingBase64 && d.digits >= 2 && d.pads == 0:
		dst = d.lastQuantum(dst)
	case d.coding == codingQuoted && len(bytes.TrimLeft(d.escape, "= \t\r")) > 0:
		return append(dst, d.escape...), true
	}
	return dst, !d.bad && (d.digits == 0 || d.digits+d.pads == 4)
}

// gap says that bytes are missing here.
func (d *transferDecoder) gap() {
	d.bits, d.digits, d.pads, d.resync = 0, 0, 0, true
	d.escape, d.space = d.escape[:0], d.space[:0]
}

// base64Digits has 1 more than the value of each digit of base64 (RFC 2045 section
// 6.8), 0 for what is none.
var base64Digits = func() (t [256]byte) {
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i + 1)
	}
	return t
}()

// base64 decodes base64. What is no digit is passed over, as RFC 2045 section 6.8
// asks; padding ends it where it does not belong, and so do digits behind it.
func (d *transferDecoder) base64(dst, src []byte) []byte {
	if d.resync {
		n := endOfLine(src, 0)
		if n == 0 {
			return dst
		}
		src, d.resync = src[n:], false
	}
	for _, c := range src {
		v := base64Digits[c]
		switch {
		case d.bad:
			return dst
		case v > 0 && d.pads == 0:
			d.bits = d.bits<<6 | uint32(v-1)
			if d.digits++; d.digits == 4 {
				dst = append(dst, byte(d.bits>>16), byte(d.bits>>8), byte(d.bits))
				d.bits, d.digits = 0, 0
			}
		case c == '=' && d.digits >= 2 && d.digits+d.pads < 4:
			if d.pads++; d.pads == 1 {
				dst = d.lastQuantum(dst)
			}
		case v > 0 || c == '=':
			d.bad = true
		}
	}
	return dst
}

// lastQuantum appends the one or two bytes of a quantum of two or three digits.
func (d *transferDecoder) lastQuantum(dst []byte) []byte {
	if d.digits == 2 {
		return append(dst, byte(d.bits>>4))
	}
	return append(dst, byte(d.bits>>10), byte(d.bits>>2))
}

// quoted decodes quoted-printable (RFC 2045 section 6.7). White space at the end
// of a line is no content. An equals sign that begins no code stays, as its rule
// 5 and the note behind it advise.
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

// text decodes text inside a line: white space at its end waits in space. Of a run
// longer than maxPadding, only the last bytes do.
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

// escaped takes the next byte behind an equals sign: of two hexadecimal digits, or
// of a line end that is no content, which white space may precede.
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
