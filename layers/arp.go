package layers

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// ARP packet (RFC 826): hardware type, protocol type, the lengths of their
// addresses, operation, the sender's hardware and protocol addresses, the
// target's.
const arpFixedLen = 8

// ARP operations (IANA registry "arp-parameters").
const (
	ARPRequest  = 1
	ARPReply    = 2
	RARPRequest = 3
	RARPReply   = 4
)

// ARP is a view of an ARP packet (RFC 826). [ParseARP] and [Packet.ARP] return
// one.
type ARP struct{ b []byte }

// ParseARP checks that b begins with an ARP packet, addresses included, and
// returns a view of it that aliases b. The error is Short.
func ParseARP(b []byte) (ARP, error) {
	need, size, _, r := stepARP(b)
	if r != 0 {
		return ARP{}, fail(KindARP, r, b, need)
	}
	return ARP{cut(b, size)}, nil
}

func stepARP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < arpFixedLen {
		return arpFixedLen, 0, 0, wire.Short
	}
	hdr = arpFixedLen + 2*(int(b[4])+int(b[5]))
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	return hdr, hdr, KindPayload, 0
}

// HardwareType returns the kind of hardware address; 1 is Ethernet.
func (h ARP) HardwareType() uint16 { return binary.BigEndian.Uint16(h.b) }

// ProtocolType returns the kind of protocol address.
func (h ARP) ProtocolType() EtherType { return EtherType(binary.BigEndian.Uint16(h.b[2:])) }

// Operation returns the operation code, such as ARPRequest.
func (h ARP) Operation() uint16 { return binary.BigEndian.Uint16(h.b[6:]) }

// SenderHardware returns the sender's hardware address.
func (h ARP) SenderHardware() []byte { return h.addr(0, int(h.b[4])) }

// SenderProtocol returns the sender's protocol address.
func (h ARP) SenderProtocol() []byte { return h.addr(int(h.b[4]), int(h.b[5])) }

// TargetHardware returns the target's hardware address.
func (h ARP) TargetHardware() []byte { return h.addr(int(h.b[4])+int(h.b[5]), int(h.b[4])) }

// TargetProtocol returns the target's protocol address.
func (h ARP) TargetProtocol() []byte { return h.addr(2*int(h.b[4])+int(h.b[5]), int(h.b[5])) }

func (h ARP) addr(off, n int) []byte { return cut(h.b[arpFixedLen+off:], n) }

// SenderIP returns the sender's IPv4 address, or the zero Addr if the protocol
// is not IPv4.
func (h ARP) SenderIP() netip.Addr { return h.ip(h.SenderProtocol()) }

// TargetIP returns the target's IPv4 address, or the zero Addr if the protocol
// is not IPv4.
func (h ARP) TargetIP() netip.Addr { return h.ip(h.TargetProtocol()) }

func (h ARP) ip(b []byte) netip.Addr {
	if h.ProtocolType() != EtherTypeIPv4 || len(b) != 4 {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte(b))
}

// Bytes returns the packet.
func (h ARP) Bytes() []byte { return h.b }

// AppendText appends a short description to dst.
func (h ARP) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, "op "...)
	dst = strconv.AppendUint(dst, uint64(h.Operation()), 10)
	dst = append(dst, ' ')
	dst = h.SenderIP().AppendTo(dst)
	dst = append(dst, " > "...)
	return h.TargetIP().AppendTo(dst), nil
}
