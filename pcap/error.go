package pcap

import (
	"errors"
	"fmt"

	"github.com/sightline-go/sightline/internal/ng"
)

// Errors that an Error wraps, besides io.ErrUnexpectedEOF and those of the
// io.Reader.
var (
	// ErrMagic means that the input does not begin like a capture file.
	ErrMagic = errors.New("not a capture file")
	// ErrFormat means that the input violates its format.
	ErrFormat = ng.ErrFormat
	// ErrTooLarge means that a record exceeds Config.MaxRecord, or that a
	// section of a pcapng file has more than 65,536 interfaces or 16 MiB of
	// interface options.
	ErrTooLarge = ng.ErrTooLarge
	// ErrVersion means that the file, or a section of it, has an undefined
	// version.
	ErrVersion = ng.ErrVersion
	// ErrExpansion means that a compressed input expands beyond Config.MaxRatio.
	ErrExpansion = errors.New("expands beyond the limit")
	// ErrLinkType means that a record does not have the Writer's link type or
	// FCS length.
	ErrLinkType = errors.New("link type does not match the file")
	// ErrTime means that a classic file cannot hold the time of a record.
	ErrTime = errors.New("time outside 1970 to 2106")
	// ErrCompressed means that ranges of a compressed file were requested, which can
	// only be read from the start.
	ErrCompressed = errors.New("compressed input cannot be read in ranges; decompress it first")
)

// An Error is a failure to read, with its location.
type Error struct {
	Offset int64 // of the record or block, in the uncompressed input
	Record int64 // records read before it
	Err    error
}

// Error returns the location and the cause.
func (e *Error) Error() string {
	return fmt.Sprintf("pcap: offset %d, after %d records: %v", e.Offset, e.Record, e.Err)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
