package pcapng

import (
	"fmt"
	"math"
	"net/netip"
	"time"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// An interface description block begins with link type, two reserved bytes and
// snapshot length (section 4.2 of the draft).
const interfaceLen = 8

// Options of an interface description block (section 4.2 of the draft). Those
// without a size are text. Interface decodes them.
const (
	OptIfName        uint16 = 2
	OptIfDescription uint16 = 3
	OptIfIPv4Addr    uint16 = 4  // 8 bytes: address and netmask; repeatable
	OptIfIPv6Addr    uint16 = 5  // 17 bytes: address and prefix length; repeatable
	OptIfMACAddr     uint16 = 6  // 6 bytes
	OptIfEUIAddr     uint16 = 7  // 8 bytes
	OptIfSpeed       uint16 = 8  // 64 bits: bits per second
	OptIfTSResol     uint16 = 9  // a byte: the timestamp Resolution
	OptIfTZone       uint16 = 10 // 32 bits
	OptIfFilter      uint16 = 11 // a byte, then data: see Filter
	OptIfOS          uint16 = 12
	OptIfFCSLen      uint16 = 13 // a byte: frame check sequence in bits, or in bytes if below 8
	OptIfTSOffset    uint16 = 14 // 64 bits, signed: seconds to add to timestamps
	OptIfHardware    uint16 = 15
	OptIfTXSpeed     uint16 = 16 // 64 bits: bits per second
	OptIfRXSpeed     uint16 = 17 // 64 bits: bits per second
	OptIfIANATZName  uint16 = 18
)

func interfaceLayout(code uint16) layout {
	switch code {
	case OptIfIPv4Addr, OptIfEUIAddr:
		return exactly(8)
	case OptIfIPv6Addr:
		return exactly(17)
	case OptIfMACAddr:
		return exactly(6)
	case OptIfSpeed, OptIfTSOffset, OptIfTXSpeed, OptIfRXSpeed:
		return numbers(8, 1)
	case OptIfTSResol, OptIfFCSLen:
		return exactly(1)
	case OptIfTZone:
		return numbers(4, 1)
	case OptIfFilter:
		return bytesOf(1, maxOption)
	}
	return anything()
}

// An Interface is an interface of a section (section 4.2 of the draft). It
// belongs to the caller. A zero field is absent from the file.
type Interface struct {
	LinkType    pcap.LinkType
	SnapLen     int // maximum bytes captured of a packet; 0 means unlimited
	Name        string
	Description string
	Addrs       []netip.Prefix // address and network; invalid if the netmask has holes
	MAC         EUI48
	EUI         EUI64
	Speed       uint64 // bits per second
	Resolution  Resolution
	TZone       int32 // time zone, in a format that the draft does not specify
	Filter      Filter
	OS          string
	FCSLen      int   // bytes of frame check sequence at the end of each packet
	Offset      int64 // if_tsoffset: seconds to add to each timestamp
	Hardware    string
	TXSpeed     uint64 // bits per second, if different by direction
	RXSpeed     uint64
	TZName      string // of the IANA time zone database
	Comments    []string
}

// A Filter is the filter that selected the packets of an interface.
type Filter struct {
	Type uint8  // 0: libpcap filter expression; 1: BPF byte code
	Data string // the rest of the option, as in the file
}

// Time converts a timestamp of this interface.
func (i *Interface) Time(ts uint64) time.Time {
	k := i.clock()
	return k.Time(ts)
}

// Timestamp converts t to a timestamp of this interface, rounding down to its
// resolution. It reports false if t is before Offset or exceeds 64 bits.
func (i *Interface) Timestamp(t time.Time) (ts uint64, ok bool) {
	k := i.clock()
	return k.Timestamp(t)
}

func (i *Interface) clock() ng.Interface {
	return ng.Interface{Resolution: i.Resolution.stored(), Offset: i.Offset}
}

// Interface decodes an interface description block. It reports false for other
// blocks.
func (b *Block) Interface() (Interface, bool) {
	if b.Type != InterfaceDescription || len(b.Body) < interfaceLen {
		return Interface{}, false
	}
	return newInterface(b.uint16(0), b.uint32(4), b.Body[interfaceLen:], b.BigEndian), true
}

func newInterface(link uint16, snapLen uint32, opts []byte, big bool) Interface {
	i := Interface{
		LinkType:   pcap.LinkType(link),
		SnapLen:    int(min(snapLen, math.MaxInt32)),
		Resolution: Microseconds,
	}
	eachOption(opts, big, i.option)
	return i
}

func (i *Interface) option(o Option) bool {
	i.text(o)
	i.address(o)
	i.number(o)
	return true
}

// text sets the field of a text option.
func (i *Interface) text(o Option) {
	switch o.Code {
	case OptComment:
		i.Comments = append(i.Comments, o.Text())
	case OptIfName:
		i.Name = o.Text()
	case OptIfDescription:
		i.Description = o.Text()
	case OptIfFilter:
		if len(o.Value) > 0 {
			i.Filter = Filter{o.Value[0], string(o.Value[1:])}
		}
	case OptIfOS:
		i.OS = o.Text()
	case OptIfHardware:
		i.Hardware = o.Text()
	case OptIfIANATZName:
		i.TZName = o.Text()
	}
}

// address sets the field of an address option with the right length.
func (i *Interface) address(o Option) {
	switch {
	case o.Code == OptIfIPv4Addr && len(o.Value) == 8, o.Code == OptIfIPv6Addr && len(o.Value) == 17:
		i.Addrs = append(i.Addrs, prefix(o.Value))
	case o.Code == OptIfMACAddr && len(o.Value) == 6:
		i.MAC = EUI48(o.Value)
	case o.Code == OptIfEUIAddr && len(o.Value) == 8:
		i.EUI = EUI64(o.Value)
	}
}

// number sets the field of a number option with the right length.
func (i *Interface) number(o Option) {
	n, ok := o.Uint64()
	switch {
	case ok && o.Code == OptIfSpeed:
		i.Speed = n
	case ok && o.Code == OptIfTSOffset:
		i.Offset = int64(n)
	case ok && o.Code == OptIfTXSpeed:
		i.TXSpeed = n
	case ok && o.Code == OptIfRXSpeed:
		i.RXSpeed = n
	case o.Code == OptIfTSResol && len(o.Value) == 1:
		if i.Resolution = Resolution(o.Value[0]); i.Resolution == 0 {
			i.Resolution = Seconds
		}
	case o.Code == OptIfFCSLen && len(o.Value) == 1:
		i.FCSLen = ng.FCSLen(o.Value[0])
	case o.Code == OptIfTZone:
		zone, _ := o.Uint32()
		i.TZone = int32(zone)
	}
}

func (b *Block) checkInterface() error {
	if err := b.atLeast(interfaceLen); err != nil {
		return err
	}
	for o := range b.Options() {
		if o.Code == OptIfIPv4Addr && len(o.Value) == 8 && !prefix(o.Value).IsValid() {
			return fmt.Errorf("%w: netmask %v", pcap.ErrFormat, netip.AddrFrom4([4]byte(o.Value[4:])))
		}
		if o.Code == OptIfIPv6Addr && len(o.Value) == 17 && o.Value[16] > 128 {
			return fmt.Errorf("%w: IPv6 prefix of %d bits", pcap.ErrFormat, o.Value[16])
		}
	}
	return nil
}

// AddInterface writes an interface description and returns the interface's
// number in the section. It replaces invalid UTF-8 in text.
func (w *Writer) AddInterface(i Interface, opts ...Option) (number int, err error) {
	if err := w.begin(w.big); err != nil {
		return 0, err
	}
	if i.LinkType > math.MaxUint16 || i.FCSLen < 0 || i.FCSLen*8 > math.MaxUint8 {
		return 0, fmt.Errorf("pcapng: an interface cannot have link type %d and FCS length %d", i.LinkType, i.FCSLen)
	}
	snapLen := uint32(min(max(i.SnapLen, 0), math.MaxInt32))
	w.start(InterfaceDescription)
	w.uint16(uint16(i.LinkType))
	w.uint16(0)
	w.uint32(snapLen)
	w.interfaceOptions(&i)
	w.options(opts)
	if err := w.finish(); err != nil {
		return 0, err
	}
	w.ifaces = append(w.ifaces, ng.Interface{
		LinkType: uint16(i.LinkType), SnapLen: snapLen, Resolution: i.Resolution.stored(), Offset: i.Offset,
	})
	return len(w.ifaces) - 1, nil
}

func (w *Writer) interfaceOptions(i *Interface) {
	w.texts(OptComment, i.Comments...)
	w.texts(OptIfName, i.Name)
	w.texts(OptIfDescription, i.Description)
	for _, p := range i.Addrs {
		w.prefix(p)
	}
	if i.MAC != (EUI48{}) {
		w.option(Option{Code: OptIfMACAddr, Value: i.MAC[:]})
	}
	if i.EUI != (EUI64{}) {
		w.option(Option{Code: OptIfEUIAddr, Value: i.EUI[:]})
	}
	w.number(OptIfSpeed, i.Speed)
	w.option(Option{Code: OptIfTSResol, Value: []byte{i.Resolution.stored()}})
	if i.TZone != 0 {
		w.option(Uint32Option(OptIfTZone, uint32(i.TZone)))
	}
	if i.Filter != (Filter{}) {
		w.option(Option{Code: OptIfFilter, Value: append([]byte{i.Filter.Type}, i.Filter.Data...)})
	}
	w.texts(OptIfOS, i.OS)
	if i.FCSLen != 0 {
		w.option(Option{Code: OptIfFCSLen, Value: []byte{byte(i.FCSLen * 8)}})
	}
	w.number(OptIfTSOffset, uint64(i.Offset))
	w.texts(OptIfHardware, i.Hardware)
	w.number(OptIfTXSpeed, i.TXSpeed)
	w.number(OptIfRXSpeed, i.RXSpeed)
	w.texts(OptIfIANATZName, i.TZName)
}

// prefix appends an address option.
func (w *Writer) prefix(p netip.Prefix) {
	if !p.IsValid() {
		w.refuse(fmt.Errorf("an interface cannot have the address %v", p))
		return
	}
	code := OptIfIPv6Addr
	if p.Addr().Is4() {
		code = OptIfIPv4Addr
	}
	w.option(Option{Code: code, Value: appendPrefix(nil, p)})
}
