package layers

import "github.com/sightline-go/sightline/pcap"

// linkKinds is the layer that packets of a link type begin with.
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
	pcap.LinkTypeLinuxSLL:            KindLinuxSLL,
	pcap.LinkTypeIEEE802_11Prism:     KindPrism,
	pcap.LinkTypeIEEE802_11Radiotap:  KindRadiotap,
	pcap.LinkTypeARCNETLinux:         KindARCNETLinux,
	pcap.LinkTypeAppleIPOverIEEE1394: KindIEEE1394,
	pcap.LinkTypeUser2:               KindPKTAP, // of Apple, before it had a number of its own
	pcap.LinkTypeIEEE802_11AVS:       KindPrism,
	pcap.LinkTypeJuniperEther:        KindJuniperEthernet,
	pcap.LinkTypeJuniperPPP:          KindJuniperPPP,
	pcap.LinkTypeJuniperFRelay:       KindJuniperFrameRelay,
	pcap.LinkTypeJuniperCHDLC:        KindJuniperCHDLC,
	pcap.LinkTypeMFR:                 KindMFR,
	pcap.LinkTypePPI:                 KindPPI,
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

// Knows reports whether d decodes packets of link type t: of others a Packet
// has no layers.
func (d *Decoder) Knows(t pcap.LinkType) bool {
	return d.lookup(ByLinkType(t), linkKind(t)) != KindPayload
}

// linkKind returns the layer that a packet of link type t begins with.
func linkKind(t pcap.LinkType) Kind {
	if t < pcap.LinkType(len(linkKinds)) {
		return linkKinds[t]
	}
	return KindPayload
}
