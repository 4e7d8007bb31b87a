package layers

import "github.com/sightline-go/sightline/pcap"

// linkKinds maps a link type to a packet's first layer.
var linkKinds = [...]Kind{
	pcap.LinkTypeNull:                KindNull,
	pcap.LinkTypeEthernet:            KindEthernet,
	pcap.LinkTypeARCNETBSD:           KindARCNET,
	pcap.LinkTypeSLIP:                KindSLIP,
	pcap.LinkTypePPP:                 kindHDLC,
	pcap.LinkTypeFDDI:                KindFDDI,
	pcap.LinkTypeRawBSD:              KindIPv4,
	pcap.LinkTypeRawOpen:             KindIPv4,
	pcap.LinkTypePPPHDLC:             kindHDLC,
	pcap.LinkTypePPPEther:            KindPPPoE,
	pcap.LinkTypeATMRFC1483:          KindLLC,
	pcap.LinkTypeRaw:                 KindIPv4,
	pcap.LinkTypeCHDLC:               KindCHDLC,
	pcap.LinkTypeIEEE802_11:          KindWLAN,
	pcap.LinkTypeATMCLIP:             KindIPv4,
	pcap.LinkTypeFRelay:              KindFrameRelay,
	pcap.LinkTypeLoop:                KindLoop,
	pcap.LinkTypeENC:                 KindENC,
	pcap.LinkTypePFLog:               KindPFLOG,
	pcap.LinkTypeLinuxSLL:            KindLinuxSLL,
	pcap.LinkTypeIEEE802_11Prism:     KindPrism,
	pcap.LinkTypeIEEE802_11Radiotap:  KindRadiotap,
	pcap.LinkTypeARCNETLinux:         KindARCNETLinux,
	pcap.LinkTypeAppleIPOverIEEE1394: KindIEEE1394,
	pcap.LinkTypeUser2:               KindPKTAP, // Apple's, before PKTAP had a link type
	pcap.LinkTypeIEEE802_11AVS:       KindPrism,
	pcap.LinkTypeJuniperEther:        KindJuniperEthernet,
	pcap.LinkTypeJuniperPPP:          KindJuniperPPP,
	pcap.LinkTypeJuniperFRelay:       KindJuniperFrameRelay,
	pcap.LinkTypeJuniperCHDLC:        KindJuniperCHDLC,
	pcap.LinkTypeMFR:                 KindMFR,
	pcap.LinkTypePPI:                 KindPPI,
	pcap.LinkTypeERF:                 KindERF,
	pcap.LinkTypeMPLS:                KindMPLS,
	pcap.LinkTypeIPNet:               KindIPNET,
	pcap.LinkTypeIPv4:                KindIPv4,
	pcap.LinkTypeIPv6:                KindIPv6,
	pcap.LinkTypeNFLOG:               KindNFLOG,
	pcap.LinkTypeIPoIB:               KindIPoIB,
	pcap.LinkTypePKTAP:               KindPKTAP,
	pcap.LinkTypeLinuxSLL2:           KindLinuxSLL2,
	pcap.LinkTypeDSATagDSA:           KindDSA,
	pcap.LinkTypeDSATagEDSA:          KindEDSA,
}

// Knows reports whether d decodes packets of link type t. Packets of other link
// types have no layers.
func (d *Decoder) Knows(t pcap.LinkType) bool {
	return d.lookup(ByLinkType(t), linkKind(t)) != KindPayload
}

func linkKind(t pcap.LinkType) Kind {
	if t < pcap.LinkType(len(linkKinds)) {
		return linkKinds[t]
	}
	return KindPayload
}
