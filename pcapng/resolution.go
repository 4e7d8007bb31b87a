package pcapng

import "strconv"

// A Resolution is the unit of an interface's time stamps, as if_tsresol says
// it: n is 10 to the power of -n seconds, and with the top bit set n is 2 to
// the power of -n seconds. A second is always Seconds, never 0, though files
// may say 0: the zero Resolution is nanoseconds.
type Resolution uint8

// Common resolutions.
const (
	Seconds      Resolution = 0x80
	Milliseconds Resolution = 3
	Microseconds Resolution = 6 // of interfaces that state none
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

// stored returns if_tsresol.
func (r Resolution) stored() uint8 {
	if r == 0 {
		r = Nanoseconds
	}
	return uint8(r)
}
