package layers

import "strconv"

// A Kind names a layer. Values from KindUser up are free for callers.
type Kind uint8

// The layers that a Decoder knows. KindPayload stands for bytes that nothing
// here decodes; it is never a layer of a Packet.
const (
	KindPayload Kind = iota

	KindEthernet
	KindVLAN
	KindLinuxSLL
	KindLinuxSLL2
	KindNull
	KindLoop

	KindARP
	KindIPv4
	KindIPv6
	KindIPv6HopByHop
	KindIPv6Routing
	KindIPv6Destination
	KindIPv6Fragment
	KindIPv6Mobility
	KindAH
	KindICMPv4
	KindICMPv6

	KindTCP
	KindUDP

	KindDNS
	KindNBNS
	KindDHCPv4
	KindDHCPv6
	KindNTP

	kindCount

	// KindUser is the first Kind that is free for callers.
	KindUser Kind = 128
)

var kindNames = [kindCount]string{
	KindPayload:         "payload",
	KindEthernet:        "Ethernet",
	KindVLAN:            "VLAN",
	KindLinuxSLL:        "Linux SLL",
	KindLinuxSLL2:       "Linux SLL2",
	KindNull:            "Null",
	KindLoop:            "Loop",
	KindARP:             "ARP",
	KindIPv4:            "IPv4",
	KindIPv6:            "IPv6",
	KindIPv6HopByHop:    "IPv6 hop-by-hop options",
	KindIPv6Routing:     "IPv6 routing",
	KindIPv6Destination: "IPv6 destination options",
	KindIPv6Fragment:    "IPv6 fragment",
	KindIPv6Mobility:    "IPv6 mobility",
	KindAH:              "AH",
	KindICMPv4:          "ICMPv4",
	KindICMPv6:          "ICMPv6",
	KindTCP:             "TCP",
	KindUDP:             "UDP",
	KindDNS:             "DNS",
	KindNBNS:            "NBNS",
	KindDHCPv4:          "DHCPv4",
	KindDHCPv6:          "DHCPv6",
	KindNTP:             "NTP",
}

// String returns the layer's name.
func (k Kind) String() string {
	if k < kindCount {
		return kindNames[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}
