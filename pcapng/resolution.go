package pcapng

import "strconv"

// A Resolution is the unit of an interface's timestamps, encoded as in
// if_tsresol: n means 10^-n seconds or, with the top bit set, 2^-n seconds. One
// second is always Seconds, although files may encode it as 0: the zero
// Resolution means nanoseconds.
type Resolution uint8

// Common resolutions.
const (
	Seconds      Resolution = 0x80
	Milliseconds Resolution = 3
	Microseconds Resolution = 6 // the default of interfaces in files
	Nanoseconds  Resolution = 9
)

// String returns the unit in seconds, such as 10^-6 or 2^-10.
func (r Resolution) String() string {
	base, n := "10^-", uint64(r.stored())
	if n&0x80 != 0 {
		base, n = "2^-", n&0x7f
	}
	return base + strconv.FormatUint(n, 10)
}

// stored returns the if_tsresol value.
func (r Resolution) stored() uint8 {
	if r == 0 {
		r = Nanoseconds
	}
	return uint8(r)
}
