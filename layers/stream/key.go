package stream

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

// A key identifies a connection in either direction: the lower address and
// port, the higher ones, and the IP version, as an IPv4 address differs from
// its IPv4-mapped IPv6 address.
type key [37]byte

// makeKey returns the key of f, and which of its sides is the sender. If both
// endpoints have the same address and port, there is only side 0.
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

// flow returns the TCP flow that leads away from side.
func (k *key) flow(side int) layers.Flow {
	end := func(addr, port []byte) netip.AddrPort {
		a := netip.AddrFrom16([16]byte(addr))
		if k[36] == 4 {
			a = a.Unmap()
		}
		return netip.AddrPortFrom(a, binary.BigEndian.Uint16(port))
	}
	f := layers.Flow{Src: end(k[:16], k[32:34]), Dst: end(k[16:32], k[34:36]), Proto: layers.IPProtoTCP}
	if side == 1 {
		f = f.Reverse()
	}
	return f
}

// A pair is the part of a key without the ports.
type pair [33]byte

func (k *key) pair() (p pair) {
	copy(p[:], k[:32])
	p[32] = k[36]
	return p
}
