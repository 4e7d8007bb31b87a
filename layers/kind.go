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
	KindITag
	KindVNTag
	KindETag
	KindCMD
	KindCMDGRE
	KindMACsec
	KindArista
	KindFabricPath
	KindDSA
	KindEDSA
	KindLLC
	KindLinuxSLL
	KindLinuxSLL2
	KindNull
	KindLoop
	KindENC
	KindPPP
	KindPPPoE
	KindCHDLC
	KindFrameRelay
	KindMFR
	KindSLIP
	KindFDDI
	KindARCNET
	KindARCNETLinux
	KindIPoIB
	KindIPNET
	KindIEEE1394
	KindRadiotap
	KindPrism
	KindPPI
	KindWLAN
	KindWLANPadded
	KindAMSDU
	KindPKTAP
	KindNFLOG
	KindJuniperEthernet
	KindJuniperPPP
	KindJuniperFrameRelay
	KindJuniperCHDLC
	KindMPLS
	KindControlWord

	KindARP
	KindIPv4
	KindIPv6
	KindIPv6HopByHop
	KindIPv6Routing
	KindIPv6Destination
	KindIPv6Fragment
	KindIPv6Mobility
	KindAH
	KindESP
	KindICMPv4
	KindICMPv6
	KindIGMP
	KindPIM

	KindGRE
	KindERSPAN
	KindWCCP
	KindNSH
	KindVXLAN
	KindVXLANGPE
	KindGENEVE
	KindGTP
	KindTeredo
	KindAYIYA
	KindL2TP
	KindEtherIP
	KindCAPWAP
	KindSFlow

	KindTCP
	KindUDP
	KindUDPLite
	KindSCTP

	KindDNS
	KindNBNS
	KindDHCPv4
	KindDHCPv6
	KindNTP

	kindCount

	// KindUser is the first Kind that is free for callers.
	KindUser Kind = 128

	// kindHDLC is what PPP links carry: PPP, or Cisco HDLC in its place.
	kindHDLC Kind = KindUser - 1
)

var kindNames = [kindCount]string{
	KindPayload:           "payload",
	KindEthernet:          "Ethernet",
	KindVLAN:              "VLAN",
	KindITag:              "802.1ah I-tag",
	KindVNTag:             "VN-Tag",
	KindETag:              "802.1BR E-tag",
	KindCMDGRE:            "Cisco metadata (GRE)",
	KindMACsec:            "MACsec",
	KindCMD:               "Cisco metadata",
	KindArista:            "Arista timestamp",
	KindFabricPath:        "FabricPath",
	KindDSA:               "DSA",
	KindEDSA:              "EDSA",
	KindLLC:               "LLC",
	KindLinuxSLL:          "Linux SLL",
	KindLinuxSLL2:         "Linux SLL2",
	KindNull:              "Null",
	KindLoop:              "Loop",
	KindENC:               "ENC",
	KindPPP:               "PPP",
	KindPPPoE:             "PPPoE",
	KindCHDLC:             "Cisco HDLC",
	KindFrameRelay:        "frame relay",
	KindMFR:               "multilink frame relay",
	KindSLIP:              "SLIP",
	KindFDDI:              "FDDI",
	KindARCNET:            "ARCNET",
	KindARCNETLinux:       "ARCNET (Linux)",
	KindIPoIB:             "IP over InfiniBand",
	KindIPNET:             "IPNET",
	KindIEEE1394:          "IEEE 1394",
	KindRadiotap:          "radiotap",
	KindPrism:             "Prism",
	KindPPI:               "PPI",
	KindWLAN:              "802.11",
	KindWLANPadded:        "802.11 (padded)",
	KindAMSDU:             "A-MSDU subframe",
	KindPKTAP:             "PKTAP",
	KindNFLOG:             "NFLOG",
	KindJuniperEthernet:   "Juniper Ethernet",
	KindJuniperPPP:        "Juniper PPP",
	KindJuniperFrameRelay: "Juniper frame relay",
	KindJuniperCHDLC:      "Juniper Cisco HDLC",
	KindMPLS:              "MPLS",
	KindControlWord:       "pseudowire control word",
	KindARP:               "ARP",
	KindIPv4:              "IPv4",
	KindIPv6:              "IPv6",
	KindIPv6HopByHop:      "IPv6 hop-by-hop options",
	KindIPv6Routing:       "IPv6 routing",
	KindIPv6Destination:   "IPv6 destination options",
	KindIPv6Fragment:      "IPv6 fragment",
	KindIPv6Mobility:      "IPv6 mobility",
	KindAH:                "AH",
	KindESP:               "ESP",
	KindICMPv4:            "ICMPv4",
	KindICMPv6:            "ICMPv6",
	KindIGMP:              "IGMP",
	KindPIM:               "PIM",
	KindGRE:               "GRE",
	KindERSPAN:            "ERSPAN",
	KindWCCP:              "WCCP",
	KindNSH:               "NSH",
	KindVXLAN:             "VXLAN",
	KindVXLANGPE:          "VXLAN-GPE",
	KindGENEVE:            "GENEVE",
	KindGTP:               "GTP",
	KindTeredo:            "Teredo",
	KindAYIYA:             "AYIYA",
	KindL2TP:              "L2TP",
	KindEtherIP:           "EtherIP",
	KindCAPWAP:            "CAPWAP",
	KindSFlow:             "sFlow",
	KindTCP:               "TCP",
	KindUDP:               "UDP",
	KindUDPLite:           "UDP-Lite",
	KindSCTP:              "SCTP",
	KindDNS:               "DNS",
	KindNBNS:              "NBNS",
	KindDHCPv4:            "DHCPv4",
	KindDHCPv6:            "DHCPv6",
	KindNTP:               "NTP",
}

// String returns the layer's name.
func (k Kind) String() string {
	if k < kindCount {
		return kindNames[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}
