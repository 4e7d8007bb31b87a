package extract

import (
	"encoding/binary"
	"net/netip"
)

func appendAddr(dst []byte, a netip.Addr) []byte {
	b := a.As16()
	dst = append(dst, byte(a.BitLen())) // IPv4 comes first, and is not its mapped form
	return append(dst, b[:]...)
}

func appendAddrPort(dst []byte, a netip.AddrPort) []byte {
	return binary.BigEndian.AppendUint16(appendAddr(dst, a.Addr()), a.Port())
}

// appendText appends a text to a key, so that no other texts make the same key.
// The order of keys is that of the texts, as far as they hold no NUL.
func appendText(dst []byte, texts ...string) []byte {
	for _, s := range texts {
		dst = append(dst, s...)
		dst = append(dst, 0)
		dst = binary.AppendUvarint(dst, uint64(len(s)))
	}
	return dst
}
