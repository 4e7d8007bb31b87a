package pcap

import "fmt"

// A Gap is a damaged part of the input, skipped with Config.Resync. Next
// returns it as an error, without a record, and continues after it, at the next
// certain record.
//
// # Certain records
//
// A classic file has no record markers, so every byte after the damage is a
// candidate. A candidate is plausible if its captured length does not exceed
// Config.MaxRecord, its length on the wire is below 16 MiB, its fraction is
// less than a second, and its seconds are not 0. In pcapng, a candidate is a
// block of a known type with the same length at its start and its end.
//
// A candidate is a start if its length leads to a plausible candidate, in a
// classic file within a day of it, or to the exact end of the input. From
// there, its chain is followed. A single record that is odd or far away in time
// does not end the chain if it leads to a plausible one. The next certain
// record is the first start after the damage
//
//   - whose chain has at least three records, in a classic file within a day of
//     the last record before the damage that was followed by another near in
//     time,
//   - or whose chain continues for 264 KiB or to the end of the input, and joins
//     all other chains that begin in the same 128 KiB after it and continue as
//     far,
//   - or whose chain has 16 records, if the 128 KiB contain nothing better.
//
// If the damaged record's length on the wire (or the block's length) leads to a
// start, that start is the next record.
//
// A packet may contain a whole capture. If the skipped bytes contain a
// capture's header, only a chain of the second kind is accepted. If that chain
// begins in the inner capture, which may end exactly where the next record
// begins, only one after the longest possible record is accepted. One case
// remains undetected: part of a capture in a packet whose own header is
// destroyed. Three of its records look like three records of the file.
//
// # Damage
//
// Damage is whatever stops a Reader without Resync and, in a classic file, a
// hole: four record headers of zeros in a row. The record before the damage is
// damaged too if a certain record begins inside it, as its length must be
// wrong. A file that reads without error and has no hole has no gaps. A record
// truncated by the end of the input is not damage: the input may grow.
//
// The information in a skipped part of a pcapng file is lost: interface
// descriptions and, with a section header, everything up to the next one.
type Gap struct {
	Offset, Length int64 // in bytes of the uncompressed input
	Reason         error
}

// Error returns the location and the reason.
func (g *Gap) Error() string {
	return fmt.Sprintf("pcap: gap of %d bytes at offset %d: %v", g.Length, g.Offset, g.Reason)
}

// Unwrap returns Reason.
func (g *Gap) Unwrap() error { return g.Reason }
