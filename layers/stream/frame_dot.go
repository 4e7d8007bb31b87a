package stream

import "bytes"

// A dotReader reverses the dot-stuffing of SMTP's DATA (RFC 5321 section 4.5.2)
// and of POP3's replies (RFC 1939 section 3): a line that begins with a dot has
// another before it, and a line of a single dot ends the content.
type dotReader struct {
	bare  bool // lines may end with LF alone
	state dotState
}

// A dotState describes the preceding bytes.
type dotState uint8

const (
	dotStart  dotState = iota // a line begins
	dotInLine                 // any others
	dotCR                     // CR
	dotDot                    // a dot that begins a line
	dotDotCR                  // the same followed by CR
)

// next returns content from the beginning of data, and the rest of data. over
// means that the line that ends the content was read. content may be empty.
func (d *dotReader) next(data []byte) (content, rest []byte, over bool) {
	switch d.state {
	case dotDotCR:
		if data[0] == '\n' {
			return nil, data[1:], true
		}
		d.state = dotCR
		return []byte{'\r'}, data, false
	case dotDot:
		switch {
		case data[0] == '\r':
			d.state = dotDotCR
			return nil, data[1:], false
		case data[0] == '\n' && d.bare:
			return nil, data[1:], true
		}
		d.state = dotInLine
	case dotStart:
		if data[0] == '.' {
			d.state = dotDot
			return nil, data[1:], false
		}
		d.state = dotInLine
	}
	n := d.plain(data)
	return data[:n], data[n:], false
}

// plain returns the length of the content that needs no change: up to a line
// that begins with a dot.
func (d *dotReader) plain(data []byte) int {
	for off := 0; ; {
		i := bytes.IndexByte(data[off:], '\n')
		if i < 0 {
			if len(data) > off {
				d.state = dotInLine
			}
			if data[len(data)-1] == '\r' {
				d.state = dotCR
			}
			return len(data)
		}
		off += i + 1
		ended := d.bare || off == 1 && d.state == dotCR || off > 1 && data[off-2] == '\r'
		d.state = dotInLine
		if ended && off == len(data) || ended && data[off] == '.' {
			d.state = dotStart
			return off
		}
		if off == len(data) {
			return off
		}
	}
}
