package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers"
)

// A key names a connection whichever way a packet of it goes. It is packed
// because hashing it is half the work of hashing two netip.AddrPorts.
type key [36]byte

// makeKey returns the key of f, and which of its two sides the sender is.
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
	return k, side
}
