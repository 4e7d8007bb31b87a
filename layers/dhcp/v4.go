package dhcp

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// A DHCP message (RFC 2131 section 2) has BOOTP's layout (RFC 951 section 3):
// fixed fields, then, after a magic cookie (RFC 2132 section 2), options.
const (
	v4FixedLen  = 236
	v4SNameOff  = 44
	v4FileOff   = 108
	v4Cookie    = 0x63825363
	v4OptionOff = v4FixedLen + 4
	v4MaxHLen   = 16
)

const v4Layer = "DHCPv4"

// maxLen is the length of the largest message that UDP can carry, in bytes.
const maxLen = 65535

// An Option is a DHCP option (RFC 2132 section 2). Data aliases the message.
type Option struct {
	Kind uint8
	Data []byte
}

// A V4MessageType is the value of the DHCP Message Type option (IANA registry
// "bootp-dhcp-parameters").
type V4MessageType uint8

// The message types (RFC 2132 section 9.6, RFC 3203, RFC 4388). 0 stands for
// BOOTP.
const (
	V4Discover   V4MessageType = 1
	V4Offer      V4MessageType = 2
	V4Request    V4MessageType = 3
	V4Decline    V4MessageType = 4
	V4Ack        V4MessageType = 5
	V4Nak        V4MessageType = 6
	V4Release    V4MessageType = 7
	V4Inform     V4MessageType = 8
	V4ForceRenew V4MessageType = 9
)

var v4TypeNames = [...]string{
	"BOOTP", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK", "RELEASE", "INFORM", "FORCERENEW",
}

// String returns the type's name, or "TYPE" and its number.
func (t V4MessageType) String() string { return text.NameOf(v4TypeNames[:], "TYPE", t) }

// V4 is a view of a DHCP or BOOTP message (RFC 2131 section 2). It aliases the
// bytes given to [ParseV4], as does everything its methods return.
type V4 struct{ b []byte }

// ParseV4 checks that b begins with the fixed fields of a DHCP message and
// returns a view that aliases b. The error is Short, or Malformed if the
// message is neither a request nor a reply, or its hardware address is longer
// than the field.
func ParseV4(b []byte) (V4, error) {
	if need, r := CheckV4(b); r != 0 {
		return V4{}, wire.Fail(v4Layer, r, len(b), need)
	}
	size := min(len(b), maxLen)
	return V4{b[:size:size]}, nil
}

// CheckV4 returns the Reason of ParseV4's error for b, 0 for none, and the
// minimum length, 0 if unknown.
func CheckV4(b []byte) (need int, r wire.Reason) {
	if len(b) < v4FixedLen {
		return v4FixedLen, wire.Short
	}
	if b[0] < 1 || b[0] > 2 || b[2] > v4MaxHLen {
		return 0, wire.Malformed
	}
	return 0, 0
}

// IsReply reports whether the message is from a server to a client (op 2).
func (h V4) IsReply() bool { return h.b[0] == 2 }

// HType returns the type of hardware address, in ARP's numbers. 1 is Ethernet.
func (h V4) HType() uint8 { return h.b[1] }

// Hops returns the number of relay agents that forwarded the message.
func (h V4) Hops() uint8 { return h.b[3] }

// XID returns the transaction ID.
func (h V4) XID() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// Secs returns the seconds since the client began.
func (h V4) Secs() uint16 { return binary.BigEndian.Uint16(h.b[8:]) }

// Broadcast reports whether the client asks for replies by broadcast (RFC 2131
// figure 2).
func (h V4) Broadcast() bool { return h.b[10]&0x80 != 0 }

// CIAddr returns the client's current address, 0.0.0.0 if it has none.
func (h V4) CIAddr() netip.Addr { return netip.AddrFrom4([4]byte(h.b[12:])) }

// YIAddr returns the address that the server assigns to the client.
func (h V4) YIAddr() netip.Addr { return netip.AddrFrom4([4]byte(h.b[16:])) }

// SIAddr returns the address of the next server to boot from.
func (h V4) SIAddr() netip.Addr { return netip.AddrFrom4([4]byte(h.b[20:])) }

// GIAddr returns the address of the relay agent.
func (h V4) GIAddr() netip.Addr { return netip.AddrFrom4([4]byte(h.b[24:])) }

// CHAddr returns the client's hardware address, up to 16 bytes.
func (h V4) CHAddr() []byte { return h.b[28 : 28+h.b[2] : 28+h.b[2]] }

// SName returns the server's name, nil if the field holds options.
func (h V4) SName() []byte { return h.text(v4SNameOff, v4FileOff, 2) }

// File returns the boot file name, nil if the field holds options.
func (h V4) File() []byte { return h.text(v4FileOff, v4FixedLen, 1) }

// text returns a field up to its first zero.
func (h V4) text(off, end int, overload byte) []byte {
	if h.overload()&overload != 0 {
		return nil
	}
	b, _, _ := bytes.Cut(h.b[off:end], []byte{0})
	return b[:len(b):len(b)]
}

// Bytes returns the message.
func (h V4) Bytes() []byte { return h.b }

// AppendText appends to dst the type, the transaction ID, the client, and the
// addresses and host name that are present.
func (h V4) AppendText(dst []byte) ([]byte, error) {
	dst = text.AppendName(dst, v4TypeNames[:], "TYPE", h.Type())
	dst = append(dst, " xid 0x"...)
	dst = text.AppendHex(dst, h.b[4:8])
	dst = append(dst, " client "...)
	if hw := h.CHAddr(); len(hw) == 6 {
		dst = wire.MAC(hw).AppendTo(dst)
	} else {
		dst = text.AppendHex(dst, hw)
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
		dst = text.AppendQuoted(append(dst, " host "...), name)
	}
	if secs := h.Secs(); secs > 0 {
		dst = strconv.AppendUint(append(dst, " secs "...), uint64(secs), 10)
	}
	return dst, nil
}

// String returns the text that AppendText appends.
func (h V4) String() string { b, _ := h.AppendText(nil); return string(b) }
