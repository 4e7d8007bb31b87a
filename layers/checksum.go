package layers

import (
	"encoding/binary"
	"hash/crc32"
	"strconv"
)

// A ChecksumState is the result of verifying a layer's checksum.
type ChecksumState uint8

const (
	// ChecksumNone means that the layer is absent or has no checksum.
	ChecksumNone ChecksumState = iota
	// ChecksumUnknown means that some of the covered bytes are missing.
	ChecksumUnknown
	// ChecksumGood means that the checksum is correct.
	ChecksumGood
	// ChecksumBad means that the checksum is wrong. Packets that the capturing
	// host sent often have a bad checksum, because the network card computes
	// it.
	ChecksumBad
)

// String returns "none", "unknown", "good" or "bad".
func (s ChecksumState) String() string {
	switch s {
	case ChecksumNone:
		return "none"
	case ChecksumUnknown:
		return "unknown"
	case ChecksumGood:
		return "good"
	case ChecksumBad:
		return "bad"
	}
	return "ChecksumState(" + strconv.Itoa(int(s)) + ")"
}

// Checksum verifies the checksum of the innermost layer of kind k, one of
// KindIPv4, KindTCP, KindUDP, KindUDPLite, KindICMPv4, KindICMPv6, KindIGMP and
// KindSCTP. Other kinds have none. It reads all the bytes that the checksum
// covers.
func (p *Packet) Checksum(k Kind) ChecksumState {
	i := p.find(k)
	if i < 0 {
		return ChecksumNone
	}
	s := p.spans[i]
	b := p.data[s.off:s.end]
	switch k {
	case KindIPv4:
		return checksumState(sum(0, b[:s.hdr]))
	case KindICMPv4, KindIGMP, KindSCTP, KindTCP, KindICMPv6, KindUDP, KindUDPLite:
		if p.incomplete(i) {
			return ChecksumUnknown
		}
	}
	switch k {
	case KindICMPv4, KindIGMP:
		return checksumState(sum(0, b))
	case KindSCTP:
		return sctpChecksum(b)
	case KindTCP:
		return checksumState(sum(p.pseudoHeader(i, IPProtoTCP, len(b)), b))
	case KindICMPv6:
		return checksumState(sum(p.pseudoHeader(i, IPProtoICMPv6, len(b)), b))
	case KindUDP:
		if (UDP{b}).Checksum() == 0 {
			return ChecksumNone
		}
		return checksumState(sum(p.pseudoHeader(i, IPProtoUDP, len(b)), b))
	case KindUDPLite:
		covered := cut(b, UDPLite{b}.Coverage())
		if len(covered) == 0 {
			covered = b
		}
		return checksumState(sum(p.pseudoHeader(i, IPProtoUDPLite, len(b)), covered))
	}
	return ChecksumNone
}

func checksumState(sum uint64) ChecksumState {
	if fold(sum) == 0xffff {
		return ChecksumGood
	}
	return ChecksumBad
}

// incomplete reports whether layer i lacks bytes: bytes that IP or UDP
// announce, or later fragments. Without an IP layer, the end of layer i is
// unknown.
func (p *Packet) incomplete(i int) bool {
	if p.truncated || p.IsFragment() {
		return true
	}
	ip := p.networkBefore(i)
	return ip < 0 || p.cut && int(p.spans[ip].end) == len(p.data) && !p.statesLen(ip)
}

// statesLen reports whether IP layer i states its length.
func (p *Packet) statesLen(i int) bool {
	s := p.spans[i]
	b := p.data[s.off:s.end]
	if s.kind == KindIPv4 {
		return IPv4{b}.TotalLen() != 0
	}
	_, jumbo := IPv6{b}.JumboLen()
	return jumbo || IPv6{b}.PayloadLen() != 0
}

// networkBefore returns the index of the innermost IP layer outside layer i, or
// -1.
func (p *Packet) networkBefore(i int) int {
	for i--; i >= 0; i-- {
		if k := p.spans[i].kind; k == KindIPv4 || k == KindIPv6 {
			break
		}
	}
	return i
}

// pseudoHeader sums the pseudo-header of layer i (RFC 9293 section 3.1, RFC
// 8200 section 8.1): addresses, protocol, length.
func (p *Packet) pseudoHeader(i int, proto IPProto, size int) uint64 {
	ip := p.networkBefore(i)
	s := p.spans[ip]
	b := p.data[s.off:s.end]
	n := uint64(proto) + uint64(size)
	if s.kind == KindIPv4 {
		return sum(n, b[12:20])
	}
	if final := p.finalDst(ip, i); final != nil {
		return sum(sum(n, b[8:24]), final)
	}
	return sum(n, b[8:40])
}

// finalDst returns the final destination in a routing header between IP layer
// ip and layer i. It returns nil if there is no such header or the packet has
// arrived (RFC 8200 section 8.1).
func (p *Packet) finalDst(ip, i int) []byte {
	for _, s := range p.spans[ip+1 : i] {
		if s.kind == KindIPv6Routing {
			return IPv6Ext{p.data[s.off:s.end]}.finalDst()
		}
	}
	return nil
}

// sctpChecksum verifies the CRC32c of an SCTP packet (RFC 9260 appendix A),
// which is computed with a checksum field of 0.
func sctpChecksum(b []byte) ChecksumState {
	crc := crc32.Update(0, castagnoli, b[:8])
	crc = crc32.Update(crc, castagnoli, noChecksum)
	crc = crc32.Update(crc, castagnoli, b[sctpLen:])
	if binary.LittleEndian.Uint32(b[8:]) == crc {
		return ChecksumGood
	}
	return ChecksumBad
}

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	noChecksum = make([]byte, 4)
)

// sum adds the 16-bit words of b to n (RFC 1071), padding an odd length with a
// zero byte. Pass the result to fold.
func sum(n uint64, b []byte) uint64 {
	for ; len(b) >= 4; b = b[4:] {
		n += uint64(binary.BigEndian.Uint32(b))
	}
	if len(b) >= 2 {
		n += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		n += uint64(b[0]) << 8
	}
	return n
}

func fold(n uint64) uint16 {
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return uint16(n)
}
