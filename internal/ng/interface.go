package ng

import (
	"bytes"
	"fmt"
	"math"
	"math/bits"
	"time"
)

// Options of an interface description block (section 4.2 of the draft).
const (
	optEnd      = 0
	optTSResol  = 9
	optFCSLen   = 13
	optTSOffset = 14
)

// The packet flags option (section 4.3 of the draft; appendix A for the
// obsolete block).
const optPacketFlags = 2

// Microseconds is the default resolution of an interface.
const Microseconds = 6

// An Interface holds the parts of an interface description block that packets
// need.
type Interface struct {
	LinkType   uint16
	SnapLen    uint32
	Resolution uint8 // if_tsresol as stored; 6 if absent
	Offset     int64 // if_tsoffset, in seconds
	FCSLen     int   // if_fcslen, converted by FCSLen
	Options    []byte
	At         int64  // offset of its block in the input
	MaxLen     uint32 // SnapLen, or the maximum number if SnapLen is 0, unlimited
}

func (r *Reader) parseInterface(body []byte) (Interface, error) {
	if len(body) < 8 {
		return Interface{}, fmt.Errorf("%w interface description block of %d bytes", ErrFormat, len(body))
	}
	i := Interface{
		LinkType:   r.Uint16(body),
		SnapLen:    r.Uint32(body[4:]),
		Resolution: Microseconds,
	}
	i.MaxLen = i.SnapLen
	if i.SnapLen == 0 {
		i.MaxLen = math.MaxUint32
	}
	rest := body[8:]
	for len(rest) > 0 {
		code, value, n := NextOption(rest, r.Big)
		if n == 0 {
			return Interface{}, fmt.Errorf("%w option in an interface description block", ErrFormat)
		}
		if code == optEnd {
			break
		}
		switch {
		case code == optTSResol && len(value) == 1:
			i.Resolution = value[0]
		case code == optFCSLen && len(value) == 1:
			i.FCSLen = FCSLen(value[0])
		case code == optTSOffset && len(value) == 8:
			i.Offset = int64(r.uint64(value))
		}
		rest = rest[n:]
	}
	i.Options = bytes.Clone(body[8:])
	return i, nil
}

// FCSLen returns the bytes in an if_fcslen of n. The draft specifies bits, but
// its example is 4, and so many writers store bytes: no check sequence has
// fewer than 8 bits or as many as 8 bytes.
func FCSLen(n uint8) int {
	if n < 8 {
		return int(n)
	}
	return int(n) / 8
}

// PacketFCSLen returns the bytes of check sequence of a packet with these
// options: epb_flags override the interface (section 4.3.1 of the draft).
func (i *Interface) PacketFCSLen(options []byte, big bool) int {
	for len(options) > 0 {
		code, value, n := NextOption(options, big)
		if n == 0 || code == optEnd {
			break
		}
		if code == optPacketFlags && len(value) == 4 {
			if fcs := Uint32(value, big) >> 5 & 15; fcs != 0 {
				return int(fcs)
			}
			break
		}
		options = options[n:]
	}
	return i.FCSLen
}

func (r *Reader) uint64(b []byte) uint64 {
	hi, lo := r.Uint32(b), r.Uint32(b[4:])
	if !r.Big {
		hi, lo = lo, hi
	}
	return uint64(hi)<<32 | uint64(lo)
}

// NextOption returns the option at the start of b, in the byte order of its
// section, and its length with padding: 0 if there is none or it exceeds b.
func NextOption(b []byte, big bool) (code uint16, value []byte, n int) {
	if len(b) < 4 {
		return 0, nil, 0
	}
	size := int(Uint16(b[2:], big))
	if 4+size > len(b) {
		return 0, nil, 0
	}
	return Uint16(b, big), b[4 : 4+size : 4+size], min((4+size+3)&^3, len(b))
}

// Time converts a timestamp, in units of the interface's resolution since 1970
// plus its offset, to a time.
func (i *Interface) Time(ts uint64) time.Time {
	var sec, nsec uint64
	switch i.Resolution {
	case Microseconds:
		sec, nsec = ts/1e6, ts%1e6*1e3
	case 9:
		sec, nsec = ts/1e9, ts%1e9
	default:
		sec, nsec = i.split(ts)
	}
	return time.Unix(int64(sec)+i.Offset, int64(nsec)).UTC()
}

// split returns the whole seconds of ts units, and the remaining nanoseconds.
func (i *Interface) split(ts uint64) (sec, nsec uint64) {
	if n := uint(i.Resolution & 0x7f); i.Resolution&0x80 != 0 {
		return splitBinary(ts, n)
	} else {
		return splitDecimal(ts, n)
	}
}

// splitBinary splits units of 2^-n seconds.
func splitBinary(ts uint64, n uint) (sec, nsec uint64) {
	if n < 64 {
		sec = ts >> n
		ts -= sec << n
	}
	hi, lo := bits.Mul64(ts, 1e9) // hi < 1e9, as ts < 2^n or n >= 64
	if n >= 64 {
		return sec, hi >> (n - 64)
	}
	return sec, hi<<(64-n) | lo>>n
}

// splitDecimal splits units of 10^-n seconds.
func splitDecimal(ts uint64, n uint) (sec, nsec uint64) {
	if n > 19 { // 10^20 exceeds 64 bits, so there are no whole seconds
		for ; n > 9; n-- {
			ts /= 10
		}
		return 0, ts
	}
	unit := uint64(1) // units in a second
	for range n {
		unit *= 10
	}
	sec, ts = ts/unit, ts%unit
	hi, lo := bits.Mul64(ts, 1e9)
	nsec, _ = bits.Div64(hi, lo, unit) // ts < unit, so the quotient is below 1e9
	return sec, nsec
}
