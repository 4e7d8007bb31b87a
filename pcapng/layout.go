package pcapng

import "slices"

// A layout is the form of an option's value in the draft: its length, and the
// positions of its numbers.
type layout struct {
	min, max int // length in bytes
	skip     int // bytes before the first number
	width    int // bytes of a number, 0 if there are none
	count    int
}

func bytesOf(min, max int) layout { return layout{min: min, max: max} }

func exactly(n int) layout { return bytesOf(n, n) }

// anything is the layout of text and of undefined options.
func anything() layout { return bytesOf(0, maxOption) }

// numbers is the layout of count numbers of width bytes.
func numbers(width, count int) layout {
	return layout{min: width * count, max: width * count, width: width, count: count}
}

// swap reverses the byte order of the numbers in value, which has at least min
// bytes.
func (l layout) swap(value []byte) {
	for range l.count {
		slices.Reverse(value[l.skip : l.skip+l.width])
		value = value[l.width:]
	}
}

// layoutOf returns the layout of o in a block of type t.
func layoutOf(t BlockType, o Option) layout {
	switch o.Code {
	case OptComment:
		return anything()
	case OptCustomText, OptCustomBinary, OptCustomTextNoCopy, OptCustomBinaryNoCopy:
		return layout{min: 4, max: maxOption, width: 4, count: 1}
	}
	switch t {
	case InterfaceDescription:
		return interfaceLayout(o.Code)
	case EnhancedPacket, Packet:
		return packetLayout(t, o)
	case NameResolution:
		return namesLayout(o.Code)
	case InterfaceStatistics:
		return statsLayout(o.Code)
	case SystemdJournal:
		return journalLayout(o.Code)
	}
	return anything()
}
