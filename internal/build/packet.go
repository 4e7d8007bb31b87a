// Package build builds packets and capture files for tests. It panics on
// invalid arguments.
package build

import (
	"encoding/binary"
	"net/netip"
)

// Ethernet returns a frame with locally administered addresses.
func Ethernet(etherType uint16, payload []byte) []byte {
	b := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1}
	return append(binary.BigEndian.AppendUint16(b, etherType), payload...)
}

// VLAN returns a VLAN tag and its payload.
func VLAN(id, etherType uint16, payload []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, id)
	return append(binary.BigEndian.AppendUint16(b, etherType), payload...)
}

// IP returns an IPv4 or IPv6 packet, depending on the addresses.
func IP(src, dst string, proto uint8, payload []byte) []byte {
	s, d := netip.MustParseAddr(src), netip.MustParseAddr(dst)
	if s.Is4() {
		return IPv4(s, d, proto, payload)
	}
	b := binary.BigEndian.AppendUint32(nil, 6<<28)
	b = binary.BigEndian.AppendUint16(b, uint16(len(payload)))
	b = append(b, proto, 64)
	b = append(append(b, s.AsSlice()...), d.AsSlice()...)
	return append(b, payload...)
}

// IPv4 returns an IPv4 packet with its checksum.
func IPv4(src, dst netip.Addr, proto uint8, payload []byte) []byte {
	b := make([]byte, 20, 20+len(payload))
	b[0], b[8], b[9] = 0x45, 64, proto
	binary.BigEndian.PutUint16(b[2:], uint16(20+len(payload)))
	copy(b[12:], src.AsSlice())
	copy(b[16:], dst.AsSlice())
	binary.BigEndian.PutUint16(b[10:], ^fold(sum(0, b)))
	return append(b, payload...)
}

// A TCP describes a segment to build. Flags is the low byte of the header's
// flags.
type TCP struct {
	Src, Dst         string // addresses
	SrcPort, DstPort uint16
	Seq, Ack         uint32
	Flags            uint8
	Options          []byte // a multiple of 4 bytes
	Data             string
}

// Packet returns the segment in an IP packet, with its checksums.
func (t TCP) Packet() []byte {
	b := make([]byte, 20, 20+len(t.Options)+len(t.Data))
	binary.BigEndian.PutUint16(b, t.SrcPort)
	binary.BigEndian.PutUint16(b[2:], t.DstPort)
	binary.BigEndian.PutUint32(b[4:], t.Seq)
	binary.BigEndian.PutUint32(b[8:], t.Ack)
	b[12] = byte(20+len(t.Options)) / 4 << 4
	b[13] = t.Flags
	binary.BigEndian.PutUint16(b[14:], 0xffff)
	b = append(append(b, t.Options...), t.Data...)
	checksum(b[16:], t.Src, t.Dst, 6, b)
	return IP(t.Src, t.Dst, 6, b)
}

// UDP returns a datagram in an IP packet, with its checksums.
func UDP(src string, srcPort uint16, dst string, dstPort uint16, data []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, srcPort)
	b = binary.BigEndian.AppendUint16(b, dstPort)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(data)))
	b = append(append(b, 0, 0), data...)
	checksum(b[6:], src, dst, 17, b)
	return IP(src, dst, 17, b)
}

// checksum writes the checksum of b, a segment between src and dst, to at (RFC
// 9293 section 3.1, RFC 8200 section 8.1).
func checksum(at []byte, src, dst string, proto uint8, b []byte) {
	s, d := netip.MustParseAddr(src), netip.MustParseAddr(dst)
	n := sum(sum(uint32(proto)+uint32(len(b)), s.AsSlice()), d.AsSlice())
	c := ^fold(sum(n, b))
	if c == 0 {
		c = 0xffff
	}
	binary.BigEndian.PutUint16(at, c)
}

func sum(n uint32, b []byte) uint32 {
	for ; len(b) > 1; b = b[2:] {
		n += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		n += uint32(b[0]) << 8
	}
	return n
}

func fold(n uint32) uint16 {
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return uint16(n)
}

// DNSQuery returns a DNS query for the A record of name.
func DNSQuery(id uint16, name ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, id)
	b = append(b, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	for _, label := range name {
		b = append(append(b, byte(len(label))), label...)
	}
	return append(b, 0, 0, 1, 0, 1)
}
