package layers

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
)

// Community ID version 1 (github.com/corelight/community-id-spec): the SHA-1 of
// seed, addresses, protocol and ports in network byte order. The smaller
// endpoint comes first, so that both directions have the same ID.
const (
	communityVersion = "1:"
)

// CommunityID returns the Community ID of the conversation, which is the same
// for f and f.Reverse(). Protocols other than TCP, UDP and SCTP are hashed
// without ports. It returns "" for ICMP, whose ID depends on the message type:
// use [Packet.CommunityID].
func (f Flow) CommunityID(seed uint16) string {
	switch f.Proto {
	case IPProtoICMPv4, IPProtoICMPv6:
		return ""
	}
	return communityID(f.Canonical(), seed)
}

// CommunityID returns the Community ID of the packet's flow. It returns "" if
// the packet has no IP layer, or lacks the ports or the ICMP type.
func (p *Packet) CommunityID(seed uint16) string {
	f, ok := p.Flow()
	if !ok {
		return ""
	}
	switch f.Proto {
	case IPProtoTCP, IPProtoUDP, IPProtoSCTP:
		if p.transport() <= p.network() {
			return ""
		}
	case IPProtoICMPv4:
		if m, ok := p.ICMPv4(); ok {
			return icmpCommunityID(f, m.Type(), m.Code(), icmpv4Answer(m.Type()), seed)
		}
	case IPProtoICMPv6:
		if m, ok := p.ICMPv6(); ok {
			return icmpCommunityID(f, m.Type(), m.Code(), icmpv6Answer(m.Type()), seed)
		}
	}
	return f.CommunityID(seed)
}

// icmpCommunityID hashes ICMP types in place of the ports: those of the request
// and of its reply. A message without a reply is hashed with its code, and its
// direction matters.
func icmpCommunityID(f Flow, typ, code uint8, answer int, seed uint16) string {
	f.Src = netip.AddrPortFrom(f.Src.Addr(), uint16(typ))
	if answer < 0 {
		f.Dst = netip.AddrPortFrom(f.Dst.Addr(), uint16(code))
		return communityID(f, seed)
	}
	f.Dst = netip.AddrPortFrom(f.Dst.Addr(), uint16(answer))
	return communityID(f.Canonical(), seed)
}

// icmpv4Answer returns the type of the reply to a request, or of the request
// for a reply, or -1.
func icmpv4Answer(typ uint8) int {
	const routerAdvert, routerSolicit = 9, 10 // RFC 1256
	switch typ {
	case ICMPv4Echo:
		return ICMPv4EchoReply
	case ICMPv4EchoReply:
		return ICMPv4Echo
	case routerAdvert, routerSolicit:
		return routerAdvert + routerSolicit - int(typ)
	case ICMPv4Timestamp, ICMPv4InfoRequest, ICMPv4AddrMaskRequest:
		return int(typ) + 1
	case ICMPv4TimestampReply, ICMPv4InfoReply, ICMPv4AddrMaskReply:
		return int(typ) - 1
	}
	return -1
}

// icmpv6Answer is icmpv4Answer for ICMPv6: echo, multicast listeners (RFC 2710),
// routers and neighbors (RFC 4861), node information (RFC 4620), home agents (RFC
// 6275).
func icmpv6Answer(typ uint8) int {
	switch typ {
	case ICMPv6Echo, 130, 133, 135, 139, 144:
		return int(typ) + 1
	case ICMPv6EchoReply, 131, 134, 136, 140, 145:
		return int(typ) - 1
	}
	return -1
}

// communityID hashes f without reordering its endpoints.
func communityID(f Flow, seed uint16) string {
	var buf [2 + 16 + 16 + 2 + 4]byte
	b := binary.BigEndian.AppendUint16(buf[:0], seed)
	for _, end := range [...]netip.AddrPort{f.Src, f.Dst} {
		if a := end.Addr(); a.Is4() {
			a4 := a.As4()
			b = append(b, a4[:]...)
		} else {
			a16 := a.As16()
			b = append(b, a16[:]...)
		}
	}
	b = append(b, byte(f.Proto), 0)
	switch f.Proto {
	case IPProtoTCP, IPProtoUDP, IPProtoSCTP, IPProtoICMPv4, IPProtoICMPv6:
		b = binary.BigEndian.AppendUint16(b, f.Src.Port())
		b = binary.BigEndian.AppendUint16(b, f.Dst.Port())
	}
	digest := sha1.Sum(b)
	var text [len(communityVersion) + (sha1.Size+2)/3*4]byte
	return string(base64.StdEncoding.AppendEncode(append(text[:0], communityVersion...), digest[:]))
}
