package pcap

// A Format is a kind of capture file.
type Format uint8

// The formats that a Reader reads.
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

// A Header describes a capture as a whole. For pcapng it is that of the current
// section; link type, snapshot length and FCS length, which belong to an
// interface there, are 0.
type Header struct {
	Format       Format
	Gzip         bool // the input is compressed
	BigEndian    bool
	Nanoseconds  bool // pcap: times have nanoseconds instead of microseconds
	Modified     bool // pcap: the records of Alexey Kuznetzov's patch, eight bytes longer
	VersionMajor int
	VersionMinor int
	LinkType     LinkType
	SnapLen      int // the most bytes captured of a packet; 0 or negative: not limited
	FCSLen       int // bytes of frame check sequence at the end of each packet
}

// Oddities count records that break a rule of their format, but can be read.
type Oddities struct {
	OverWire int64 // captured length larger than the length on the wire
	OverSnap int64 // captured length larger than the snapshot length
	Carried  int64 // pcap: fraction of a second of a second or more; Time has it carried
}
