package pcapng

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// An EUI48 is a 48-bit hardware address (MAC address).
type EUI48 [6]byte

// String returns the address in the form 02:00:5e:10:00:00.
func (a EUI48) String() string { return colons(a[:]) }

// An EUI64 is a 64-bit hardware address.
type EUI64 [8]byte

// String returns the address in the form 02:34:56:ff:fe:78:9a:bc.
func (a EUI64) String() string { return colons(a[:]) }

func colons(b []byte) string {
	const digits = "0123456789abcdef"
	var text []byte
	for i, c := range b {
		if i > 0 {
			text = append(text, ':')
		}
		text = append(text, digits[c>>4], digits[c&15])
	}
	return string(text)
}

// prefix decodes an interface address: 8 bytes of IPv4 address and netmask, or
// 17 of IPv6 address and prefix length. If the netmask has holes or the prefix
// is too long, the result is invalid but has the address.
func prefix(b []byte) netip.Prefix {
	if len(b) == 17 {
		return netip.PrefixFrom(netip.AddrFrom16([16]byte(b)), int(b[16]))
	}
	mask := binary.BigEndian.Uint32(b[4:])
	n := bits.LeadingZeros32(^mask)
	if uint64(mask) != 1<<32-1<<(32-n) {
		n = -1
	}
	return netip.PrefixFrom(netip.AddrFrom4([4]byte(b)), n)
}

// appendPrefix is the inverse of prefix.
func appendPrefix(dst []byte, p netip.Prefix) []byte {
	dst = append(dst, p.Addr().AsSlice()...)
	if p.Addr().Is4() {
		return binary.BigEndian.AppendUint32(dst, uint32(1<<32-uint64(1)<<(32-p.Bits())))
	}
	return append(dst, byte(p.Bits()))
}
