package pcap

import (
	"io"
	"os"

	"github.com/sightline-go/sightline/internal/window"
)

// A Config configures a Reader. The package's functions use the zero Config.
type Config struct {
	// MaxRecord limits the captured length of a record, in bytes. A larger
	// record is an ErrTooLarge. 0 means 262144, the maximum that libpcap and
	// Wireshark write.
	MaxRecord int

	// MaxRatio limits the expansion of a compressed input, once it exceeds 16 MiB,
	// to this multiple of the compressed bytes read. Each record counts as 128
	// bytes more than it has. Beyond it, reading fails with ErrExpansion. 0
	// means 200, and a negative value means no limit.
	MaxRatio int

	// Resync makes a Reader continue after damage, at the next certain record
	// (see Gap), and report the skipped part as a *Gap. Without it, a Reader
	// stops at damage. With it, a record of a classic file is returned only
	// when the next record's header or the end of the input is available.
	Resync bool

	// Poison overwrites the bytes of a Record on the Reader's next call, and
	// those of a Batch on Release, to find code that keeps them too long. It
	// copies each packet.
	Poison bool

	// OnBlock, if set, is called for every pcapng block that does not hold a
	// packet, in file order, before the next record is returned.
	OnBlock func(RawBlock)
}

const (
	defaultMaxRecord = 262144
	defaultMaxRatio  = 200
)

func (c *Config) maxRecord() int {
	if c.MaxRecord == 0 {
		return defaultMaxRecord
	}
	return c.MaxRecord
}

// A RawBlock is an undecoded pcapng block. Package pcapng decodes it.
type RawBlock struct {
	Type      uint32
	Section   int    // number of the section in the file, from 0
	Offset    int64  // of the block in the uncompressed input
	BigEndian bool   // byte order of the section
	Body      []byte // without type, lengths and final padding; valid during the call
}

// Open opens a capture file: pcap or pcapng, plain or compressed with gzip, zstd or
// bzip2. The caller must Close the Reader.
func Open(name string) (*Reader, error) { return Config{}.Open(name) }

// NewReader returns a Reader of the capture in src: pcap or pcapng, plain or
// compressed with gzip, zstd or bzip2. It reads ahead of the records it returns, in
// large chunks.
func NewReader(src io.Reader) (*Reader, error) { return Config{}.NewReader(src) }

// NewReaderBytes returns a Reader of the capture in b. Unless the capture is
// compressed, it copies nothing: a Record's Data aliases b.
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
