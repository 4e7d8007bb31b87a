package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers"
)

// A key names a connection whichever way a packet of it goes: the lesser
// address and port, the greater ones, and the IP version, as an IPv4 address
// and its IPv4-mapped IPv6 address are not the same.
type key [37]byte

// makeKey returns the key of f, and which of its two sides the sender is. Where
// both ends have the same address and port there is only side 0.
func makeKey(f layers.Flow) (k key, side int) {
	src, dst := f.Src.Addr().As16(), f.Dst.Addr().As16()
	sp, dp := f.Src.Port(), f.Dst.Port()
	c := bytes.Compare(src[:], dst[:])
	if c > 0 || c == 0 && sp > dp {
		src, dst, sp, dp, side = dst, src, dp, sp, 1
	}
	copy(k[:], src[:])
	copy(k[16:], dst[:])
	k[32], k[33], k[34], k[35] = byte(sp>>8), byte(sp), byte(dp>>8), byte(dp)
	if f.Src.Addr().Is4() {
		k[36] = 4
	}
	return k, side
}
