package pcap

import (
	"errors"
	"fmt"

	"github.com/sightline-go/sightline/internal/ng"
)

// What an Error wraps, besides io.ErrUnexpectedEOF and the errors of the
// io.Reader.
var (
	// ErrMagic: the input does not begin like a capture file.
	ErrMagic = errors.New("not a capture file")
	// ErrFormat: the input contradicts its format.
	ErrFormat = ng.ErrFormat
	// ErrTooLarge: a record is larger than Config.MaxRecord, or a section of a
	// pcapng file has more than 65,536 interfaces, or 16 MiB of their options.
	ErrTooLarge = ng.ErrTooLarge
	// ErrVersion: the file, or a section of it, is of a version that nobody
	// has specified.
	ErrVersion = ng.ErrVersion
	// ErrExpansion: a gzipped input expands to more than Config.MaxRatio
	// allows.
	ErrExpansion = errors.New("expands beyond the limit")
	// ErrLinkType: a record does not belong in a file of the Writer's link
	// type.
	ErrLinkType = errors.New("link type of another file")
	// ErrTime: a classic file cannot hold the time of a record.
	ErrTime = errors.New("time outside 1970 to 2106")
	// ErrCompressed: a gzip file can be read from its beginning only.
	ErrCompressed = errors.New("compressed input has no ranges, as it can be read from its beginning only; decompress it first")
)

// An Error says where reading failed, and why.
type Error struct {
	Offset int64 // of the record or block, in the uncompressed input
	Record int64 // records read before it
	Err    error
}

// Error says where and why.
func (e *Error) Error() string {
	return fmt.Sprintf("pcap: offset %d, after %d records: %v", e.Offset, e.Record, e.Err)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
