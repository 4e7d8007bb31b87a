package layers

import (
	"github.com/sightline-go/sightline/layers/dhcp"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/wire"
)

// Messages that fit in a datagram, decoded by their own packages.

// dnsHeaderLen is the length of the header of DNS and NBNS (RFC 1035 section
// 4.1.1, RFC 1002 section 4.2.1).
const dnsHeaderLen = 12

func stepDNS(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < dnsHeaderLen {
		return dnsHeaderLen, 0, 0, wire.Short
	}
	return stepMessage(b)
}

func stepDHCPv4(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if need, r := dhcp.CheckV4(b); r != 0 {
		return need, 0, 0, r
	}
	return stepMessage(b)
}

func stepDHCPv6(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if need, r := dhcp.CheckV6(b); r != 0 {
		return need, 0, 0, r
	}
	return stepMessage(b)
}

// stepMessage treats all bytes as the message, which does not state its length.
func stepMessage(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	size = min(len(b), maxHeaderLen)
	return size, size, KindPayload, 0
}

// DNS returns the innermost DNS message carried by UDP. Messages over TCP span
// packets; package stream reassembles them.
func (p *Packet) DNS() (m dns.Message, ok bool) {
	if p.last[KindDNS] == 0 { // inlined: most packets have none
		return m, false
	}
	return p.dns()
}

func (p *Packet) dns() (dns.Message, bool) {
	m, err := dns.ParseMessage(p.bytes(KindDNS))
	return m, err == nil
}

// NBNS returns the innermost NetBIOS name service message.
func (p *Packet) NBNS() (dns.NBNS, bool) {
	b := p.bytes(KindNBNS)
	if b == nil {
		return dns.NBNS{}, false
	}
	m, err := dns.ParseNBNS(b)
	return m, err == nil
}

// DHCPv4 returns the innermost DHCP message.
func (p *Packet) DHCPv4() (dhcp.V4, bool) {
	b := p.bytes(KindDHCPv4)
	if b == nil {
		return dhcp.V4{}, false
	}
	m, err := dhcp.ParseV4(b)
	return m, err == nil
}

// DHCPv6 returns the innermost DHCPv6 message as it was sent, which may be a
// relay message: see [dhcp.V6.RelayMessage].
func (p *Packet) DHCPv6() (dhcp.V6, bool) {
	b := p.bytes(KindDHCPv6)
	if b == nil {
		return dhcp.V6{}, false
	}
	m, err := dhcp.ParseV6(b)
	return m, err == nil
}
