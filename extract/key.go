package extract

import (
	"encoding/binary"
	"net/netip"
)

func appendAddr(dst []byte, a netip.Addr) []byte {
	b := a.As16()
	dst = append(dst, byte(a.BitLen())) // sorts IPv4 first, and tells it from its IPv4-mapped form
	return append(dst, b[:]...)
}

func appendAddrPort(dst []byte, a netip.AddrPort) []byte {
	return binary.BigEndian.AppendUint16(appendAddr(dst, a.Addr()), a.Port())
}

// appendText appends texts to a key, unambiguously. Keys sort like the texts, unless
// these contain NUL.
func appendText[T string | []byte](dst []byte, texts ...T) []byte {
	for _, s := range texts {
		dst = append(dst, s...)
		dst = append(dst, 0)
		dst = binary.AppendUvarint(dst, uint64(len(s)))
	}
	return dst
}

func appendFlag(dst []byte, set bool) []byte {
	if set {
		return append(dst, 1)
	}
	return append(dst, 0)
}
