package layers

import (
	"encoding/binary"
	"net/netip"
)

// DHCPv6 message (RFC 8415 section 8): type, transaction ID, options; between
// relay agents and servers (section 9): type, hop count, two addresses, options.
const (
	dhcpv6Len      = 4
	dhcpv6RelayLen = 34
)

// A DHCPv6MessageType is the type of a DHCPv6 message (IANA registry
// "dhcpv6-parameters").
type DHCPv6MessageType uint8

// The message types (RFC 8415 section 7.3).
const (
	DHCPv6Solicit            DHCPv6MessageType = 1
	DHCPv6Advertise          DHCPv6MessageType = 2
	DHCPv6Request            DHCPv6MessageType = 3
	DHCPv6Confirm            DHCPv6MessageType = 4
	DHCPv6Renew              DHCPv6MessageType = 5
	DHCPv6Rebind             DHCPv6MessageType = 6
	DHCPv6Reply              DHCPv6MessageType = 7
	DHCPv6Release            DHCPv6MessageType = 8
	DHCPv6Decline            DHCPv6MessageType = 9
	DHCPv6Reconfigure        DHCPv6MessageType = 10
	DHCPv6InformationRequest DHCPv6MessageType = 11
	DHCPv6RelayForward       DHCPv6MessageType = 12
	DHCPv6RelayReply         DHCPv6MessageType = 13
)

var dhcpv6TypeNames = [...]string{
	"", "SOLICIT", "ADVERTISE", "REQUEST", "CONFIRM", "RENEW", "REBIND", "REPLY", "RELEASE",
	"DECLINE", "RECONFIGURE", "INFORMATION-REQUEST", "RELAY-FORW", "RELAY-REPL",
}

// String returns the type's name in RFC 8415, or TYPE and its number.
func (t DHCPv6MessageType) String() string { return nameOf(dhcpv6TypeNames[:], "TYPE", t) }

// DHCPv6 is a view of a DHCPv6 message (RFC 8415 sections 8 and 9). ParseDHCPv6
// or a Packet makes it. It aliases the bytes given to ParseDHCPv6, as does what
// its methods return.
type DHCPv6 struct{ b []byte }

// ParseDHCPv6 checks that b begins with the header of a DHCPv6 message and
// returns a view that aliases b. The error is Short, or Malformed for type 0,
// which there is not.
func ParseDHCPv6(b []byte) (DHCPv6, error) {
	_, size, _, r := stepDHCPv6(b)
	if r != 0 {
		return DHCPv6{}, r
	}
	return DHCPv6{cut(b, size)}, nil
}

func stepDHCPv6(b []byte) (hdr, size int, next Kind, r Reason) {
	if len(b) < dhcpv6Len {
		return 0, 0, 0, Short
	}
	if b[0] == 0 {
		return 0, 0, 0, Malformed
	}
	if (DHCPv6{b}).Relayed() && len(b) < dhcpv6RelayLen {
		return 0, 0, 0, Short
	}
	size = min(len(b), maxMessage)
	return size, size, KindPayload, 0
}

// DHCPv6 returns the innermost DHCPv6 message that is not inside another: see
// RelayMessage.
func (p *Packet) DHCPv6() (DHCPv6, bool) {
	b := p.bytes(KindDHCPv6)
	return DHCPv6{b}, b != nil
}

// Type returns the message's type.
func (h DHCPv6) Type() DHCPv6MessageType { return DHCPv6MessageType(h.b[0]) }

// Relayed reports whether the message is one between relay agents and servers:
// these have HopCount, LinkAddr and PeerAddr, all others a TransactionID.
func (h DHCPv6) Relayed() bool {
	return h.Type() == DHCPv6RelayForward || h.Type() == DHCPv6RelayReply
}

// TransactionID returns the transaction's identifier, of 24 bits; 0 if Relayed.
func (h DHCPv6) TransactionID() uint32 {
	if h.Relayed() {
		return 0
	}
	return binary.BigEndian.Uint32(h.b) & 0xffffff
}

// HopCount returns how many relay agents passed the message on.
func (h DHCPv6) HopCount() uint8 {
	if !h.Relayed() {
		return 0
	}
	return h.b[1]
}

// LinkAddr returns an address of the link that the client is on; the zero Addr
// unless Relayed.
func (h DHCPv6) LinkAddr() netip.Addr { return h.addr(2) }

// PeerAddr returns the address that the message came from, or goes to; the zero
// Addr unless Relayed.
func (h DHCPv6) PeerAddr() netip.Addr { return h.addr(18) }

func (h DHCPv6) addr(off int) netip.Addr {
	if !h.Relayed() {
		return netip.Addr{}
	}
	return netip.AddrFrom16([16]byte(h.b[off:]))
}

// RelayMessage returns the message inside a Relayed message (RFC 8415 section
// 21.10), which may be Relayed itself.
func (h DHCPv6) RelayMessage() (DHCPv6, bool) {
	v, ok := h.Option(DHCPv6RelayMessage)
	if !ok || !h.Relayed() {
		return DHCPv6{}, false
	}
	m, err := ParseDHCPv6(v)
	return m, err == nil
}

// Bytes returns the message.
func (h DHCPv6) Bytes() []byte { return h.b }

// AppendText appends a short description to dst: type, transaction or relayed
// message, client and name.
func (h DHCPv6) AppendText(dst []byte) ([]byte, error) {
	dst = appendName(dst, dhcpv6TypeNames[:], "TYPE", h.Type())
	for m, ok := h.RelayMessage(); ok; m, ok = h.RelayMessage() {
		dst = h.PeerAddr().AppendTo(append(dst, " peer "...))
		dst = append(dst, ": "...)
		dst = appendName(dst, dhcpv6TypeNames[:], "TYPE", m.Type())
		h = m
	}
	if h.Relayed() {
		return dst, nil
	}
	dst = append(dst, " xid 0x"...)
	dst = appendHex(dst, h.b[1:4])
	if id := h.ClientID(); len(id) > 0 {
		dst = appendHex(append(dst, " client "...), id)
	}
	for addr := range h.IAAddrs() {
		dst = addr.AppendTo(append(dst, " addr "...))
	}
	if fqdn, _ := h.Option(DHCPv6FQDN); len(fqdn) > 1 {
		dst = h.AppendFQDN(append(dst, " host "...))
	}
	return dst, nil
}
