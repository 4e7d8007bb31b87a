package stream

import "bytes"

// A dotReader undoes the transparency of SMTP's DATA (RFC 5321 section 4.5.2) and
// of POP3's replies (RFC 1939 section 3): a dot before a line that begins with
// one, and a line of a dot alone at the end.
type dotReader struct {
	bare  bool // lines may end in LF alone
	state dotState
}

// A dotState is what the last bytes were.
type dotState uint8

const (
	dotStart  dotState = iota // the beginning of a line
	dotInLine                 // any others
	dotCR                     // CR
	dotDot                    // a dot at the beginning of a line
	dotDotCR                  // that and CR
)

// next returns content from the beginning of data, and what follows it; over when
// the line that ends it has come. Content may be empty.
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

// plain returns the length of what is content as it is: up to a line that begins
// with a dot.
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
