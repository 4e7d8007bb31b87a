package pcapng

import (
	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// An Interface is one interface of a section (section 4.2 of the draft). It is
// the caller's own.
type Interface struct {
	LinkType    pcap.LinkType
	SnapLen     int // the most bytes captured of a packet; 0: not limited
	Name        string
	Description string
	OS          string
	Comments    []string
	FCSLen      int   // bytes of frame check sequence at the end of each packet
	Resolution  uint8 // if_tsresol: 10 to the power of -n, or with the top bit 2 to the power of -n
	Offset      int64 // if_tsoffset: seconds to add to each time stamp
}

func newInterface(i *ng.Interface, big bool) Interface {
	out := Interface{
		LinkType: pcap.LinkType(i.LinkType), SnapLen: int(min(i.SnapLen, 1<<31-1)),
		FCSLen: i.FCSLen, Resolution: i.Resolution, Offset: i.Offset,
	}
	for o := range options(i.Options, big) {
		switch text := string(o.Value); o.Code {
		case OptComment:
			out.Comments = append(out.Comments, text)
		case OptIfName:
			out.Name = text
		case OptIfDescription:
			out.Description = text
		case OptIfOS:
			out.OS = text
		}
	}
	return out
}
