package pcap

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// A Config tunes a Reader. The package's functions use the zero Config.
type Config struct {
	// MaxRecord bounds the captured length of a record, in bytes: a larger one
	// is ErrTooLarge. 0: 262144, the most that libpcap and Wireshark write.
	MaxRecord int

	// Poison overwrites the bytes of a Record on the Reader's next call, to
	// find code that keeps them. It costs a copy of each packet.
	Poison bool

	// OnBlock, if set, is called with every pcapng block that holds no packet,
	// in file order, before the next record is returned.
	OnBlock func(RawBlock)
}

const defaultMaxRecord = 262144

// A RawBlock is a pcapng block as it is in the file; package pcapng reads it.
type RawBlock struct {
	Type      uint32
	Section   int    // number of the section in the file, from 0
	Offset    int64  // of the block in the input
	BigEndian bool   // byte order of the section
	Body      []byte // without type, lengths and the last padding; valid during the call
}

// A Reader reads the records of a capture. It is not safe for concurrent use.
type Reader struct {
	config    Config
	maxRecord int
	w         window.Window
	header    Header
	headerLen int // of a classic record
	ng        ng.Reader
	rec       Record
	poisoned  []byte // the copy that the last Record was given
	number    int64
	zip       *gzip.Reader
	file      *os.File
}

// Open opens a capture file: pcap or pcapng, plain or gzipped. Close it.
func Open(name string) (*Reader, error) { return Config{}.Open(name) }

// NewReader reads a capture from src: pcap or pcapng, plain or gzipped. It reads
// in large pieces and ahead of the records it returns.
func NewReader(src io.Reader) (*Reader, error) { return Config{}.NewReader(src) }

// NewReaderBytes reads a capture that is in memory. Unless it is gzipped,
// nothing is copied: a Record's Data aliases b and lives as long as b does.
func NewReaderBytes(b []byte) (*Reader, error) { return Config{}.NewReaderBytes(b) }

// Open is the function Open with this Config.
func (c Config) Open(name string) (*Reader, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r, err := c.NewReader(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.file = f
	return r, nil
}

// NewReader is the function NewReader with this Config.
func (c Config) NewReader(src io.Reader) (*Reader, error) {
	return c.open(window.OverReader(src, window.Window{}))
}

// NewReaderBytes is the function NewReaderBytes with this Config.
func (c Config) NewReaderBytes(b []byte) (*Reader, error) {
	return c.open(window.OverBytes(b))
}

func (c Config) open(w window.Window) (*Reader, error) {
	r := &Reader{config: c}
	if err := r.open(w); err != nil {
		return nil, err
	}
	return r, nil
}

// Reset makes r read another capture from src, with the same Config. It uses
// the memory that r has. It closes what Open opened.
func (r *Reader) Reset(src io.Reader) error {
	err := r.Close()
	*r = Reader{config: r.config, w: r.w, zip: r.zip}
	if openErr := r.open(window.OverReader(src, r.w)); openErr != nil {
		return openErr
	}
	return err
}

// Close closes what Open opened. It does not close a source that the caller
// gave.
func (r *Reader) Close() error {
	if r.file == nil {
		return nil
	}
	f := r.file
	r.file = nil
	return f.Close()
}

// Header returns what the file says of itself.
func (r *Reader) Header() Header {
	h := r.header
	if h.Format == FormatPcapng {
		h.BigEndian, h.VersionMajor, h.VersionMinor = r.ng.Big, int(r.ng.Major), int(r.ng.Minor)
	}
	return h
}

// Next returns the next record, which is valid until the next call. At the end
// of the input it returns io.EOF; an *Error says what else stops it. Neither
// the end nor a record that the end cuts (an *Error that wraps
// io.ErrUnexpectedEOF) is kept: when the input has grown, Next goes on.
func (r *Reader) Next() (*Record, error) {
	if r.config.Poison {
		return r.nextPoisoned()
	}
	return r.next()
}

func (r *Reader) next() (*Record, error) {
	if r.header.Format == FormatPcap {
		return r.nextClassic()
	}
	return r.nextPacketBlock()
}

// All returns the records that are left. It stops at the end of the input, and
// after the first error. Each record is valid until the next.
func (r *Reader) All() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		for {
			rec, err := r.Next()
			if err == io.EOF || !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// nextPoisoned hands out a copy of each record, and spoils the last one.
func (r *Reader) nextPoisoned() (*Record, error) {
	for i := range r.poisoned {
		r.poisoned[i] = 0xdb
	}
	rec, err := r.next()
	if err != nil {
		return nil, err
	}
	n := len(rec.Data)
	r.poisoned = append(append(make([]byte, 0, n+len(rec.Options)), rec.Data...), rec.Options...)
	rec.Data, rec.Options = r.poisoned[:n:n], r.poisoned[n:]
	return rec, nil
}

// open finds out the format of what w holds.
func (r *Reader) open(w window.Window) error {
	r.w = w
	r.maxRecord = r.config.MaxRecord
	if r.maxRecord == 0 {
		r.maxRecord = defaultMaxRecord
	}
	b, err := r.w.Peek(4)
	if err != nil && err != io.EOF {
		return r.fail(0, err)
	}
	switch {
	case len(b) >= 3 && bytes.HasPrefix(b, gzipMagic) && !r.header.Gzip:
		return r.openGzip()
	case len(b) < 4:
		return r.fail(0, fmt.Errorf("%w: it has %d bytes", ErrMagic, len(b)))
	case binary.BigEndian.Uint32(b) == ng.TypeSectionHeader:
		return r.openNG()
	case r.header.isClassic(b):
		return r.openClassic()
	}
	return r.fail(0, fmt.Errorf("%w: %s", ErrMagic, describe(b)))
}

var gzipMagic = []byte{0x1f, 0x8b, 0x08} // RFC 1952 section 2.3.1, method deflate

// openGzip reads the capture in a gzip file.
func (r *Reader) openGzip() error {
	src := &source{&r.w}
	zip, err := gzip.NewReader(src)
	if err != nil {
		return r.fail(0, fmt.Errorf("gzip: %w", err))
	}
	inner := window.OverReader(zip, window.Window{})
	compressed := r.w
	src.w = &compressed
	r.zip = zip
	r.header.Gzip = true
	return r.open(inner)
}

// A source is a window as an io.Reader.
type source struct{ w *window.Window }

func (s *source) Read(b []byte) (int, error) {
	have, err := s.w.Peek(1)
	if len(have) == 0 {
		return 0, err
	}
	n := copy(b, s.w.Buffered())
	s.w.Advance(n)
	return n, nil
}

// others are the magic numbers of files that people take for captures.
var others = []struct{ magic, name string }{
	{"\x28\xb5\x2f\xfd", "a zstd file; decompress it first"},
	{"\x04\x22\x4d\x18", "an lz4 file; decompress it first"},
	{"\xfd7zX", "an xz file; decompress it first"},
	{"BZh", "a bzip2 file; decompress it first"},
	{"PK\x03\x04", "a zip file; unpack it first"},
	{"snoo", "a snoop file; convert it with editcap"},
	{"\x1f\x8b", "a gzip file inside a gzip file"},
	{"<?xm", "an XML file"},
	{"{", "a JSON file"},
}

// describe says what an input that begins with b is.
func describe(b []byte) string {
	for _, o := range others {
		if bytes.HasPrefix(b, []byte(o.magic)) {
			return "it is " + o.name
		}
	}
	return fmt.Sprintf("it begins with %#x", b)
}

func (r *Reader) fail(offset int64, err error) error { return &Error{offset, r.number, err} }
