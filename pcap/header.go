package pcap

// A Format is a capture file format.
type Format uint8

// The supported formats.
const (
	FormatPcap Format = iota + 1
	FormatPcapng
)

// String returns the format's name.
func (f Format) String() string {
	switch f {
	case FormatPcap:
		return "pcap"
	case FormatPcapng:
		return "pcapng"
	}
	return "unknown"
}

// A Header describes a capture as a whole, for pcapng its current section. In
// pcapng, link type, snapshot length and FCS length belong to an interface, and
// are 0 here.
type Header struct {
	Format       Format
	Compression  Compression
	BigEndian    bool
	Nanoseconds  bool // pcap: times have nanoseconds, not microseconds
	Modified     bool // pcap: records have the eight extra bytes of Alexey Kuznetzov's patch
	VersionMajor int
	VersionMinor int
	LinkType     LinkType
	SnapLen      int // maximum bytes captured of a packet; 0 or negative means unlimited
	FCSLen       int // bytes of frame check sequence at the end of each packet
}

// Oddities counts readable records that break a rule of their format.
type Oddities struct {
	OverWire int64 // captured length exceeds the length on the wire
	OverSnap int64 // captured length exceeds the snapshot length
	Carried  int64 // pcap: the fraction is a second or more; Time includes the carry
}
