package layers

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"
)

// DHCP message (RFC 2131 section 2), which has BOOTP's layout (RFC 951 section
// 3): the fixed fields, then, behind a magic cookie (RFC 2132 section 2), options.
const (
	dhcpv4FixedLen  = 236
	dhcpv4SNameOff  = 44
	dhcpv4FileOff   = 108
	dhcpv4Cookie    = 0x63825363
	dhcpv4OptionOff = dhcpv4FixedLen + 4
	dhcpv4MaxHLen   = 16
)

// A DHCPv4MessageType is the value of the option DHCP Message Type (IANA
// registry "bootp-dhcp-parameters").
type DHCPv4MessageType uint8

// The message types (RFC 2132 section 9.6, RFC 3203, RFC 4388). BOOTP has none: 0.
const (
	DHCPv4Discover   DHCPv4MessageType = 1
	DHCPv4Offer      DHCPv4MessageType = 2
	DHCPv4Request    DHCPv4MessageType = 3
	DHCPv4Decline    DHCPv4MessageType = 4
	DHCPv4Ack        DHCPv4MessageType = 5
	DHCPv4Nak        DHCPv4MessageType = 6
	DHCPv4Release    DHCPv4MessageType = 7
	DHCPv4Inform     DHCPv4MessageType = 8
	DHCPv4ForceRenew DHCPv4MessageType = 9
)

var dhcpv4TypeNames = [...]string{
	"BOOTP", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM", "FORCERENEW",
}

// String returns the type's name, or TYPE and its number.
func (t DHCPv4MessageType) String() string { return nameOf(dhcpv4TypeNames[:], "TYPE", t) }

// DHCPv4 is a view of a DHCP or BOOTP message (RFC 2131 section 2). ParseDHCPv4
// or a Packet makes it. It aliases the bytes given to ParseDHCPv4, as does what
// its methods return.
type DHCPv4 struct{ b []byte }

// ParseDHCPv4 checks that b holds the fixed fields of a DHCP message and returns
// a view that aliases b. The error is Short, or Malformed when it is neither a
// request nor a reply, or its hardware address does not fit.
func ParseDHCPv4(b []byte) (DHCPv4, error) {
	_, size, _, r := stepDHCPv4(b)
	if r != 0 {
		return DHCPv4{}, r
	}
	return DHCPv4{cut(b, size)}, nil
}

func stepDHCPv4(b []byte) (hdr, size int, next Kind, r Reason) {
	if len(b) < dhcpv4FixedLen {
		return 0, 0, 0, Short
	}
	if b[0] < 1 || b[0] > 2 || b[2] > dhcpv4MaxHLen {
		return 0, 0, 0, Malformed
	}
	size = min(len(b), maxMessage)
	return size, size, KindPayload, 0
}

// DHCPv4 returns the innermost DHCP message.
func (p *Packet) DHCPv4() (DHCPv4, bool) {
	b := p.bytes(KindDHCPv4)
	return DHCPv4{b}, b != nil
}

// Reply reports whether the message is from a server to a client (op 2).
func (h DHCPv4) Reply() bool { return h.b[0] == 2 }

// HType returns the type of hardware address, as ARP has it; 1 is Ethernet.
func (h DHCPv4) HType() uint8 { return h.b[1] }

// Hops returns how many relay agents passed the message on.
func (h DHCPv4) Hops() uint8 { return h.b[3] }

// XID returns the transaction's identifier.
func (h DHCPv4) XID() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// Secs returns for how many seconds the client has been trying.
func (h DHCPv4) Secs() uint16 { return binary.BigEndian.Uint16(h.b[8:]) }

// Broadcast reports whether the client asks for replies by broadcast (RFC 2131
// figure 2).
func (h DHCPv4) Broadcast() bool { return h.b[10]&0x80 != 0 }

// CIAddr returns the address that the client has and answers on, 0.0.0.0: none.
func (h DHCPv4) CIAddr() netip.Addr { return netip.AddrFrom4([4]byte(h.b[12:])) }

// YIAddr returns the address that the server gives to the client.
func (h DHCPv4) YIAddr() netip.Addr { return netip.AddrFrom4([4]byte(h.b[16:])) }

// SIAddr returns the address of the server to boot from.
func (h DHCPv4) SIAddr() netip.Addr { return netip.AddrFrom4([4]byte(h.b[20:])) }

// GIAddr returns the address of the relay agent.
func (h DHCPv4) GIAddr() netip.Addr { return netip.AddrFrom4([4]byte(h.b[24:])) }

// CHAddr returns the client's hardware address, up to 16 bytes.
func (h DHCPv4) CHAddr() []byte { return h.b[28 : 28+h.b[2] : 28+h.b[2]] }

// SName returns the server's name, nil when options take its place.
func (h DHCPv4) SName() []byte { return h.text(dhcpv4SNameOff, dhcpv4FileOff, 2) }

// File returns the name of the file to boot, nil when options take its place.
func (h DHCPv4) File() []byte { return h.text(dhcpv4FileOff, dhcpv4FixedLen, 1) }

// text returns a field up to its first zero.
func (h DHCPv4) text(off, end int, overload byte) []byte {
	if h.overload()&overload != 0 {
		return nil
	}
	b, _, _ := bytes.Cut(h.b[off:end], []byte{0})
	return b[:len(b):len(b)]
}

// Bytes returns the message.
func (h DHCPv4) Bytes() []byte { return h.b }

// AppendText appends a short description to dst: type, transaction, client,
// and the addresses and the name that are there.
func (h DHCPv4) AppendText(dst []byte) ([]byte, error) {
	dst = appendName(dst, dhcpv4TypeNames[:], "TYPE", h.Type())
	dst = append(dst, " xid 0x"...)
	dst = appendHex(dst, h.b[4:8])
	dst = append(dst, " client "...)
	if hw := h.CHAddr(); len(hw) == 6 {
		dst = MAC(hw).AppendTo(dst)
	} else {
		dst = appendHex(dst, hw)
	}
	requested, _ := h.RequestedAddr()
	for _, a := range [...]struct {
		label string
		addr  netip.Addr
	}{{" ciaddr ", h.CIAddr()}, {" yiaddr ", h.YIAddr()}, {" giaddr ", h.GIAddr()}, {" requested ", requested}} {
		if a.addr.IsValid() && !a.addr.IsUnspecified() {
			dst = a.addr.AppendTo(append(dst, a.label...))
		}
	}
	if name := h.HostName(); len(name) > 0 {
		dst = appendQuoted(append(dst, " host "...), name)
	}
	if secs := h.Secs(); secs > 0 {
		dst = strconv.AppendUint(append(dst, " secs "...), uint64(secs), 10)
	}
	return dst, nil
}
