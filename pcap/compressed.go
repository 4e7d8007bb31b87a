package pcap

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/sightline-go/sightline/internal/window"
	"github.com/sightline-go/sightline/internal/zstd"
)

// A Compression is a format in which a capture is compressed.
type Compression uint8

// The supported formats.
const (
	CompressionNone Compression = iota
	CompressionGzip             // RFC 1952
	CompressionZstd             // RFC 8878
	CompressionBzip2
)

// String returns the format's name.
func (c Compression) String() string {
	switch c {
	case CompressionNone:
		return "none"
	case CompressionGzip:
		return "gzip"
	case CompressionZstd:
		return "zstd"
	case CompressionBzip2:
		return "bzip2"
	}
	return "unknown"
}

// compressionOf returns the format of an input that begins with b.
func compressionOf(b []byte) Compression {
	switch {
	case bytes.HasPrefix(b, []byte("\x1f\x8b\x08")): // RFC 1952 section 2.3.1, method deflate
		return CompressionGzip
	case zstd.IsMagic(b):
		return CompressionZstd
	case len(b) >= 4 && string(b[:3]) == "BZh" && b[3] >= '1' && b[3] <= '9':
		return CompressionBzip2
	}
	return CompressionNone
}

// freeExpansion is the size to which any compressed input may expand. Each record
// counts as recordCost more bytes, because records without data compress best.
const (
	freeExpansion = 16 << 20
	recordCost    = 128
)

// openCompressed opens the capture in a compressed input.
func (r *Reader) openCompressed(c Compression) error {
	in := &compressed{w: r.w}
	e := &expander{in: in, format: c, ratio: int64(r.config.MaxRatio), records: &r.number}
	if e.ratio == 0 {
		e.ratio = defaultMaxRatio
	}
	switch c {
	case CompressionGzip:
		zip, err := gzip.NewReader(in)
		if err != nil {
			return r.fail(0, fmt.Errorf("gzip: %w", atEnd(err)))
		}
		e.out = zip
	case CompressionZstd:
		zip := new(zstd.Reader)
		zip.Reset(in, zstd.WindowFile)
		e.out = zip
	case CompressionBzip2:
		e.out = bzip2.NewReader(in)
	}
	r.header.Compression = c
	return r.open(window.OverReader(e, window.Window{}))
}

// An expander decompresses an input up to the limit.
type expander struct {
	in      *compressed
	out     io.Reader
	format  Compression
	size    int64  // of what was decompressed
	ratio   int64  // negative: no limit
	records *int64 // read so far
}

func (e *expander) Read(b []byte) (int, error) {
	size := e.size + *e.records*recordCost
	if e.ratio > 0 && size >= freeExpansion && size/e.ratio >= e.in.read {
		return 0, fmt.Errorf("%v: %w: %d bytes from %d", e.format, ErrExpansion, e.size, e.in.read)
	}
	n, err := e.out.Read(b)
	e.size += int64(n)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%v: %w", e.format, err)
	}
	return n, err
}

// compressed reads a window and counts the bytes.
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

// ReadByte makes the decompressors of the standard library read without a buffer
// of their own.
func (c *compressed) ReadByte() (byte, error) {
	b, err := c.w.Peek(1)
	if len(b) == 0 {
		return 0, err
	}
	c.w.Advance(1)
	c.read++
	return b[0], nil
}
