package pcap

import "fmt"

// A Gap is a part of the input that holds no record, because it is damaged. With
// Config.Resync, Next returns it as an error, without a record, and goes on
// behind it, at the next record that is certain.
//
// # What is certain
//
// Records leave no mark in a classic file, so every byte behind the damage is a
// candidate. A candidate is plausible when its captured length is within
// Config.MaxRecord, its length on the wire below 16 MiB, its fraction of a second
// less than a second, and its seconds are not 0. In pcapng, a candidate is a block
// of a known type with the same length at its beginning and its end.
//
// A candidate is a start when its length leads to a plausible one, for a classic
// file within a day of it, or to the very end of the input. From there its chain
// is followed; one record that is odd or far away in time does not end it if it
// leads to one that is plausible. The next record is certain when it is the first
// start behind the damage
//
//   - whose chain is three records long at least, for a classic file within a day
//     of the last record before the damage that another near in time followed,
//   - or whose chain goes on for 264 KiB, or to the end of the input, as do all
//     chains that begin in the same 128 KiB behind it and go on: they come
//     together there,
//   - or whose chain is 16 records long, if the 128 KiB have nothing better.
//
// When the damaged record's length on the wire (or the block's length) leads to
// a start, this is where it ends.
//
// A packet may hold a whole capture. When there is the header of one in what is
// to be skipped, only a chain of the second kind will do, and if it begins in the
// inner capture, because that ends just where the next record begins, only one
// behind the longest record that there can be. What remains is a part of a
// capture in a packet whose own header is destroyed: nothing tells three records
// of that from three records of the file.
//
// # What is damage
//
// Damage is what stops a Reader without Resync, and in a classic file four headers
// of zeros in a row, a hole in the file; and the record before the damage when a
// certain record begins inside of it: then its length was wrong. A file that reads
// without error and has no hole has no gaps. A record that the end of the input
// cuts is no damage: the input may grow.
//
// What a gap of a pcapng file had to say of its section is lost: interface
// descriptions, and when it was a section header, all up to the next one.
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
