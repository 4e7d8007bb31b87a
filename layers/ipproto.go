package layers

import "strconv"

// An IPProto is the protocol number in an IP header or IPv6 extension header
// (IANA registry "protocol-numbers").
type IPProto uint8

// The protocols known to a Decoder.
const (
	IPProtoHopByHop    IPProto = 0
	IPProtoICMPv4      IPProto = 1
	IPProtoIGMP        IPProto = 2
	IPProtoIPv4        IPProto = 4 // IP in IP
	IPProtoTCP         IPProto = 6
	IPProtoUDP         IPProto = 17
	IPProtoIPv6        IPProto = 41 // 6in4
	IPProtoRouting     IPProto = 43
	IPProtoFragment    IPProto = 44
	IPProtoGRE         IPProto = 47
	IPProtoESP         IPProto = 50
	IPProtoAH          IPProto = 51
	IPProtoICMPv6      IPProto = 58
	IPProtoNoNext      IPProto = 59
	IPProtoDestination IPProto = 60
	IPProtoIPIP        IPProto = 94
	IPProtoEtherIP     IPProto = 97
	IPProtoPIM         IPProto = 103
	IPProtoSCTP        IPProto = 132
	IPProtoMobility    IPProto = 135
	IPProtoUDPLite     IPProto = 136
	IPProtoMPLS        IPProto = 137
	IPProtoEthernet    IPProto = 143
	IPProtoNSH         IPProto = 145
)

const ipProtoL2TP IPProto = 115 // version 3

// String returns the protocol's name, or its number.
func (p IPProto) String() string {
	switch p {
	case IPProtoHopByHop:
		return "IPv6 hop-by-hop options"
	case IPProtoICMPv4:
		return "ICMP"
	case IPProtoIPv4:
		return "IPv4"
	case IPProtoTCP:
		return "TCP"
	case IPProtoUDP:
		return "UDP"
	case IPProtoIPv6:
		return "IPv6"
	case IPProtoRouting:
		return "IPv6 routing"
	case IPProtoFragment:
		return "IPv6 fragment"
	case IPProtoAH:
		return "AH"
	case IPProtoICMPv6:
		return "ICMPv6"
	case IPProtoNoNext:
		return "no next header"
	case IPProtoDestination:
		return "IPv6 destination options"
	case IPProtoMobility:
		return "IPv6 mobility"
	case IPProtoIGMP:
		return "IGMP"
	case IPProtoGRE:
		return "GRE"
	case IPProtoESP:
		return "ESP"
	case IPProtoIPIP:
		return "IPIP"
	case IPProtoEtherIP:
		return "EtherIP"
	case IPProtoPIM:
		return "PIM"
	case ipProtoL2TP:
		return "L2TP"
	case IPProtoSCTP:
		return "SCTP"
	case IPProtoUDPLite:
		return "UDP-Lite"
	case IPProtoMPLS:
		return "MPLS"
	case IPProtoEthernet:
		return "Ethernet"
	case IPProtoNSH:
		return "NSH"
	}
	return "protocol " + strconv.Itoa(int(p))
}

func (p IPProto) kind() Kind { return ipProtoKinds[p] }

// ipProtoKinds is a table because branch prediction fails on mixed protocols.
var ipProtoKinds = [256]Kind{
	IPProtoHopByHop:    KindIPv6HopByHop,
	IPProtoICMPv4:      KindICMPv4,
	IPProtoIPv4:        KindIPv4,
	IPProtoTCP:         KindTCP,
	IPProtoUDP:         KindUDP,
	IPProtoIPv6:        KindIPv6,
	IPProtoRouting:     KindIPv6Routing,
	IPProtoFragment:    KindIPv6Fragment,
	IPProtoAH:          KindAH,
	IPProtoICMPv6:      KindICMPv6,
	IPProtoDestination: KindIPv6Destination,
	IPProtoMobility:    KindIPv6Mobility,
	IPProtoIGMP:        KindIGMP,
	IPProtoGRE:         KindGRE,
	IPProtoESP:         KindESP,
	IPProtoIPIP:        KindIPv4,
	IPProtoEtherIP:     KindEtherIP,
	IPProtoPIM:         KindPIM,
	ipProtoL2TP:        KindL2TPIP,
	IPProtoSCTP:        KindSCTP,
	IPProtoUDPLite:     KindUDPLite,
	IPProtoMPLS:        KindMPLS,
	IPProtoEthernet:    KindEthernet,
	IPProtoNSH:         KindNSH,
}
