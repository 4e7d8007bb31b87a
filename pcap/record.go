package pcap

import (
	"slices"
	"time"
)

// A Record is one captured packet. A Record from a Reader, Data and Options
// included, is valid until the Reader's next call; Clone it to keep it.
type Record struct {
	// Time is when the packet was captured, in UTC. It is the zero Time when
	// the file has none (a simple packet block of pcapng).
	Time time.Time

	// Data holds the captured bytes, which may be fewer than were on the wire.
	Data []byte

	// WireLen is the length of the packet on the wire, in bytes.
	WireLen int

	// LinkType says what the first header in Data is. pcapng mixes link
	// types, so it belongs to the record and not to the file.
	LinkType LinkType

	// FCSLen is the length in bytes of the frame check sequence that ends the
	// packet on the wire, 0 when the file declares none.
	FCSLen int

	// Section and Interface number the pcapng section and the interface in
	// it, both from 0. They are 0 in classic pcap.
	Section, Interface int

	// Number counts the records of the input from 1.
	Number int64

	// Offset is where the record (its header, or its block) starts in the
	// uncompressed input, in bytes.
	Offset int64

	// Options holds the raw options of a pcapng packet block, in the byte
	// order of their section; package pcapng reads them.
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
