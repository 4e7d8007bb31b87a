package dhcp

import (
	"encoding/binary"
	"net/netip"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// DHCPv6 message (RFC 8415 section 8): type, transaction ID, options. Between
// relay agents and servers (section 9): type, hop count, two addresses,
// options.
const (
	v6Len      = 4
	v6RelayLen = 34
)

// A V6MessageType is the type of a DHCPv6 message (IANA registry
// "dhcpv6-parameters").
type V6MessageType uint8

// The message types (RFC 8415 section 7.3).
const (
	V6Solicit            V6MessageType = 1
	V6Advertise          V6MessageType = 2
	V6Request            V6MessageType = 3
	V6Confirm            V6MessageType = 4
	V6Renew              V6MessageType = 5
	V6Rebind             V6MessageType = 6
	V6Reply              V6MessageType = 7
	V6Release            V6MessageType = 8
	V6Decline            V6MessageType = 9
	V6Reconfigure        V6MessageType = 10
	V6InformationRequest V6MessageType = 11
	V6RelayForward       V6MessageType = 12
	V6RelayReply         V6MessageType = 13
)

var v6TypeNames = [...]string{
	"", "SOLICIT", "ADVERTISE", "REQUEST", "CONFIRM", "RENEW", "REBIND", "REPLY", "RELEASE",
	"DECLINE", "RECONFIGURE", "INFORMATION-REQUEST", "RELAY-FORW", "RELAY-REPL",
}

// String returns the type's name in RFC 8415, or "TYPE" and its number.
func (t V6MessageType) String() string { return text.NameOf(v6TypeNames[:], "TYPE", t) }

// V6 is a view of a DHCPv6 message (RFC 8415 sections 8 and 9). It aliases the
// bytes given to [ParseV6], as does everything its methods return.
type V6 struct{ b []byte }

// ParseV6 checks that b begins with the header of a DHCPv6 message and returns
// a view that aliases b. The error is Short, or Malformed for the undefined
// type 0.
func ParseV6(b []byte) (V6, error) {
	if need, r := CheckV6(b); r != 0 {
		return V6{}, wire.Fail(v6Layer, r, len(b), need)
	}
	size := min(len(b), maxLen)
	return V6{b[:size:size]}, nil
}

const v6Layer = "DHCPv6"

// CheckV6 returns the Reason of ParseV6's error for b, 0 for none, and the
// minimum length, 0 if unknown.
func CheckV6(b []byte) (need int, r wire.Reason) {
	if len(b) < v6Len {
		return v6Len, wire.Short
	}
	if b[0] == 0 {
		return 0, wire.Malformed
	}
	if (V6{b}).IsRelay() && len(b) < v6RelayLen {
		return v6RelayLen, wire.Short
	}
	return 0, 0
}

// Type returns the message type.
func (h V6) Type() V6MessageType { return V6MessageType(h.b[0]) }

// IsRelay reports whether the message is between relay agents and servers. Such
// messages have HopCount, LinkAddr and PeerAddr, all others a TransactionID.
func (h V6) IsRelay() bool {
	return h.Type() == V6RelayForward || h.Type() == V6RelayReply
}

// TransactionID returns the 24-bit transaction ID, 0 for a relay message.
func (h V6) TransactionID() uint32 {
	if h.IsRelay() {
		return 0
	}
	return binary.BigEndian.Uint32(h.b) & 0xffffff
}

// HopCount returns the number of relay agents that forwarded the message, 0
// unless it is a relay message.
func (h V6) HopCount() uint8 {
	if !h.IsRelay() {
		return 0
	}
	return h.b[1]
}

// LinkAddr returns an address of the client's link, or the zero Addr unless the
// message is a relay message.
func (h V6) LinkAddr() netip.Addr { return h.addr(2) }

// PeerAddr returns the address that the relayed message came from or goes to,
// or the zero Addr unless the message is a relay message.
func (h V6) PeerAddr() netip.Addr { return h.addr(18) }

func (h V6) addr(off int) netip.Addr {
	if !h.IsRelay() {
		return netip.Addr{}
	}
	return netip.AddrFrom16([16]byte(h.b[off:]))
}

// RelayMessage returns the message in a relay message (RFC 8415 section 21.10),
// which may be another relay message. It reports false if there is none.
func (h V6) RelayMessage() (V6, bool) {
	v, ok := h.Option(V6RelayMessage)
	if !ok || !h.IsRelay() {
		return V6{}, false
	}
	m, err := ParseV6(v)
	return m, err == nil
}

// Bytes returns the message.
func (h V6) Bytes() []byte { return h.b }

// AppendText appends to dst the type, the transaction ID, the client, its
// addresses and its name, or, for a relay message, the types and peers of the
// relay messages and then the message inside.
func (h V6) AppendText(dst []byte) ([]byte, error) {
	dst = text.AppendName(dst, v6TypeNames[:], "TYPE", h.Type())
	for m, ok := h.RelayMessage(); ok; m, ok = h.RelayMessage() {
		dst = h.PeerAddr().AppendTo(append(dst, " peer "...))
		dst = append(dst, ": "...)
		dst = text.AppendName(dst, v6TypeNames[:], "TYPE", m.Type())
		h = m
	}
	if h.IsRelay() {
		return dst, nil
	}
	dst = append(dst, " xid 0x"...)
	dst = text.AppendHex(dst, h.b[1:4])
	if id := h.ClientID(); len(id) > 0 {
		dst = text.AppendHex(append(dst, " client "...), id)
	}
	for addr := range h.IAAddrs() {
		dst = addr.AppendTo(append(dst, " addr "...))
	}
	if fqdn, _ := h.Option(V6FQDN); len(fqdn) > 1 {
		dst = h.AppendFQDN(append(dst, " host "...))
	}
	return dst, nil
}

// String returns the text that AppendText appends.
func (h V6) String() string { b, _ := h.AppendText(nil); return string(b) }
