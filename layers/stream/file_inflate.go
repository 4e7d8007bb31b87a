package stream

import (
	"compress/flate"
	"encoding/binary"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"io"

	"github.com/sightline-go/sightline/internal/brotli"
	"github.com/sightline-go/sightline/internal/zstd"
)

// An inflater decodes the content codings gzip, deflate, br (RFC 7932) and zstd
// (RFC 8878) as receivers do: deflated bytes by what they are, rather than by
// their label. The coding called deflate is the zlib format (RFC 9110 section
// 8.4.1.2), but often lacks the zlib header. Bytes that do not have the format of
// their label are passed on unchanged, except for br, which cannot be recognised.
type inflater struct {
	src        input
	z          io.Reader     // the decompressor of the format
	deflate    io.ReadCloser // these are nil until needed
	brotli     *brotli.Reader
	zstd       *zstd.Reader
	sum        hash.Hash32
	size       uint32 // of the member, modulo 1<<32
	coding     string
	format     packing
	unverified bool // a checksum is wrong or missing
	err        error
}

// A packing is a format of compressed bytes.
type packing uint8

const (
	formatUnknown packing = iota
	formatPlain           // not compressed
	formatGzip            // RFC 1952
	formatZlib            // RFC 1950
	formatRaw             // deflated (RFC 1951) without a header
	formatBrotli
	formatZstd
)

// Of the gzip format (RFC 1952 section 2.3).
const (
	gzipHeaderLen  = 10
	gzipTrailerLen = 8

	gzipHeaderCRC = 1 << 1
	gzipExtra     = 1 << 2
	gzipName      = 1 << 3
	gzipComment   = 1 << 4
)

const (
	methodDeflate  = 8    // RFC 1950 section 2.2, RFC 1952 section 2.3.1
	zlibDictionary = 0x20 // FDICT: needs a dictionary, which HTTP has not
	zlibTrailerLen = 4
)

// reset begins to decode what src holds.
func (f *inflater) reset(coding string) {
	f.coding, f.format, f.unverified, f.err = coding, formatUnknown, false, nil
}

// Read reads decoded bytes. An error is returned after the bytes before it.
func (f *inflater) Read(p []byte) (n int, err error) {
	if f.format == formatUnknown {
		f.err = f.begin()
	}
	for n == 0 && f.err == nil {
		if f.format == formatPlain {
			return f.src.Read(p)
		}
		n, err = f.z.Read(p)
		if f.sum != nil {
			f.sum.Write(p[:n])
		}
		f.size += uint32(n)
		switch f.err = err; {
		case err == io.EOF:
			f.err = f.trailer()
		case f.format == formatZstd && err != nil:
			f.err = f.endOfFrame(err)
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, f.err
}

// begin recognises the format, and reads its header.
func (f *inflater) begin() error {
	f.sum = nil
	switch f.coding {
	case "br":
		f.beginBrotli()
		return nil
	case "zstd":
		f.beginZstd()
		return nil
	}
	h := f.src.peek(3)
	switch {
	case len(h) == 3 && isGzip(h):
		f.format, f.sum = formatGzip, crc32.NewIEEE()
		return f.member()
	case len(h) > 1 && isZlib(h):
		f.format, f.sum = formatZlib, adler32.New()
		f.src.skip(2)
	case f.coding == "deflate":
		f.format = formatRaw
	default:
		f.format = formatPlain
		return nil
	}
	return f.restart()
}

func isGzip(h []byte) bool { return h[0] == 0x1f && h[1] == 0x8b && h[2] == methodDeflate }

func isZlib(h []byte) bool {
	return h[0]&0xf == methodDeflate && binary.BigEndian.Uint16(h)%31 == 0 && h[1]&zlibDictionary == 0
}

func (f *inflater) restart() error {
	f.size = 0
	if f.deflate == nil {
		f.deflate = flate.NewReader(&f.src)
		f.z = f.deflate
		return nil
	}
	f.z = f.deflate
	return f.deflate.(flate.Resetter).Reset(&f.src, nil)
}

// member reads the header of a gzip member. Like most receivers it does not
// check the CRC of the header.
func (f *inflater) member() error {
	h := f.src.peek(gzipHeaderLen)
	if len(h) < gzipHeaderLen {
		return io.ErrUnexpectedEOF
	}
	flags := h[3]
	f.src.skip(gzipHeaderLen)
	if flags&gzipExtra != 0 {
		size := f.src.peek(2)
		if len(size) < 2 {
			return io.ErrUnexpectedEOF
		}
		f.src.skip(2 + int(binary.LittleEndian.Uint16(size)))
	}
	for _, field := range []byte{gzipName, gzipComment} {
		if flags&field == 0 {
			continue
		}
		for c, err := f.src.ReadByte(); c != 0 || err != nil; c, err = f.src.ReadByte() {
			if err != nil {
				return io.ErrUnexpectedEOF
			}
		}
	}
	if flags&gzipHeaderCRC != 0 {
		f.src.skip(2)
	}
	f.sum.Reset()
	return f.restart()
}

// trailer checks the checksum at the end of the deflated bytes, and continues
// with the next member of a gzip file (RFC 1952 section 2.2). It returns io.EOF
// if there is none: trailing data that is not a member is skipped, as browsers
// do.
func (f *inflater) trailer() error {
	switch f.format {
	case formatZlib:
		t := f.src.peek(zlibTrailerLen)
		if len(t) < zlibTrailerLen || binary.BigEndian.Uint32(t) != f.sum.Sum32() {
			f.unverified = true
		}
	case formatGzip:
		t := f.src.peek(gzipTrailerLen)
		if len(t) < gzipTrailerLen || binary.LittleEndian.Uint32(t) != f.sum.Sum32() || binary.LittleEndian.Uint32(t[4:]) != f.size {
			f.unverified = true
		}
		f.src.skip(len(t))
		if h := f.src.peek(3); len(h) == 3 && isGzip(h) {
			return f.member()
		}
	}
	return io.EOF
}
