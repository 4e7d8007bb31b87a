package pcap

import (
	"io"
	"os"

	"github.com/sightline-go/sightline/internal/window"
)

// A Config tunes a Reader. The package's functions use the zero Config.
type Config struct {
	// MaxRecord bounds the captured length of a record, in bytes: a larger one
	// is ErrTooLarge. 0: 262144, the most that libpcap and Wireshark write.
	MaxRecord int

	// MaxRatio bounds what a gzipped input may expand to, once that is more
	// than 256 MiB: to so many times the compressed bytes read. Beyond, it is
	// ErrExpansion. 0: 200; negative: no bound.
	MaxRatio int

	// Resync goes on behind damage, at the next record that is certain, and
	// reports a *Gap for what it left out. Without it, a Reader stops there.
	// The documentation of Gap says what certain means. A record of a classic
	// file is then returned when the header of the next is there, or the end.
	Resync bool

	// Poison overwrites the bytes of a Record on the Reader's next call, and
	// those of a Batch when it is released, to find code that keeps them. It
	// costs a copy of each packet.
	Poison bool

	// OnBlock, if set, is called with every pcapng block that holds no packet,
	// in file order, before the next record is returned.
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

// A RawBlock is a pcapng block as it is in the file; package pcapng reads it.
type RawBlock struct {
	Type      uint32
	Section   int    // number of the section in the file, from 0
	Offset    int64  // of the block in the input
	BigEndian bool   // byte order of the section
	Body      []byte // without type, lengths and the last padding; valid during the call
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
