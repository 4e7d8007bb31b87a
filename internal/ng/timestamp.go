package ng

import (
	"math/bits"
	"time"
)

// Timestamp converts t to a timestamp in units of the interface's resolution,
// rounding down. It reports false if t is before the interface's offset, or the
// result exceeds 64 bits.
func (i *Interface) Timestamp(t time.Time) (ts uint64, ok bool) {
	sec := t.Unix() - i.Offset
	if sec < 0 || (sec < t.Unix()) != (i.Offset > 0) && i.Offset != 0 {
		return 0, false
	}
	if n := uint(i.Resolution & 0x7f); i.Resolution&0x80 != 0 {
		ts, ok = joinBinary(uint64(sec), uint64(t.Nanosecond()), n)
	} else {
		ts, ok = joinDecimal(uint64(sec), uint64(t.Nanosecond()), n)
	}
	// Time truncates to nanoseconds. If t is the result of Time, the next
	// timestamp is the one that gives it.
	if ok && ts+1 != 0 && i.Time(ts).Before(t) && !i.Time(ts+1).After(t) {
		ts++
	}
	return ts, ok
}

// joinBinary returns seconds and nanoseconds in units of 2^-n seconds, rounded
// down.
func joinBinary(sec, nsec uint64, n uint) (ts uint64, ok bool) {
	if n >= 64 {
		if nsec, ok = shift(nsec, n-64); !ok || nsec >= 1e9 || sec != 0 {
			return 0, false
		}
		ts, _ = bits.Div64(nsec, 0, 1e9)
		return ts, true
	}
	hi, lo := bits.Mul64(nsec, 1<<n)
	fraction, _ := bits.Div64(hi, lo, 1e9) // below 2^n, as nsec < 1e9
	ts, ok = shift(sec, n)
	return ts | fraction, ok
}

// shift returns v << n, and whether it fits.
func shift(v uint64, n uint) (uint64, bool) { return v << n, v<<n>>n == v }

// joinDecimal returns seconds and nanoseconds in units of 10^-n seconds,
// rounded down.
func joinDecimal(sec, nsec uint64, n uint) (ts uint64, ok bool) {
	ok = true
	for range n {
		sec, ok = timesTen(sec, ok)
	}
	for ; n < 9; n++ {
		nsec /= 10
	}
	for ; n > 9; n-- {
		nsec, ok = timesTen(nsec, ok)
	}
	ts, carry := bits.Add64(sec, nsec, 0)
	return ts, ok && carry == 0
}

func timesTen(v uint64, ok bool) (uint64, bool) {
	hi, lo := bits.Mul64(v, 10)
	return lo, ok && hi == 0
}
