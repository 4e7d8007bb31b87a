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
	// ErrTooLarge: a record is larger than Config.MaxRecord.
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

// A Gap is a part of the input that holds no record, because it is damaged. With
// Config.Resync, Next returns it as an error, without a record, and goes on
// behind it.
//
// Behind the gap is the next record that is certain. Records leave no mark in a
// classic file, so every byte behind the damage is a candidate. A candidate is
// plausible when its captured length is within Config.MaxRecord, its length on
// the wire below 16 MiB, its fraction of a second less than a second, and its
// time not 0. It is a start when the record that it leads to is plausible as
// well and within a day of it, or when it leads to the very end of the input. A
// start is followed from record to record; one record that is not plausible, or
// far away in time, does not end the chain if it leads to one that is. In
// pcapng, a candidate is a block of a known type with the same length at its
// beginning and its end.
//
// The input is looked at in pieces of 256 KiB. The first start in the piece is
// certain when its chain, and the chains of all starts behind it in the piece,
// go on for 512 KiB behind the piece, or to the end of the input, and have come
// together there. If they have not, or if there is none, the next piece is
// tried. A chain inside of a packet, such as that of a capture that was sent
// over the network, ends where the packet ends. If it happens to end just where
// the next record begins, it is left out nevertheless when it follows a capture
// header, or when the damaged record's length on the wire leads behind it.
//
// The record before the damage is held back until what is behind it is seen:
// when a certain record begins inside of it, its length was wrong, and it
// belongs to the gap. Four headers of zeros in a row are damage, too: a hole in
// the file. A file that reads without error has no other gaps. In pcapng, what a
// gap had to say of its section is lost: interface descriptions, and when it was
// a section header, the section up to the next one.
type Gap struct {
	Offset, Length int64 // in bytes of the uncompressed input
	Reason         error
}

// Error says where the gap is, and why.
func (g *Gap) Error() string {
	return fmt.Sprintf("pcap: gap of %d bytes at offset %d: %v", g.Length, g.Offset, g.Reason)
}

// Unwrap returns Reason.
func (g *Gap) Unwrap() error { return g.Reason }
