package pcap

import (
	"compress/gzip"
	"fmt"
	"io"

	"github.com/sightline-go/sightline/internal/window"
)

var gzipMagic = []byte{0x1f, 0x8b, 0x08} // RFC 1952 section 2.3.1, method deflate

// freeExpansion is what any gzipped input may expand to. Captures of a repeated
// packet compress as well as a bomb does, but are not this long.
const freeExpansion = 256 << 20

// openGzip reads the capture in a gzip file.
func (r *Reader) openGzip() error {
	in := &compressed{w: r.w}
	zip, err := gzip.NewReader(in)
	if err != nil {
		return r.fail(0, fmt.Errorf("gzip: %w", atEnd(err)))
	}
	ratio := int64(r.config.MaxRatio)
	if ratio == 0 {
		ratio = defaultMaxRatio
	}
	r.header.Gzip = true
	return r.open(window.OverReader(&inflater{in: in, zip: zip, ratio: ratio}, window.Window{}))
}

// An inflater is what a gzip file expands to, up to the bound.
type inflater struct {
	in    *compressed
	zip   *gzip.Reader
	out   int64
	ratio int64 // negative: no bound
}

func (f *inflater) Read(b []byte) (int, error) {
	if f.ratio > 0 && f.out >= freeExpansion && f.out/f.ratio >= f.in.read {
		return 0, fmt.Errorf("gzip: %w: %d bytes from %d", ErrExpansion, f.out, f.in.read)
	}
	n, err := f.zip.Read(b)
	f.out += int64(n)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("gzip: %w", err)
	}
	return n, err
}

// compressed is a window as an io.Reader that counts.
type compressed struct {
	w    window.Window
	read int64
}

func (c *compressed) Read(b []byte) (int, error) {
	have, err := c.w.Peek(1)
	if len(have) == 0 {
		return 0, err
	}
	n := copy(b, c.w.Buffered())
	c.w.Advance(n)
	c.read += int64(n)
	return n, nil
}

// ReadByte keeps the decompressor from a buffer of its own.
func (c *compressed) ReadByte() (byte, error) {
	b, err := c.w.Peek(1)
	if len(b) == 0 {
		return 0, err
	}
	c.w.Advance(1)
	c.read++
	return b[0], nil
}
