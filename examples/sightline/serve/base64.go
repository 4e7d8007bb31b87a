package serve

import (
	"encoding/base64"
	"fmt"
	"io"
)

// A base64Reader decodes base64 (RFC 4648 section 4) that comes in pieces. It skips
// line breaks, as from an encoder for mail, if they are pieces of their own. For
// another character outside of the alphabet it returns an error, after the bytes
// decoded before it.
type base64Reader struct {
	src func() ([]byte, error) // the next piece, valid until the next call

	text   []byte  // rest of the piece
	seen   int64   // characters of the pieces before text
	quad   [4]byte // an incomplete group
	n      int     // characters in quad
	out    [3]byte // decoded quad
	ready  []byte  // part of out that was not returned yet
	padded bool    // the padding was read
	err    error
}

// Read implements io.Reader.
func (d *base64Reader) Read(p []byte) (int, error) {
	for {
		switch {
		case len(p) == 0:
			return 0, nil
		case len(d.ready) > 0:
			n := copy(p, d.ready)
			d.ready = d.ready[n:]
			return n, nil
		case d.err != nil:
			return 0, d.err
		case len(d.text) == 0:
			d.more()
		case d.n == 0 && len(d.text) >= 4 && len(p) >= 3 && !d.padded:
			if n := d.block(p); n > 0 {
				return n, nil
			}
		default:
			d.char()
		}
	}
}

// more reads the next piece.
func (d *base64Reader) more() {
	text, err := d.src()
	d.seen += int64(len(text))
	d.text = text
	switch {
	case err == io.EOF && d.n > 0:
		d.last()
	case err != nil:
		d.err = err
	}
}

// block decodes as many groups of four as fit into p.
func (d *base64Reader) block(p []byte) int {
	size := min(len(d.text)/4, len(p)/3) * 4
	n, err := base64.StdEncoding.Decode(p, d.text[:size])
	if err == nil && n == size/4*3 {
		d.text = d.text[size:]
		return n
	}
	// The group after those decoded is the last one, or invalid.
	if size = n / 3 * 4; size == 0 {
		d.char()
	}
	d.text = d.text[size:]
	return n / 3 * 3
}

// char reads one character.
func (d *base64Reader) char() {
	c := d.text[0]
	d.text = d.text[1:]
	switch {
	case c == '\r' || c == '\n':
		return
	case d.padded:
		d.fail("text after the padding")
		return
	}
	d.quad[d.n] = c
	if d.n++; d.n < 4 {
		return
	}
	n, err := base64.StdEncoding.Decode(d.out[:], d.quad[:])
	if err != nil {
		d.fail("invalid group of four characters")
	}
	d.padded = n < 3
	d.ready, d.n = d.out[:n], 0
}

// last decodes the incomplete last group of a text without padding.
func (d *base64Reader) last() {
	n, _ := base64.RawStdEncoding.Decode(d.out[:], d.quad[:d.n])
	d.ready, d.n = d.out[:n], 0
	d.fail("truncated group of four characters")
}

// A base64Error describes an error in base64.
type base64Error struct {
	at  int64 // characters before the error
	why string
}

func (e *base64Error) Error() string {
	return fmt.Sprintf("bad base64 at character %d: %s", e.at, e.why)
}

func (d *base64Reader) fail(why string) {
	d.err = &base64Error{d.seen - int64(len(d.text)), why}
}
