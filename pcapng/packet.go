package pcapng

import (
	"fmt"
	"math"
	"strings"

	"github.com/sightline-go/sightline/pcap"
)

// The lengths of the fixed parts of packet blocks (sections 4.3 and 4.4 and
// appendix A of the draft): 20 bytes, with the captured length at 12, and 4
// bytes.
const (
	packetLen       = 20
	simplePacketLen = 4
	unknownDrops    = 0xffff // in the 16-bit field of the obsolete block
)

// Options of an enhanced packet block (section 4.3 of the draft). The obsolete
// packet block has only the first two.
const (
	OptPacketFlags         uint16 = 2 // a Flags
	OptPacketHash          uint16 = 3 // a Hash; repeatable
	OptPacketDrops         uint16 = 4 // 64 bits: packets lost since the previous one
	OptPacketID            uint16 = 5 // 64 bits: identifies the same packet on several interfaces
	OptPacketQueue         uint16 = 6 // 32 bits: queue of the interface
	OptPacketVerdict       uint16 = 7 // a Verdict; repeatable
	OptPacketProcessThread uint16 = 8 // two times 32 bits
)

func packetLayout(t BlockType, o Option) layout {
	switch {
	case o.Code == OptPacketFlags:
		return numbers(4, 1)
	case o.Code == OptPacketHash:
		return hashLayout(o)
	case t == Packet:
		return anything()
	}
	switch o.Code {
	case OptPacketDrops, OptPacketID:
		return numbers(8, 1)
	case OptPacketQueue:
		return numbers(4, 1)
	case OptPacketVerdict:
		return verdictLayout(o)
	case OptPacketProcessThread:
		return numbers(4, 2)
	}
	return anything()
}

// packetEnd returns the offset of the options of a packet block.
func (b *Block) packetEnd() int64 {
	if len(b.Body) < packetLen {
		return -1
	}
	return packetLen + padded(int64(b.uint32(12)))
}

func (b *Block) checkPacket() error {
	if b.Type == SimplePacket {
		if err := b.atLeast(simplePacketLen); err != nil {
			return err
		}
		return b.ofInterface(0)
	}
	if err := b.atLeast(packetLen); err != nil {
		return err
	}
	if capLen, room := b.uint32(12), len(b.Body)-packetLen; int64(capLen) > int64(room) {
		return fmt.Errorf("%w: %d captured bytes, room for %d", pcap.ErrFormat, capLen, room)
	}
	if b.Type == Packet {
		return b.ofInterface(uint32(b.uint16(0)))
	}
	return b.ofInterface(b.uint32(0))
}

// DropCount returns the number of packets lost since the previous one. It
// reports false if the packet block does not state it.
func (b *Block) DropCount() (n uint64, ok bool) {
	switch {
	case b.Type == Packet && len(b.Body) >= packetLen && b.uint16(2) != unknownDrops:
		return uint64(b.uint16(2)), true
	case b.Type == EnhancedPacket:
		for o := range b.Options() {
			if o.Code == OptPacketDrops {
				return o.Uint64()
			}
		}
	}
	return 0, false
}

// ProcessThread decodes an OptPacketProcessThread, the process and thread that
// sent the packet. 0 means unknown.
func (o Option) ProcessThread() (process, thread uint32, ok bool) {
	if len(o.Value) != 8 {
		return 0, 0, false
	}
	both := getTimestamp(o.Value, o.BigEndian) // it is also two 32-bit numbers
	return uint32(both >> 32), uint32(both), true
}

// Flags holds the link-layer flags of OptPacketFlags (section 4.3.1 of the
// draft).
type Flags uint32

// Bits of Flags. The errors depend on the link layer.
const (
	FlagInbound          Flags = 1
	FlagOutbound         Flags = 2
	FlagUnicast          Flags = 1 << 2
	FlagMulticast        Flags = 2 << 2
	FlagBroadcast        Flags = 3 << 2
	FlagPromiscuous      Flags = 4 << 2
	FlagChecksumNotReady Flags = 1 << 9  // to be computed by the hardware
	FlagChecksumValid    Flags = 1 << 10 // verified by the hardware
	FlagSegmented        Flags = 1 << 11 // larger than on the wire, with TCP segmentation offload
	FlagCRCError         Flags = 1 << 24
	FlagTooLong          Flags = 1 << 25
	FlagTooShort         Flags = 1 << 26
	FlagInterFrameGap    Flags = 1 << 27
	FlagUnaligned        Flags = 1 << 28
	FlagStartDelimiter   Flags = 1 << 29
	FlagPreamble         Flags = 1 << 30
	FlagSymbol           Flags = 1 << 31

	directionMask Flags = 3
	receptionMask Flags = 7 << 2
	fcsShift            = 5
	fcsMask       Flags = 15 << fcsShift
	errorMask     Flags = math.MaxUint16 << 16
)

// Direction returns FlagInbound, FlagOutbound, or 0 if unknown.
func (f Flags) Direction() Flags { return f & directionMask }

// Reception returns FlagUnicast, FlagMulticast, FlagBroadcast, FlagPromiscuous,
// or 0 if unknown.
func (f Flags) Reception() Flags { return f & receptionMask }

// FCSLen returns the length in bytes of the frame check sequence at the end of
// the packet, or 0 if unknown. It overrides the interface's FCSLen.
func (f Flags) FCSLen() int { return int(f & fcsMask >> fcsShift) }

// WithFCSLen returns f with an FCSLen of n, at most 15.
func (f Flags) WithFCSLen(n int) Flags { return f&^fcsMask | Flags(n)<<fcsShift&fcsMask }

// Errors returns only the error flags.
func (f Flags) Errors() Flags { return f & errorMask }

// String returns the names of the set flags.
func (f Flags) String() string {
	var names []string
	add := func(set bool, name string) {
		if set {
			names = append(names, name)
		}
	}
	add(f.Direction() == FlagInbound, "inbound")
	add(f.Direction() == FlagOutbound, "outbound")
	add(f.Reception() == FlagUnicast, "unicast")
	add(f.Reception() == FlagMulticast, "multicast")
	add(f.Reception() == FlagBroadcast, "broadcast")
	add(f.Reception() == FlagPromiscuous, "promiscuous")
	add(f.FCSLen() > 0, fmt.Sprintf("FCS of %d bytes", f.FCSLen()))
	add(f&FlagChecksumNotReady != 0, "checksum not ready")
	add(f&FlagChecksumValid != 0, "checksum valid")
	add(f&FlagSegmented != 0, "segmentation offloaded")
	for i, name := range [...]string{
		"CRC error", "too long", "too short", "wrong inter-frame gap", "unaligned",
		"start frame delimiter error", "preamble error", "symbol error",
	} {
		add(f&(FlagCRCError<<i) != 0, name)
	}
	return strings.Join(names, ", ")
}

// Flags decodes an OptPacketFlags.
func (o Option) Flags() (Flags, bool) {
	n, ok := o.Uint32()
	return Flags(n), ok
}

// Option returns f as a packet option.
func (f Flags) Option() Option { return Uint32Option(OptPacketFlags, uint32(f)) }
