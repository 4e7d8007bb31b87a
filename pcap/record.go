package pcap

import (
	"slices"
	"time"
)

// A Record is a captured packet. A Record from a Reader, including its Data and
// Options, is valid until the Reader's next call; Clone it to keep it.
type Record struct {
	// Time is the capture time in UTC. It is the zero Time if the file has none
	// (in a simple packet block of pcapng).
	Time time.Time

	// Data holds the captured bytes, which may be fewer than were on the wire.
	Data []byte

	// WireLen is the length of the packet on the wire, in bytes.
	WireLen int

	// LinkType is the type of the first header in Data. It belongs to the
	// record, not to the file, because a pcapng file may mix link types.
	LinkType LinkType

	// FCSLen is the length in bytes of the frame check sequence at the end of
	// the packet on the wire, 0 if the file declares none.
	FCSLen int

	// Section and Interface are the numbers of the pcapng section and of the
	// interface in it, from 0. They are 0 in classic pcap.
	Section, Interface int

	// Number is the number of the record in the input, from 1.
	Number int64

	// Offset is the offset of the record (its header or block) in the
	// uncompressed input, in bytes.
	Offset int64

	// Options holds the raw options of a pcapng packet block, in the byte order
	// of their section. Package pcapng decodes them.
	Options []byte

	// BigEndian is the byte order of Options.
	BigEndian bool
}

// Truncated reports whether fewer bytes were captured than were on the wire.
func (r *Record) Truncated() bool { return len(r.Data) < r.WireLen }

// Clone returns a copy of r that owns its Data and Options.
func (r *Record) Clone() *Record {
	c := *r
	c.Data = slices.Clone(r.Data)
	c.Options = slices.Clone(r.Options)
	return &c
}
